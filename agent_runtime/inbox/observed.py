"""The rollout: whom an item reaches, and what would have been said to those whom none reaches yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Table, delete, func, insert, select

from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox.models import Observed
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.playbook.models import Rollout

_observed: Table = Observed.__table__  # type: ignore[attr-defined]


class Member(Protocol):
    """One of ours, as far as a rollout asks."""

    @property
    def team(self) -> str | None: ...
    @property
    def manager_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class WouldHave:
    """How many items of one signal would have been said, on how many accounts, the last of them when."""

    signal: str
    items: int
    accounts: int
    last_at: datetime


def reached(rollout: Rollout, people: Mapping[str, Member]) -> frozenset[str] | None:
    """Whom items reach: None for everybody; in a pilot the people of its teams and who stands above them."""
    if rollout.stage == "all":
        return None
    if rollout.stage == "observe":
        return frozenset()
    members = {name: person for name, person in people.items() if person.team in rollout.teams}
    return frozenset(members) | {person.manager_id for person in members.values() if person.manager_id}


def observe(connection: Connection, item: ItemRow) -> Entry:
    """Notes that an item would have been delivered; nobody is told. The same step again changes nothing."""
    key = (_observed.c.expectation_id == item.expectation_id, _observed.c.step == item.step)
    connection.execute(delete(_observed).where(*key))
    values = {
        name: getattr(item, name) for name in ("expectation_id", "step", "account_id", "signal", "classification")
    }
    connection.execute(
        insert(_observed), values | {"kind": item.action["kind"], "owner_id": item.owner_id, "at": item.delivered_at}
    )
    detail = {"signal": item.signal, "owner": item.owner_id, "kind": item.action["kind"], "step": item.step}
    return Entry(item.delivered_at, ActorKind.AGENT, "agent", "item.observed", item.expectation_id, detail)


def observed_steps(connection: Connection, account_id: str, to: frozenset[str] | None) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account that were counted already and still reach nobody; `to`: whom items
    reach."""
    if to is None:
        return set()
    query = select(_observed.c.expectation_id, _observed.c.step, _observed.c.owner_id)
    rows = connection.execute(query.where(_observed.c.account_id == account_id))
    return {(row.expectation_id, row.step) for row in rows if row.owner_id not in to}


def observed_accounts(connection: Connection) -> list[str]:
    """The accounts of which something would have been said, in a fixed order."""
    return sorted(connection.scalars(select(_observed.c.account_id).distinct()))


def observed_since(connection: Connection, moment: datetime) -> list[str]:
    """The owners of what would have been delivered from `moment` on, one entry an item."""
    return list(connection.scalars(select(_observed.c.owner_id).where(_observed.c.at >= moment)))


def would_have(connection: Connection, since: datetime) -> list[WouldHave]:
    """What would have been said from `since` on, by signal, the most frequent first; no person is counted."""
    counted = func.count().label("items")
    query = select(_observed.c.signal, counted, func.count(_observed.c.account_id.distinct()), func.max(_observed.c.at))
    query = query.where(_observed.c.at >= since).group_by(_observed.c.signal)
    rows: Iterable[WouldHave] = (WouldHave(*row) for row in connection.execute(query))
    return sorted(rows, key=lambda x: (-x.items, x.signal))
