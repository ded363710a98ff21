"""What a diagnosis over all accounts of a reader comes to: measured at most once in a while, because it reads much."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.diagnosis.causes import Cause
from agent_runtime.diagnosis.figures import Figure
from agent_runtime.diagnosis.gather import record
from agent_runtime.diagnosis.health import Health, measured
from agent_runtime.diagnosis.reality import audits, figures
from agent_runtime.diagnosis.record import Record
from agent_runtime.diagnosis.story import Story, in_common, stories
from agent_runtime.diagnosis.two_views import Sighted, sighted
from agent_runtime.watchtower.company import Company
from memory.records import Account

# About three milliseconds an account.
MOST_ACCOUNTS = 3_000
LASTS = timedelta(minutes=10)
_MOST_KEPT = 50
T = TypeVar("T")
_account = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Measured:
    """All of it for one set of accounts, as it stood at `at`; `left_out`: how many accounts were too many."""

    at: datetime
    accounts: int
    left_out: int
    reality: tuple[Figure, ...]
    health: Health
    wrong: tuple[Story, ...]
    slipped: tuple[Story, ...]
    causes: Mapping[Cause, int]
    sighted: tuple[Sighted, ...]
    names: Mapping[str, str]


@dataclass(slots=True)
class Kept(Generic[T]):
    """Keeps what took long to work out, by whom it was worked out for."""

    _found: dict[str, tuple[datetime, T]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: str, now: datetime, make: Callable[[], T]) -> T:
        """What was made for `key` less than ten minutes ago, else made now."""
        # One at a time: the same figures asked for twice at once would take twice as long.
        with self._lock:
            at, known = self._found.get(key, (now - LASTS, None))
            if known is None or not timedelta() <= now - at < LASTS:
                known = make()
                if len(self._found) >= _MOST_KEPT:
                    self._found.clear()
                self._found[key] = (now, known)
            return known


def measure(connection: Connection, company: Company, within: ColumnElement[bool], now: datetime) -> Measured:
    """Goes through the accounts that `within` leaves, in the order of their ids, the first of them only."""
    query = select(_account.c.id, _account.c.name).where(within, _account.c.merged_into.is_(None))
    names = {row.id: row.name for row in connection.execute(query.order_by(_account.c.id))}
    chosen = list(names)[:MOST_ACCOUNTS]
    records: list[Record] = [x for one in chosen if (x := record(connection, company, one, now))]
    told = [story for x in records for story in stories(x) if story.opportunity_id]
    wrong = tuple(x for x in told if x.standing in ("lost", "stalled"))
    return Measured(
        at=now,
        accounts=len(chosen),
        left_out=len(names) - len(chosen),
        reality=tuple(figures(audits(x) for x in records)),
        health=measured(connection, records, now),
        wrong=wrong,
        slipped=tuple(x for x in told if x.slips and x.standing != "won"),
        causes=in_common(wrong),
        sighted=tuple(one for x in records for one in sighted(x)),
        names=names,
    )
