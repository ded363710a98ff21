"""Where a replay stands: what must be known besides the ledger to go on as if it had never stopped."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_runtime import jobs
from agent_runtime.loop.delivery import Matter
from agent_runtime.replay.counts import Counts

STANDING = "replay"
_DELIVERING, _ROUND, _OUTLOOK = "replay.delivering", "replay.round", "outlook"


@dataclass(slots=True)
class Standing:
    """`now`: the moment whose records are in; `morning`: the next morning round that is not done; times are UTC.

    `world`: what world this is a replay of.
    """

    world: str
    now: datetime
    morning: datetime
    counts: Counts = field(default_factory=Counts)

    def note(self, connection: Connection) -> None:
        """Written in the transaction that did the work."""
        state = {
            "world": self.world,
            "now": self.now.isoformat(),
            "morning": self.morning.isoformat(),
            "counts": self.counts.to_json(),
        }
        jobs.set_checkpoint(connection, STANDING, state)


def standing(connection: Connection) -> Standing | None:
    """Where an earlier replay stopped, or None where none began."""
    state = jobs.checkpoint(connection, STANDING)
    if state is None:
        return None
    now, morning = (datetime.fromisoformat(state[name]) for name in ("now", "morning"))
    return Standing(state["world"], now, morning, Counts.from_json(state["counts"]))


def note_delivering(connection: Connection, account_id: str, now: datetime) -> None:
    """The account was evaluated; what is urgent in it is delivered next."""
    jobs.set_checkpoint(connection, _DELIVERING, {"account": account_id, "at": now.isoformat()})


def delivering(connection: Connection, now: datetime) -> str | None:
    """The account whose urgent items may not all have been delivered at `now`."""
    state = jobs.checkpoint(connection, _DELIVERING)
    return str(state["account"]) if state and state["at"] == now.isoformat() else None


def note_round(connection: Connection, now: datetime, planned: list[Matter]) -> None:
    """What the morning round at `now` goes through, in order."""
    rows = [[x.priority, x.account_id, x.name] for x in planned]
    jobs.set_checkpoint(connection, _ROUND, {"at": now.isoformat(), "matters": rows})


def planned_round(connection: Connection, now: datetime) -> list[Matter] | None:
    """The plan of the morning round at `now`, or None where it has none yet."""
    state = jobs.checkpoint(connection, _ROUND)
    if state is None or state["at"] != now.isoformat():
        return None
    return [Matter(*row) for row in state["matters"]]


def note_outlook(connection: Connection, learned: dict[str, Any]) -> None:
    """What was learned, when it is learned anew."""
    jobs.set_checkpoint(connection, _OUTLOOK, learned)


def learned_outlook(connection: Connection) -> dict[str, Any] | None:
    """What was learned last."""
    return jobs.checkpoint(connection, _OUTLOOK)
