"""What became of a miss in the CRM: whether a deal of that customer began or moved on, and what it was worth."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from agent_runtime.calls.week.rows import NeedRow
from agent_runtime.calls.week.tables import NO_SEGMENT, Measure, waited
from agent_runtime.calls.week.value import Exposed, Past

CONVERTS_WITHIN: Final = timedelta(days=7)
"""A deal that begins or moves on so soon after a call counts as its fruit."""


class DealStep(NamedTuple):
    """A deal of an account was opened, moved on, or was won; later states of the deal say what it was worth."""

    at: datetime
    deal_id: str


@dataclass(frozen=True, slots=True)
class DealEnd:
    """How a finished deal ended: `worth` is its amount where it was won, 0 where it was lost."""

    worth: float
    currency: str | None


@dataclass(frozen=True, slots=True)
class Deals:
    """All deals: `steps` by account in order of time, `ends` by deal. A deal without an end is still open."""

    steps: Mapping[str, Sequence[DealStep]]
    ends: Mapping[str, DealEnd]


class Fate(NamedTuple):
    """Whether a need became a deal; `worth` and `currency` are None while that deal is open."""

    converted: bool
    worth: float | None
    currency: str | None


def fate(row: NeedRow, deals: Deals, now: datetime) -> Fate | None:
    """What became of a need; None while its days are not over, and for callers whom the CRM does not know."""
    until = row.at + CONVERTS_WITHIN
    if row.account_id is None or until > now:
        return None
    steps = deals.steps.get(row.account_id, ())
    place = bisect_left(steps, row.at, key=lambda step: step.at)
    if place == len(steps) or steps[place].at > until:
        return Fate(False, None, None)
    end = deals.ends.get(steps[place].deal_id)
    return Fate(True, None, None) if end is None else Fate(True, end.worth, end.currency)


def past_of(rows: Iterable[NeedRow], deals: Deals, measure: Measure) -> dict[date, list[Past]]:
    """High-intent misses whose fate is known, by the first day of their month."""
    found: dict[date, list[Past]] = {}
    for row in rows:
        known = fate(row, deals, measure.now) if row.high_intent else None
        if known is not None:
            found.setdefault(row.at.date().replace(day=1), []).append(_past(row, known, measure))
    return found


def _past(row: NeedRow, known: Fate, measure: Measure) -> Past:
    one = waited(row, measure)
    return Past(
        segment=row.segment or NO_SEGMENT,
        in_time=not row.late_at(measure.now),
        wait_s=one.seconds if one.ended else None,
        converted=known.converted,
        value=known.worth,
        currency=known.currency,
    )


def exposed_of(rows: Iterable[NeedRow], measure: Measure) -> list[Exposed]:
    """The high-intent misses of which the window passed."""
    late = (row for row in rows if row.high_intent and row.late_at(measure.now))
    return [
        Exposed(row.need_id, row.segment or NO_SEGMENT, waited(row, measure).seconds, not row.open_at(measure.now))
        for row in late
    ]
