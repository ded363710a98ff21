"""What a diagnosis over all accounts of a reader comes to: measured at most once in a while, because it reads much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, select
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.diagnosis.causes import Cause
from agent_runtime.diagnosis.figures import Figure
from agent_runtime.diagnosis.gather import record
from agent_runtime.diagnosis.health import Health, measured
from agent_runtime.diagnosis.reality import audits, figures
from agent_runtime.diagnosis.record import Record
from agent_runtime.diagnosis.story import Story, in_common, stories
from agent_runtime.watchtower.company import Company
from memory.records import Account

# About three milliseconds an account.
MOST_ACCOUNTS = 3_000
KEPT = timedelta(minutes=10)
_MOST_KEPT = 50
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
    causes: Mapping[Cause, int]
    names: Mapping[str, str]


@dataclass(slots=True)
class Measurer:
    """Keeps what was measured, by whom it was measured for."""

    _kept: dict[str, Measured] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def measure(
        self, connection: Connection, company: Company, within: ColumnElement[bool], key: str, now: datetime
    ) -> Measured:
        """The accounts that `within` leaves; what is younger than ten minutes is not measured again."""
        # One at a time: the same figures asked for twice at once would take twice as long.
        with self._lock:
            known = self._kept.get(key)
            if known is None or not timedelta() <= now - known.at < KEPT:
                known = _measure(connection, company, within, now)
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = known
            return known


def _measure(connection: Connection, company: Company, within: ColumnElement[bool], now: datetime) -> Measured:
    query = select(_account.c.id, _account.c.name).where(within, _account.c.merged_into.is_(None))
    names = {row.id: row.name for row in connection.execute(query.order_by(_account.c.id))}
    chosen = list(names)[:MOST_ACCOUNTS]
    records: list[Record] = [x for one in chosen if (x := record(connection, company, one, now))]
    wrong = tuple(
        story for x in records for story in stories(x)
        if story.opportunity_id and story.standing in ("lost", "stalled")
    )  # fmt: skip
    return Measured(
        at=now,
        accounts=len(chosen),
        left_out=len(names) - len(chosen),
        reality=tuple(figures(audits(x) for x in records)),
        health=measured(connection, records, now),
        wrong=wrong,
        causes=in_common(wrong),
        names=names,
    )
