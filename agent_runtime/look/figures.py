"""What a look finds, as plain values: what the page shows and what --json prints. Times are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime

from agent_runtime.diagnosis.hand_offs import HandOff


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that stands open: whose account, what it is, what is owed, since when, due when, who has it.

    `unseen`: the channels on which it may have been done and that the export does not show; empty where it is certain.
    """

    account: str
    what: str
    owed: str
    since: datetime
    due: datetime | None
    owner: str
    quote: str = ""
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """How much of one kind was begun, ended, is open, and is overdue or perhaps overdue."""

    kind: str
    begun: int
    ended: int
    open: int
    overdue: int
    cannot_tell: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows that are shown, and how many there are."""

    rows: list[Row]
    total: int
    cannot_tell: int


@dataclass(frozen=True, slots=True)
class Failing:
    """A deal that does not pass an audit, and why."""

    account: str
    deal: str
    why: str


@dataclass(frozen=True, slots=True)
class Audit:
    """One of the five audits over the open deals; each deal passes, fails, or the export cannot tell."""

    name: str
    asks: str
    passed: int
    failed: int
    cannot_tell: int
    failing: list[Failing]


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved in the last `days` days: deals begun, moved on, won, lost; and those open ones that did not move."""

    days: int
    begun: int
    moved: int
    won: int
    lost: int
    still: int


@dataclass(frozen=True, slots=True)
class Said:
    """What would have been put before somebody: on whose account, why, and as what."""

    at: datetime
    account: str
    why: str
    form: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the replay with what would have been said on it."""

    day: date
    said: list[Said]
    more: int


@dataclass(frozen=True, slots=True)
class Change:
    """What differs for one deal between two exports."""

    deal: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Two exports that follow each other, and what differs between them."""

    before: datetime
    after: datetime
    changes: list[Change]
    total: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A source, whose it is, and from when to when the export shows it; None where it does not show it at all."""

    source: str
    holder: str
    begins: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the export cannot tell: sentences, what was visible, files, rows that could not be read."""

    sentences: list[str]
    seen: list[Seen]
    files: list[tuple[str, str, int]]
    rejects: list[str]
    rejected: int


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that the page says. `days` counts days with something to say, `said` all that would have been said."""

    title: str
    zone: str
    start: datetime
    end: datetime
    read: int
    ledger: dict[str, int]
    begun: list[Begun]
    open: Listing
    promises: Listing
    unanswered: Listing
    hand_offs: list[HandOff]
    audits: list[Audit]
    movement: Movement
    differences: list[Differences]
    days: list[Day]
    said: int
    limits: Limits
