"""The history that risk is learned from: an opportunity as it looked at several ages, with how it ended."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from agent_runtime.watchtower.risk.path import SECONDS_A_DAY, Event, Path, observe
from agent_runtime.watchtower.risk.readings import Reading, read

DAILY_UNTIL = 10
GROWTH = 1.15
"""Beyond ten days each age is so much older than the one before: a year-long deal gives about 35 samples."""


class End(NamedTuple):
    """How an opportunity ended (won, lost or disqualified) and from when that was known."""

    category: str
    at: datetime


class Sample(NamedTuple):
    """One opportunity at one age: `days` is the stretch of life it stands for, `lost` None while open."""

    opportunity_id: str
    days: float
    lost: bool | None
    reading: Reading

    def to_json(self) -> list[Any]:
        return [self.opportunity_id, self.days, self.lost, list(self.reading)]

    @classmethod
    def from_json(cls, row: Sequence[Any]) -> Self:
        return cls(row[0], row[1], row[2], Reading(*row[3]))


def end_of(events: Sequence[Event], categories: Mapping[str, str]) -> End | None:
    """The end that stands after `events` (in the order known); None while open or open again."""
    end: End | None = None
    for event in events:
        if event.kind in ("opportunity.stage", "opportunity.snapshot") and event.data.get("stage"):
            category = categories.get(event.data["stage"], "open")
            end = None if category == "open" else end or End(category, event.known_at)
            if end is not None and end.category != category:
                end = End(category, event.known_at)
    return end


def samples(
    opportunity_id: str,
    events: Sequence[Event],
    now: datetime,
    categories: Mapping[str, str],
    chances: Mapping[str, float],
) -> list[Sample]:
    """What was known of an opportunity at each sampled age until it ended, or until `now` while it is open.

    `events` come in the order known; those known after `now` are not looked at. `categories` says of each
    stage whether it is open, won, lost or disqualified, `chances` how likely it is to be won.
    """
    known = [event for event in events if event.known_at <= now]
    if not known:
        return []
    end = end_of(known, categories)
    lost = None if end is None else end.category == "lost"
    until = (now if end is None else end.at).timestamp()
    taken = list(_look(known, until, categories, chances))
    return [Sample(opportunity_id, days, lost, reading) for days, reading in taken]


def _look(
    events: Sequence[Event], until: float, categories: Mapping[str, str], chances: Mapping[str, float]
) -> Iterator[tuple[float, Reading]]:
    """Readings with the days each stands for; moments while the opportunity stood closed are left out."""
    path, seen, born = Path(), 0, events[0].known_at.timestamp()
    for age, days in _ages():
        at = born + age * SECONDS_A_DAY
        if at >= until:
            return
        while seen < len(events) and events[seen].known_at.timestamp() <= at:
            observe(path, events[seen])
            seen += 1
        if categories.get(path.stage or "", "open") == "open":
            yield days, read(path, at, chances)


def _ages() -> Iterator[tuple[float, float]]:
    """Ages in days without end, each with the stretch that it stands for: daily at first, then ever wider."""
    age = 0.5
    while True:
        step = 1.0 if age < DAILY_UNTIL else age * (GROWTH - 1)
        yield age, step
        age += max(1.0, step)
