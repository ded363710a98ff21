"""Week by week, quarter against quarter, and what warns before the win rate moves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from scipy.stats import kendalltau

from agent_runtime.calls.week.fates import Fate
from agent_runtime.calls.week.rows import CallCount, NeedRow
from agent_runtime.calls.week.shares import Share, differ, share
from agent_runtime.calls.week.sources import converted
from agent_runtime.calls.week.tables import Measure, in_time, waited
from agent_runtime.calls.week.waits import Percentile, tail

WEEKS: Final = 13
_RECENT: Final = 6
_SURE: Final = 0.05


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week: inbound calls, those missed, the needs behind them, and how they fared as known today."""

    monday: date
    inbound: int
    missed: Share
    needs: int
    high_intent: Share
    in_time: Share
    converted: Share
    open: int
    late: int
    p50: Percentile
    p90: Percentile
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What series and comparisons are made of: all needs by week, all counted calls, what became of whom."""

    by_week: Mapping[date, Sequence[NeedRow]]
    counts: Mapping[date, Counter[CallCount]]
    fates: Mapping[str, Fate]
    notes: Mapping[date, tuple[str, ...]]
    measure: Measure


def point(monday: date, figures: Figures) -> WeekPoint:
    """The figures of one week."""
    rows, counts = figures.by_week.get(monday, ()), figures.counts.get(monday, Counter())
    now = figures.measure.now
    waits = tail([waited(row, figures.measure) for row in rows])
    missed = sum(number for one, number in counts.items() if one.missed)
    return WeekPoint(
        monday=monday,
        inbound=counts.total(),
        missed=share(missed, counts.total()),
        needs=len(rows),
        high_intent=share(sum(row.high_intent for row in rows), len(rows)),
        in_time=in_time(rows, now),
        converted=converted(rows, figures.fates),
        open=sum(row.open_at(now) for row in rows),
        late=sum(row.late_at(now) for row in rows),
        p50=waits.at(0.5),
        p90=waits.at(0.9),
        notes=figures.notes.get(monday, ()),
    )


def points(monday: date, figures: Figures, weeks: int = WEEKS) -> list[WeekPoint]:
    """The last `weeks` weeks up to the one that begins on `monday`, oldest first, from the first with any call."""
    first = min(figures.counts, default=monday)
    mondays = (monday - timedelta(weeks=back) for back in reversed(range(weeks)))
    return [point(one, figures) for one in mondays if one >= first or one == monday]


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """Something that has moved the wrong way for weeks, before the win rate does."""

    what: str
    words: str


def warnings_of(series: Sequence[WeekPoint]) -> list[EarlyWarning]:
    """A steady rise over six weeks (Kendall's rank correlation, 5 %) of the high-intent share or of the tail."""
    recent = series[-_RECENT:]
    found = []
    shares = [one.high_intent.value for one in recent]
    if _rises(shares):
        words = f"High-intent misses went from {shares[0]:.0%} to {shares[-1]:.0%} of all in {len(recent)} weeks."
        found.append(EarlyWarning("high-intent share", words))
    tails = [one.p90.seconds if one.p90.seconds is not None else one.p90.at_least for one in recent]
    if _rises(tails):
        found.append(
            EarlyWarning("tail", f"The slowest tenth of callers waits longer each week, for {len(recent)} weeks.")
        )
    return found


def _rises(values: Sequence[float | None]) -> bool:
    known = [value for value in values if value is not None]
    if len(known) < _RECENT or len(set(known)) < len(known):
        return False
    found = kendalltau(range(len(known)), known)
    return bool(found.statistic > 0 and found.pvalue < _SURE)


@dataclass(frozen=True, slots=True)
class _Whole:
    missed: Share
    in_time: Share
    converted: Share


@dataclass(frozen=True, slots=True)
class Quarterly:
    """The three questions of the quarter, this one (so far) against the one before: answer and what it rests on."""

    this: str
    before: str
    answers: tuple[tuple[str, str, str], ...]


def quarterly(monday: date, figures: Figures) -> Quarterly:
    """Did misses go down, did breaches go down, did qualified conversations go up?"""
    this, before = _quarter(monday), _quarter(_first_day(_quarter(monday)) - timedelta(days=1))
    now, then = _whole(_weeks_of(this, figures, monday), figures), _whole(_weeks_of(before, figures, monday), figures)
    return Quarterly(_name(this), _name(before), _answers(now, then))


@dataclass(frozen=True, slots=True)
class YearAgo:
    """The same questions against the same week a year before; where the records do not reach so far, `missing` says
    since when they are there, and there are no answers."""

    monday: date
    missing: str
    answers: tuple[tuple[str, str, str], ...]


def year_ago(monday: date, figures: Figures) -> YearAgo:
    """The week against that of a year before: 52 weeks, so that weekdays meet weekdays."""
    then = monday - timedelta(weeks=52)
    first = min(figures.counts, default=monday)
    if first > then:
        return YearAgo(then, f"The records begin with the week of {first:%-d %B %Y}.", ())
    return YearAgo(then, "", _answers(_whole([monday], figures), _whole([then], figures)))


def _answers(now: _Whole, then: _Whole) -> tuple[tuple[str, str, str], ...]:
    return (
        _answer("Did we miss fewer calls?", now.missed, then.missed, wanted=-1),
        _answer("Were fewer returned late?", _late(now), _late(then), wanted=-1),
        _answer("Did more of them become a deal?", now.converted, then.converted, wanted=1),
    )


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _first_day(quarter: tuple[int, int]) -> date:
    return date(quarter[0], 3 * quarter[1] + 1, 1)


def _name(quarter: tuple[int, int]) -> str:
    return f"Q{quarter[1] + 1} {quarter[0]}"


def _weeks_of(quarter: tuple[int, int], figures: Figures, last: date) -> list[date]:
    """A quarter in whole weeks; a week belongs to the quarter of its Monday."""
    return [one for one in figures.counts if _quarter(one) == quarter and one <= last]


def _whole(weeks: Sequence[date], figures: Figures) -> _Whole:
    counts = [item for week in weeks for item in figures.counts.get(week, Counter()).items()]
    rows = [row for week in weeks for row in figures.by_week.get(week, ())]
    inbound, missed = sum(x for _, x in counts), sum(x for one, x in counts if one.missed)
    return _Whole(share(missed, inbound), in_time(rows, figures.measure.now), converted(rows, figures.fates))


def _late(one: _Whole) -> Share:
    return share(one.in_time.n - one.in_time.part, one.in_time.n)


def _answer(question: str, now: Share, then: Share, *, wanted: int) -> tuple[str, str, str]:
    moved = differ(now, then)
    if now.too_few or then.too_few:
        answer = "too few to say"
    else:
        answer = "no clear change" if not moved else "yes" if moved == wanted else "no, the opposite"
    return question, answer, f"{_told(then)} before, {_told(now)} now"


def _told(one: Share) -> str:
    return f"{one.part / one.n:.0%} of {one.n:,}" if one.n else "nothing"
