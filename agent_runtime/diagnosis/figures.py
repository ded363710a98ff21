"""Figures with the rows behind them, and spreads that count what is still open; small samples say so. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Literal

# Below this many cases, or people behind them, there is no figure.
LEAST = 5

Trend = Literal["rising", "falling", "steady", "too little"]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing behind a number: its account, what it is, in words why it is there, and since when."""

    account_id: str
    subject_id: str
    what: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """`rows` out of `of`: each number opens to the rows that make it."""

    name: str
    of: int
    rows: tuple[Row, ...]

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None for a sample too small to divide."""
        return len(self.rows) / self.of if self.of >= LEAST else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took, in hours: `n` cases of which `still_open` have not ended.

    `median` and `p90` count the open ones as longer than all others: None where they lie among those, or where
    there are fewer than LEAST cases.
    """

    n: int
    still_open: int
    median: float | None
    p90: float | None

    @property
    def tail(self) -> float | None:
        """How many times the median the slow tenth takes; lower is more predictable."""
        return self.p90 / self.median if self.p90 is not None and self.median else None


def spread(hours: Iterable[float | None]) -> Spread:
    """The spread of cases; None is one that is still open."""
    every = list(hours)
    closed = sorted(x for x in every if x is not None)
    return Spread(
        len(every), len(every) - len(closed), _quantile(closed, len(every), 0.5), _quantile(closed, len(every), 0.9)
    )


def _quantile(closed: Sequence[float], n: int, share: float) -> float | None:
    place = ceil(share * n) - 1
    return closed[place] if n >= LEAST and place < len(closed) else None


def trend(before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]) -> Trend:
    """Whether a share went up between two stretches of (count, of); only what exceeds twice its standard error moved.

    The same things are counted in each week, so that a stretch is worth one week's cases, not their sum.
    """
    if not before or not after:
        return "too little"
    of = min(sum(x[1] for x in part) / len(part) for part in (before, after))
    if of < LEAST:
        return "too little"
    first, second = (_mean_share(part) for part in (before, after))
    pooled = (first + second) / 2
    error = (2 * pooled * (1 - pooled) / of) ** 0.5
    if abs(second - first) <= 2 * error:
        return "steady"
    return "rising" if second > first else "falling"


def _mean_share(part: Sequence[tuple[int, int]]) -> float:
    return sum(x[0] for x in part) / max(1, sum(x[1] for x in part))
