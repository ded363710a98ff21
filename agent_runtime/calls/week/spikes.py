"""When misses spike, and what else happened then: holidays, campaigns, empty shifts, faults, changes."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from scipy.stats import poisson

from agent_runtime.calls.week.context import Context, Shift
from agent_runtime.calls.week.rows import NeedRow

CauseKind = Literal["holiday", "campaign", "shift", "fault", "change", "unexplained"]
_WEEKS: Final = 8
_FEWEST: Final = 5
_SURPRISE: Final = 1e-3
_FAULTS: Final = frozenset({"technical", "busy"})
_FAULT_SHARE: Final = 0.3
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that happened at the same time; it may be the cause, and nothing here proves it."""

    kind: CauseKind
    words: str


@dataclass(frozen=True, slots=True)
class Spike:
    """A day of a queue with more misses than chance explains: `usual` is the mean of that weekday before."""

    day: date
    weekday: str
    queue: str
    misses: int
    high_intent: int
    usual: float
    peak_hour: int
    causes: tuple[Cause, ...]


def spikes(rows: Sequence[NeedRow], monday: date, context: Context, zone: ZoneInfo) -> list[Spike]:
    """The spikes of the week that begins on `monday`, the largest first; a queue needs four weeks of past."""
    days: dict[tuple[date, str], list[NeedRow]] = defaultdict(list)
    first: dict[str, date] = {}
    for row in rows:
        if row.week <= monday:
            days[row.week + timedelta(days=row.weekday), row.queue].append(row)
            first[row.queue] = min(row.week, first.get(row.queue, row.week))
    found = [
        _spike(day, queue, missed, usual, context, zone)
        for (day, queue), missed in days.items()
        if day >= monday and (usual := _usual(days, day, queue, first[queue])) is not None and _high(missed, usual)
    ]
    return sorted(found, key=lambda one: (one.usual - one.misses, one.day, one.queue))


def _usual(days: Mapping[tuple[date, str], Sequence[NeedRow]], day: date, queue: str, first: date) -> float | None:
    """The mean of the same weekday in the weeks before."""
    before = [day - timedelta(weeks=back) for back in range(1, _WEEKS + 1)]
    known = [one for one in before if one >= first]
    return sum(len(days.get((one, queue), ())) for one in known) / len(known) if len(known) >= 4 else None


def _high(missed: Sequence[NeedRow], usual: float) -> bool:
    return len(missed) >= _FEWEST and bool(poisson.sf(len(missed) - 1, max(usual, 0.5)) < _SURPRISE)


def _spike(day: date, queue: str, missed: Sequence[NeedRow], usual: float, context: Context, zone: ZoneInfo) -> Spike:
    hours = Counter(row.hour for row in missed)
    peak = max(sorted(hours), key=lambda hour: hours[hour])
    causes = tuple(_causes(day, queue, missed, context, zone))
    return Spike(
        day,
        _WEEKDAYS[day.weekday()],
        queue,
        len(missed),
        sum(row.high_intent for row in missed),
        usual,
        peak,
        causes or (Cause("unexplained", "nothing known happened at that time"),),
    )


def _causes(day: date, queue: str, missed: Sequence[NeedRow], context: Context, zone: ZoneInfo) -> Iterator[Cause]:
    if context.is_holiday(day):
        yield Cause("holiday", "a public holiday")
    elif context.is_holiday(day - timedelta(days=1)):
        yield Cause("holiday", "the day after a public holiday")
    called = {row.campaign for row in missed if row.campaign}
    for campaign in context.campaigns:
        if campaign.name in called and campaign.runs_on(day):
            count = sum(row.campaign == campaign.name for row in missed)
            yield Cause("campaign", f"campaign {campaign.name} ran and brought {count} of them")
    if (unstaffed := _unstaffed(queue, missed, context)) > len(missed) / 2:
        yield Cause("shift", f"{unstaffed} of them came while nobody was on shift for this queue")
    faults = sum(row.reason in _FAULTS for row in missed)
    if faults >= _FAULT_SHARE * len(missed):
        yield Cause("fault", f"{faults} of them met a busy line or a fault")
    for note in context.notes:
        if abs((note.at.astimezone(zone).date() - day).days) <= 1:
            yield Cause("change", note.text)


def _unstaffed(queue: str, missed: Sequence[NeedRow], context: Context) -> int:
    shifts = [shift for shift in context.shifts if shift.queue in (queue, None)]
    if not shifts:
        return 0
    return sum(row.in_hours and not _on_shift(row.at, shifts) for row in missed)


def _on_shift(moment: datetime, shifts: Sequence[Shift]) -> bool:
    return any(shift.begins <= moment < shift.ends for shift in shifts)
