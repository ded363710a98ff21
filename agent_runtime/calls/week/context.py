"""What else happened: campaigns, shifts, notes and holidays, with which weeks are compared and spikes explained."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from agent_runtime.calls.week.rows import Line


class Campaign(NamedTuple):
    """Something that makes people call, from its first to its last day; `spend` in the company's currency."""

    name: str
    source: str | None
    keyword: str | None
    begins: date | None
    ends: date | None
    spend: float | None

    def runs_on(self, day: date) -> bool:
        """Whether it ran on that day; one without dates runs always and explains nothing."""
        return self.begins is not None and self.begins <= day and (self.ends is None or day <= self.ends)

    def spent_in(self, monday: date) -> float | None:
        """What of its spend falls into a week, by days; None where it or its days are unknown."""
        if self.spend is None or self.begins is None or self.ends is None:
            return None
        days = (self.ends - self.begins).days + 1
        inside = sum(self.runs_on(monday + timedelta(days=step)) for step in range(7))
        return self.spend * inside / days


class Shift(NamedTuple):
    """Somebody was at the phones of a queue; who it was is nobody's business here."""

    queue: str | None
    begins: datetime
    ends: datetime


class Note(NamedTuple):
    """That something changed in what is measured or in how calls are handled."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """All of it; `is_holiday` speaks of local days."""

    campaigns: Sequence[Campaign]
    shifts: Sequence[Shift]
    notes: Sequence[Note]
    lines: Sequence[Line]
    is_holiday: Callable[[date], bool]

    def notes_of(self, monday: date, day_of: Callable[[datetime], date]) -> Iterator[Note]:
        """The notes of one week."""
        for note in self.notes:
            if monday <= day_of(note.at) < monday + timedelta(days=7):
                yield note
