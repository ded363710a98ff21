"""What an account's ledger holds, in memory: the rows as they stand and the truth that rules state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(slots=True)
class InteractionRow:
    """One row of tenure_interaction; `changed` says that it must be written back."""

    id: str
    continues_id: str | None
    account_id: str
    kind: str
    key: str
    opportunity_id: str | None
    contact_id: str | None
    opened_at: datetime
    opened_by: str
    state: str
    owner_id: str | None = None
    next_action: str | None = None
    next_due_at: datetime | None = None
    recovery: str | None = None
    outcome: str | None = None
    reason: str | None = None
    evidence: list[str] | None = None
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    wake_signal: str = ""
    new: bool = False
    changed: bool = False


@dataclass(slots=True)
class ExpectationRow:
    """One row of tenure_expectation."""

    id: str
    interaction_id: str
    account_id: str
    key: str
    rule: str
    action: str
    turn: str
    opened_at: datetime
    due_at: datetime
    channels: list[str]
    evidence: list[str]
    state: str = "waiting"
    step: int = -1
    look_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    blind: list[str] = field(default_factory=list)
    new: bool = False
    changed: bool = False


@dataclass(slots=True)
class BreachRow:
    """One row of tenure_breach."""

    expectation_id: str
    interaction_id: str
    account_id: str
    rule: str
    due_at: datetime
    detected_at: datetime
    owner_id: str
    retracted_at: datetime | None = None
    retracted_by: str | None = None
    new: bool = False
    changed: bool = False


@dataclass(slots=True)
class Book:
    """Everything the ledger holds about one account. Interactions stand in the order they were opened."""

    account_id: str
    interactions: list[InteractionRow] = field(default_factory=list)
    expectations: dict[str, list[ExpectationRow]] = field(default_factory=dict)
    breaches: dict[str, BreachRow] = field(default_factory=dict)


class Expected(NamedTuple):
    """A rule's statement: `action` is due by `due_at` since `opened_at`; met at `met_at` by an activity, or not yet.

    `turn`: ours or theirs. `channels`: where meeting it would be seen. `grace`: how long after the due time word of
    it may still be on its way to us, as a call is known only when it has ended; no absence is claimed before.
    """

    key: str
    rule: str
    action: str
    opened_at: datetime
    due_at: datetime
    turn: str = "ours"
    channels: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    met_at: datetime | None = None
    met_by: str | None = None
    grace: timedelta = timedelta(0)


class Ending(NamedTuple):
    """How an interaction ended: one of the four outcomes, a reason, the activities that show it."""

    outcome: str
    reason: str
    at: datetime
    evidence: tuple[str, ...]
    wake_at: datetime | None = None
    wake_signal: str = ""


class Begun(NamedTuple):
    """A rule's statement that something was begun: the whole truth about it, as far as it is known now.

    `parts`: the activities any of which could have begun it alone; a row that one of them opened is a part of this.
    """

    kind: str
    key: str
    opened_at: datetime
    opened_by: str
    expected: tuple[Expected, ...]
    end: Ending | None = None
    opportunity_id: str | None = None
    contact_id: str | None = None
    continues: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that changed in the ledger, for the audit and for those who act on it."""

    event: str
    interaction_id: str
    at: datetime
    detail: dict[str, object]
