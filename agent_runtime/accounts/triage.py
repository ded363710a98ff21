"""What breaks first at an account that somebody takes over. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

INTRODUCTIONS_A_DAY = 10
RENEWAL_NEAR = timedelta(days=90)
PROMISE_NEAR = timedelta(days=7)
QUIET_AFTER = timedelta(days=30)


class Trouble(IntEnum):
    """Why an account comes before another, the most urgent first."""

    OVERDUE_PROMISE = 1
    OPEN_COMPLAINT = 2
    UNANSWERED = 3
    RENEWAL_NEAR = 4
    PROMISE_DUE = 5
    OTHER_DUE = 6
    QUIET = 7
    NOTHING = 8


TOLD = {
    Trouble.OVERDUE_PROMISE: "we promised something and are late",
    Trouble.OPEN_COMPLAINT: "a complaint is open",
    Trouble.UNANSWERED: "they asked and nobody answered",
    Trouble.RENEWAL_NEAR: "the renewal is near",
    Trouble.PROMISE_DUE: "a promise of ours is due within a week",
    Trouble.OTHER_DUE: "something else is due",
    Trouble.QUIET: "nobody spoke with them for a month",
    Trouble.NOTHING: "nothing presses",
}


@dataclass(frozen=True, slots=True)
class Owed:
    """An open interaction, as far as triage needs it: kind, when its next action is due, its opening activity."""

    kind: str
    due_at: datetime
    opened_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One account that changes hands. `complaints`: ids of what is open; `last_touch`: when we last spoke."""

    account_id: str
    name: str
    owed: tuple[Owed, ...] = ()
    complaints: tuple[str, ...] = ()
    renewal_date: date | None = None
    last_touch: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the triage table: its first trouble and all of them with their times and what shows them."""

    account_id: str
    name: str
    first: Trouble
    due_at: datetime | None
    reasons: tuple[str, ...]
    evidence: tuple[str, ...]


def triage(standings: Iterable[Standing], now: datetime) -> list[Row]:
    """The accounts in the order in which they would break, each with its reasons."""
    rows = [_row(standing, now) for standing in standings]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(rows, key=lambda row: (row.first, row.due_at or far, row.name, row.account_id))


def _row(standing: Standing, now: datetime) -> Row:
    found = sorted(_troubles(standing, now), key=lambda x: (x[0], x[1] or now))
    first, due_at, _ = found[0]
    reasons = tuple(dict.fromkeys(TOLD[trouble] for trouble, _, _ in found))
    evidence = tuple(dict.fromkeys(one for _, _, ids in found for one in ids))
    return Row(standing.account_id, standing.name, first, due_at, reasons, evidence)


def _troubles(standing: Standing, now: datetime) -> Iterator[tuple[Trouble, datetime | None, Sequence[str]]]:
    for owed in standing.owed:
        yield _of_owed(owed, now), owed.due_at, (owed.opened_by,)
    if standing.complaints:
        yield Trouble.OPEN_COMPLAINT, None, standing.complaints
    if standing.renewal_date and now.date() <= standing.renewal_date <= (now + RENEWAL_NEAR).date():
        renewal = datetime.combine(standing.renewal_date, datetime.min.time(), tzinfo=now.tzinfo)
        yield Trouble.RENEWAL_NEAR, renewal, (standing.account_id,)
    if standing.last_touch is None or standing.last_touch < now - QUIET_AFTER:
        yield Trouble.QUIET, standing.last_touch, (standing.account_id,)
    yield Trouble.NOTHING, None, ()


def _of_owed(owed: Owed, now: datetime) -> Trouble:
    if owed.kind == "promise":
        if owed.due_at < now:
            return Trouble.OVERDUE_PROMISE
        return Trouble.PROMISE_DUE if owed.due_at <= now + PROMISE_NEAR else Trouble.OTHER_DUE
    return Trouble.UNANSWERED if owed.kind in ("open_question", "missed_call") else Trouble.OTHER_DUE


@dataclass(frozen=True, slots=True)
class Introduction:
    """Who is introduced at an account, on which day; `by`: the predecessor while still there, else the new owner."""

    account_id: str
    day: date
    by: str


def introductions(
    rows: Sequence[Row], new_owner: str, predecessor: str | None, first_day: date, working: Callable[[date], bool]
) -> list[Introduction]:
    """At most ten introductions a working day, in the order of the triage."""
    day = first_day
    planned: list[Introduction] = []
    for place, row in enumerate(rows):
        while not working(day) or (place and place % INTRODUCTIONS_A_DAY == 0 and planned[-1].day == day):
            day += timedelta(days=1)
        planned.append(Introduction(row.account_id, day, predecessor or new_owner))
    return planned


@dataclass(frozen=True, slots=True)
class Gap:
    """What an account's memory lacks: nobody knows who decides, no mail was seen, nobody noted anything."""

    account_id: str
    name: str
    decides: bool
    mail_seen: bool
    noted: bool


def questions(gaps: Iterable[Gap]) -> list[tuple[str, str]]:
    """What only the one who leaves can answer, as (account id, question): asked before the last day, not after it."""
    found = []
    for gap in gaps:
        if not gap.decides:
            found.append((gap.account_id, f"Who really decides at {gap.name}, and who signs?"))
        if not gap.mail_seen:
            found.append((gap.account_id, f"No mail with {gap.name} was ever seen here: what was last agreed?"))
        if not gap.noted:
            found.append((gap.account_id, f"What should whoever comes next know of {gap.name} that stands nowhere?"))
    return found
