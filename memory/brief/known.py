"""What a brief is composed of, as plain values, and its lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from memory.commitments import Commitment
from memory.facts import KnownFact, Source
from memory.people import AccountRow, ContactRow

Section = Literal[
    "state", "people", "commitments_ours", "commitments_theirs", "concerns", "asked_and_answered", "next"
]  # fmt: skip


class Line(NamedTuple):
    """One line of a brief; `citations` are ids of source records, never empty."""

    section: Section
    text: str
    citations: tuple[str, ...]


class Deal(NamedTuple):
    """A deal as its records tell it; `ended` is won, lost or disqualified, empty while it is open."""

    name: str
    stage: str
    since: datetime
    amount: str
    close_date: str
    ended: str
    source_ids: tuple[str, ...]


class Question(NamedTuple):
    """Something that the customer asked, in their words; `answered_at` is None while nobody has answered."""

    quote: str
    asked_at: datetime
    contact_id: str | None
    answered_at: datetime | None
    source_ids: tuple[str, ...]


class Debt(NamedTuple):
    """Something that is due: `action` in words, `turn` ours or theirs."""

    action: str
    due_at: datetime
    turn: str
    about: str
    source_ids: tuple[str, ...]


class Sighting(NamedTuple):
    """How far a source could be seen: a sentence, and what shows it."""

    text: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that is known of one account at `now`; `facts` with their history, `quote` gives a fact's own words.

    `users`: names by user id. `owner_since`: the fact or record that says who owns the account.
    """

    account: AccountRow
    now: datetime
    zone: ZoneInfo
    owner_id: str | None
    contacts: Sequence[ContactRow]
    facts: Sequence[KnownFact]
    commitments: Sequence[Commitment]
    deals: Sequence[Deal]
    questions: Sequence[Question]
    debts: Sequence[Debt]
    sight: Sequence[Sighting]
    users: Mapping[str, str]
    quote: Callable[[Source], str]
    last_heard: Mapping[str, tuple[datetime, str]]
    owner_sources: tuple[str, ...] = ()
    open_cases: tuple[str, ...] = ()

    def day(self, moment: datetime) -> str:
        """A day as people write it, in the company's zone."""
        local = moment.astimezone(self.zone)
        return f"{local.day} {local:%b %Y}"

    def user(self, user_id: str | None) -> str:
        """The name of one of ours, else the id."""
        return self.users.get(user_id or "", user_id or "nobody")

    def person(self, key: str | None) -> str:
        """The name of one of theirs, else what the key says."""
        names = {row.id: row.name for row in self.contacts}
        return names.get(key or "") or (key or "somebody").removeprefix("name:")
