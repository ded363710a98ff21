"""The tables of the page: how many, returned in time or not, and how long callers waited, by whatever divides them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent_runtime.calls.models import BusinessSeconds
from agent_runtime.calls.needs import CALLBACK_WINDOW
from agent_runtime.calls.week.rows import NeedRow
from agent_runtime.calls.week.shares import Share, share
from agent_runtime.calls.week.waits import Tail, Wait, tail, wait

NO_SEGMENT: Final = "customers without a segment"
INTENT_WORDS: Final = {
    "commercial": "wants to buy",
    "service": "needs service",
    "informational": "wants to know something",
    "noise": "nuisance",
}


@dataclass(frozen=True, slots=True)
class Waits:
    """How long callers of one group waited: with those who still wait, without them, and in opening hours only."""

    with_open: Tail
    without_open: Tail
    in_business_time: Tail


@dataclass(frozen=True, slots=True)
class Group:
    """One group of needs: `in_time` of those whose window is over or who were reached in it; the rest by their fate.

    `unplanned`: a message was left without saying what comes next, and nothing came.
    """

    dimension: str
    name: str
    needs: int
    high_intent: int
    in_time: Share
    reached: Share
    late: int
    attempted_only: int
    unplanned: int
    open: int
    other_channel: int
    waits: Waits


@dataclass(frozen=True, slots=True)
class Measure:
    """What waits are measured by: the present, the opening hours, and after how long nothing is an answer any more."""

    now: datetime
    business_seconds: BusinessSeconds
    longest: timedelta = CALLBACK_WINDOW


Divide = Callable[[NeedRow], str]

DIMENSIONS: Final[tuple[tuple[str, Divide], ...]] = (
    ("all", lambda row: "all"),
    ("intent", lambda row: INTENT_WORDS[row.intent]),
    ("hours", lambda row: "in opening hours" if row.in_hours else "outside opening hours"),
    ("intent and hours", lambda row: f"{INTENT_WORDS[row.intent]}, {'open' if row.in_hours else 'closed'}"),
    ("source", lambda row: row.source or row.campaign or "no campaign"),
    ("queue", lambda row: row.queue),
    ("segment", lambda row: row.segment or NO_SEGMENT),
)


def groups(rows: Sequence[NeedRow], measure: Measure) -> list[Group]:
    """A group for each value of each dimension, the largest first."""
    found = []
    for dimension, divide in DIMENSIONS:
        parts = divided(rows, divide)
        found += [group(dimension, name, part, measure) for name, part in parts]
    return found


def divided(rows: Iterable[NeedRow], divide: Divide) -> list[tuple[str, list[NeedRow]]]:
    """The rows by what divides them, the largest part first."""
    parts: dict[str, list[NeedRow]] = defaultdict(list)
    for row in rows:
        parts[divide(row)].append(row)
    return sorted(parts.items(), key=lambda part: (-len(part[1]), part[0]))


def group(dimension: str, name: str, rows: Sequence[NeedRow], measure: Measure) -> Group:
    """The figures of one group."""
    now = measure.now
    still = [row for row in rows if row.open_at(now)]
    return Group(
        dimension=dimension,
        name=name,
        needs=len(rows),
        high_intent=sum(row.high_intent for row in rows),
        in_time=in_time(rows, now),
        reached=share(len(rows) - len(still), len(rows)),
        late=sum(row.late_at(now) for row in rows),
        attempted_only=sum(row.attempts > 0 for row in still),
        unplanned=sum(row.unplanned for row in still),
        open=len(still),
        other_channel=sum(row.resolution == "other_channel" for row in rows if not row.open_at(now)),
        waits=waits(rows, measure),
    )


def in_time(rows: Iterable[NeedRow], now: datetime) -> Share:
    """How many were reached within their window; those who still wait inside it do not count yet."""
    judged = [row for row in rows if row.late_at(now) or not row.open_at(now)]
    return share(sum(not row.late_at(now) for row in judged), len(judged))


def waits(rows: Iterable[NeedRow], measure: Measure) -> Waits:
    """The waits of these needs from the first miss until the customer was reached."""
    rows = list(rows)
    every = [waited(row, measure) for row in rows]
    ended = [one for one in every if one.ended]
    return Waits(tail(every), tail(ended), tail([_business(row, measure) for row in rows]))


def waited(row: NeedRow, measure: Measure) -> Wait:
    """The wait of one need as it stands."""
    return wait(row.at, row.reached_at, measure.now, longest=measure.longest)


def _business(row: NeedRow, measure: Measure) -> Wait:
    ended = row.reached_at is not None and row.reached_at <= measure.now
    until = row.reached_at if ended and row.reached_at is not None else min(measure.now, row.at + measure.longest)
    return Wait(max(0.0, measure.business_seconds(row.at, until)), ended)
