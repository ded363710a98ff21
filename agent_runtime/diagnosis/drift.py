"""Drift: how much stands still, and how much is unresolved and how old, week by week. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from agent_runtime.diagnosis.figures import Trend, trend
from agent_runtime.diagnosis.record import Record

_STANDING_STILL = frozenset({"stage_age", "next_step"})
_WEEK = timedelta(days=7)
_COMPARED = 4


@dataclass(frozen=True, slots=True)
class Course:
    """Something that began and ended, or has not; of a deal also when it stood still."""

    began_at: datetime
    ended_at: datetime | None
    is_deal: bool = False
    still: tuple[tuple[datetime, datetime | None], ...] = ()

    def open_at(self, moment: datetime) -> bool:
        return _within(moment, (self.began_at, self.ended_at))


@dataclass(frozen=True, slots=True)
class Week:
    """How it stood at `at`: open deals, those of them that stood still, all that was unresolved, and its median age."""

    at: datetime
    deals: int
    stagnating: int
    unresolved: int
    median_age_days: float | None


@dataclass(frozen=True, slots=True)
class Drift:
    """The weeks, the oldest first; `stagnation`: how the share that stands still moved in the last four."""

    weeks: tuple[Week, ...]
    stagnation: Trend


def courses(record: Record) -> list[Course]:
    """Everything that was begun with the account, by what the ledger knows; due times count, not when we looked."""
    found = []
    for row in record.book.interactions:
        expectations = record.book.expectations.get(row.id, ())
        still = tuple(
            (x.due_at, x.settled_at) for x in expectations if x.rule in _STANDING_STILL and record.breach(x) is not None
        )
        found.append(Course(row.opened_at, row.ended_at, row.kind == "opportunity", still))
    return found


def drift(every: Sequence[Course], now: datetime, weeks: int = 12) -> Drift:
    """The last `weeks` weeks up to `now`."""
    found = tuple(_week(every, now - _WEEK * back) for back in reversed(range(weeks)))
    counted = [(x.stagnating, x.deals) for x in found]
    return Drift(found, trend(counted[-2 * _COMPARED : -_COMPARED], counted[-_COMPARED:]))


def _week(every: Iterable[Course], at: datetime) -> Week:
    unresolved = [x for x in every if x.open_at(at)]
    deals = [x for x in unresolved if x.is_deal]
    ages = [(at - x.began_at) / timedelta(days=1) for x in unresolved]
    return Week(
        at=at,
        deals=len(deals),
        stagnating=sum(any(_within(at, part) for part in x.still) for x in deals),
        unresolved=len(unresolved),
        median_age_days=median(ages) if ages else None,
    )


def _within(moment: datetime, part: tuple[datetime, datetime | None]) -> bool:
    return part[0] <= moment and (part[1] is None or moment < part[1])
