"""The only reader of time: everything else is told what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol


class Clock(Protocol):
    """Tells the present as an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved; it never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Moves to `moment`; a moment that lies in the past leaves the clock where it is."""
        self._now = max(self._now, moment.astimezone(UTC))


class ShiftedClock:
    """The machine's clock, shifted so that it began at `start` and goes on; it can be moved ahead, never back."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Moves to `moment` and goes on from there; a moment that lies in the past leaves the clock where it is."""
        self._ahead = max(self._ahead, moment - datetime.now(UTC))


class Stopwatch:
    """Measures how long something takes on this machine, by name, in seconds; never used to decide anything."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Adds the time spent inside to what `name` took so far."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - begun
