"""Before and after a change, and whether two weeks measure the same thing at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent_runtime.calls.week.context import Context, Note
from agent_runtime.calls.week.rows import CallCount
from agent_runtime.calls.week.shares import Share, differ, share
from agent_runtime.calls.week.sources import converted
from agent_runtime.calls.week.tables import in_time, waited
from agent_runtime.calls.week.trend import Figures
from agent_runtime.calls.week.waits import Percentile, tail

WEEKS: Final = 4
"""So many whole weeks on each side of a change are set against each other; its own week is in neither."""


@dataclass(frozen=True, slots=True)
class Side:
    """The weeks before or after a change."""

    needs: int
    missed: Share
    in_time: Share
    converted: Share
    p90: Percentile


@dataclass(frozen=True, slots=True)
class Change:
    """What a change moved and what not; `moved` and `stayed` name figures."""

    day: date
    note: str
    before: Side
    after: Side
    moved: tuple[str, ...]
    stayed: tuple[str, ...]
    words: str


def changes(monday: date, context: Context, figures: Figures, zone: ZoneInfo) -> list[Change]:
    """The noted changes of the last quarter that have at least one whole week after them, the latest first."""
    found = []
    for note in context.notes:
        day = note.at.astimezone(zone).date()
        week = day - timedelta(days=day.weekday())
        if monday - timedelta(weeks=13) <= week < monday:
            found.append(_change(day, note, week, monday, figures))
    return sorted(found, key=lambda one: (one.day, one.note), reverse=True)


def _change(day: date, note: Note, week: date, last: date, figures: Figures) -> Change:
    before = [week - timedelta(weeks=step) for step in range(1, WEEKS + 1)]
    after = [one for step in range(1, WEEKS + 1) if (one := week + timedelta(weeks=step)) <= last]
    old, new = _side(before, figures), _side(after, figures)
    compared = {
        "share of calls missed": (differ(new.missed, old.missed), -1),
        "returned in time": (differ(new.in_time, old.in_time), 1),
        "the slowest tenth": (_tails(new.p90, old.p90), -1),
        "conversion": (differ(new.converted, old.converted), 1),
    }
    moved = tuple(f"{name} {'better' if way == good else 'worse'}" for name, (way, good) in compared.items() if way)
    stayed = tuple(name for name, (way, _) in compared.items() if not way)
    return Change(day, note.text, old, new, moved, stayed, _words(compared, moved))


def _words(compared: Mapping[str, tuple[int, int]], moved: Sequence[str]) -> str:
    better = [name for name, (way, good) in compared.items() if way == good]
    if better and better != ["conversion"] and not compared["conversion"][0]:
        return "Calls are handled better and conversion did not move: look at lead quality, offer or script."
    return f"Moved: {', '.join(moved)}." if moved else "Nothing moved that chance does not explain."


def _side(weeks: Sequence[date], figures: Figures) -> Side:
    rows = [row for week in weeks for row in figures.by_week.get(week, ())]
    counts: Counter[CallCount] = Counter()
    for week in weeks:
        counts.update(figures.counts.get(week, {}))
    now = figures.measure.now
    return Side(
        len(rows),
        share(sum(number for one, number in counts.items() if one.missed), counts.total()),
        in_time(rows, now),
        converted(rows, figures.fates),
        tail([waited(row, figures.measure) for row in rows]).at(0.9),
    )


def _tails(new: Percentile, old: Percentile) -> int:
    """Whether the intervals of two percentiles lie apart."""
    if new.low is None or old.low is None:
        return 0
    if new.high is not None and new.high < old.low:
        return -1
    return 1 if old.high is not None and old.high < new.low else 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether this week can be compared with those before: which numbers are new, and what the notes say."""

    new_lines: tuple[str, ...]
    notes: tuple[str, ...]
    missed: Share
    missed_before: Share
    missed_comparable: Share
    words: str

    @property
    def comparable(self) -> bool:
        """Whether the same numbers were measured."""
        return not self.new_lines and not self.notes


def scope(monday: date, figures: Figures) -> Scope:
    """This week against the four before; `missed_comparable` counts only numbers that were called before as well."""
    before = [monday - timedelta(weeks=step) for step in range(1, WEEKS + 1)]
    known = {one.line for week in before for one in figures.counts.get(week, {})}
    counts = figures.counts.get(monday, Counter())
    new = sorted({one.line for one in counts} - known) if known else []
    notes = tuple(text for week in (*before, monday) for text in figures.notes.get(week, ()))
    earlier = _missed([item for week in before for item in figures.counts.get(week, Counter()).items()])
    same = _missed([item for item in counts.items() if item[0].line in known])
    told = []
    if new:
        told.append(f"{len(new)} numbers are new this week: {', '.join(new[:5])}")
    told += [f"noted: {text}" for text in notes]
    words = "; ".join(told) or "The same numbers as in the four weeks before."
    return Scope(tuple(new), notes, _missed(list(counts.items())), earlier, same, words)


def _missed(counts: Sequence[tuple[CallCount, int]]) -> Share:
    return share(sum(x for one, x in counts if one.missed), sum(x for _, x in counts))
