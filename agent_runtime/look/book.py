"""What a replay left in its database, read once: interactions with their expectations, breaches and names."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlmodel import SQLModel

from agent_runtime.ledger.models import Waiting
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from memory import timeline
from memory.records import Account, Activity

OVERDUE, UNSEEN, WAITING, LATE, IN_TIME, DROPPED = "never", "cannot_tell", "not_due", "late", "in_time", "dropped"
LONGEST_QUOTE = 220
_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Opened:
    """What began an interaction, as far as the page shows it."""

    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LookBook:
    """The ledger of the whole replay at its end. `expected`: expectations by interaction; `breached`: their ids."""

    connection: Connection
    company: Company
    now: datetime
    interactions: list[Row[Any]]
    expected: dict[str, list[Row[Any]]]
    breached: frozenset[str]
    accounts: dict[str, str]

    @classmethod
    def read(cls, connection: Connection, company: Company, now: datetime) -> "LookBook":
        """Reads it in the caller's transaction."""
        expected = defaultdict(list)
        for row in _rows(connection, "tenure_expectation", "due_at", "id"):
            expected[row.interaction_id].append(row)
        breaches = _rows(connection, "tenure_breach", "expectation_id")
        names = connection.execute(select(_account.c.id, _account.c.name))
        return cls(
            connection=connection,
            company=company,
            now=now,
            interactions=list(_rows(connection, "tenure_interaction", "opened_at", "id")),
            expected=dict(expected),
            breached=frozenset(row.expectation_id for row in breaches if row.retracted_at is None),
            accounts={row.id: row.name for row in names},
        )

    def standing(self, expectation: Row[Any]) -> str:
        """in_time, late, never, cannot_tell, not_due or dropped (it was not needed any more)."""
        state, was_late = expectation.state, expectation.id in self.breached
        if state == Waiting.MET:
            return LATE if was_late else IN_TIME
        if state == Waiting.BREACHED or (state == Waiting.DROPPED and was_late):
            return OVERDUE
        return {Waiting.UNVERIFIED.value: UNSEEN, Waiting.WAITING.value: WAITING}.get(state, DROPPED)

    def owed(self, interaction: Row[Any]) -> Row[Any] | None:
        """Of an open interaction what is overdue for longest, else what may be, else None."""
        found = [(self.standing(each), each) for each in self.expected.get(interaction.id, ())]
        for wanted in (OVERDUE, UNSEEN):
            if hits := [each for standing, each in found if standing == wanted]:
                return hits[0]
        return None

    def person(self, user_id: str | None) -> str:
        """The name of one of ours."""
        known = self.company.people.get(user_id or "")
        return known.name if known else user_id or "nobody"

    def opened(self, activity_id: str) -> Opened:
        """What began something; empty where its record was taken back."""
        wanted = select(_activity.c.subject, _activity.c.data).where(_activity.c.id == activity_id)
        row = self.connection.execute(wanted).first()
        return Opened(row.subject or "", dict(row.data or {})) if row else Opened("", {})

    def text(self, account_id: str, activity_id: str) -> str:
        """The first words of an activity's text."""
        found = timeline.texts(self.connection, agent_scope(account_id), [activity_id])
        return shortened(found.get(activity_id, ""))


def shortened(text: str) -> str:
    """A text in one line, cut at LONGEST_QUOTE."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 1]}…"


def _rows(connection: Connection, name: str, *order: str) -> Iterator[Row[Any]]:
    table = SQLModel.metadata.tables[name]
    yield from connection.execute(select(table).order_by(*(table.c[column] for column in order)))
