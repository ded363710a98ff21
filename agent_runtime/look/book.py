"""What a replay left in its database, read once: interactions with their expectations, breaches and names."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select
from sqlmodel import SQLModel

from agent_runtime.diagnosis.hand_offs import State, state_of
from agent_runtime.loop.run import look
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.view import Deal, View
from memory import timeline
from memory.records import Account, Activity

# Overdue for certain, whether it may still come or not; and overdue as far as can be seen.
OVERDUE, UNSEEN = ("overdue", "never"), ("unseen",)
LONGEST_QUOTE = 220
_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Opened:
    """What began an interaction, as far as the page shows it."""

    subject: str
    user_id: str | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LookBook:
    """The ledger of the whole replay at its end.

    `last`: when the last record could be known. `expected`: expectations by interaction. `breached`: the ids of those
    that were late. `views`: the accounts with deals, `deals`: by id. `accounts`: names by id, `owners`: their owners.
    """

    connection: Connection
    company: Company
    now: datetime
    last: datetime | None
    interactions: list[Row[Any]]
    expected: dict[str, list[Row[Any]]]
    breached: frozenset[str]
    accounts: dict[str, str]
    owners: dict[str, str | None]
    views: list[View]
    deals: dict[str, Deal]

    @classmethod
    def read(cls, connection: Connection, company: Company, now: datetime) -> "LookBook":
        """Reads it in the caller's transaction."""
        interactions = list(_rows(connection, "tenure_interaction", "opened_at", "id"))
        expected = defaultdict(list)
        for row in _rows(connection, "tenure_expectation", "due_at", "id"):
            expected[row.interaction_id].append(row)
        breaches = _rows(connection, "tenure_breach", "expectation_id")
        with_deals = sorted({row.account_id for row in interactions if row.opportunity_id})
        found = (look(connection, company, account, now) for account in with_deals)
        views = [one.view for one in found if one is not None]
        rows = connection.execute(select(_account.c.id, _account.c.name, _account.c.owner_id)).all()
        return cls(
            connection=connection,
            company=company,
            now=now,
            last=connection.scalar(select(func.max(_activity.c.known_at))),
            interactions=interactions,
            expected=dict(expected),
            breached=frozenset(row.expectation_id for row in breaches if row.retracted_at is None),
            accounts={row.id: row.name for row in rows},
            owners={row.id: row.owner_id for row in rows},
            views=views,
            deals={deal.id: deal for view in views for deal in view.deals.values()},
        )

    def standing(self, expectation: Row[Any]) -> State | None:
        """How what was expected went; None where it was not needed any more in time."""
        return state_of(expectation.state, was_late=expectation.id in self.breached)

    def passed_on(self) -> list[tuple[str, State]]:
        """Every expectation of the replay by its rule, with how it went."""
        found = ((row.rule, self.standing(row)) for rows in self.expected.values() for row in rows)
        return [(rule, state) for rule, state in found if state]

    def owed(self, interaction: Row[Any]) -> Row[Any] | None:
        """Of an open interaction what is overdue for longest, else what may be, else None."""
        found = [(self.standing(each), each) for each in self.expected.get(interaction.id, ())]
        for wanted in (OVERDUE, UNSEEN):
            if hits := [each for standing, each in found if standing in wanted]:
                return hits[0]
        return None

    def person(self, *candidates: str | None) -> str:
        """The name of the first of these who is one of ours, else nobody."""
        known = (self.company.people.get(one) for one in candidates if one)
        return next((one.name for one in known if one), "nobody")

    def reaches_the_end(self, source: str, holder: str) -> bool:
        """Whether a source was visible until the last record: only what came after it is dark."""
        seen = self.company.sight.visible_until(source, holder, self.now)
        return seen is not None and self.last is not None and seen >= self.last

    def opened(self, activity_id: str) -> Opened:
        """What began something; empty where its record was taken back."""
        columns = (_activity.c.subject, _activity.c.user_id, _activity.c.data)
        wanted = select(*columns).where(_activity.c.id == activity_id)
        row = self.connection.execute(wanted).first()
        return Opened(row.subject or "", row.user_id, dict(row.data or {})) if row else Opened("", None, {})

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
