"""How long things wait: percentiles in which what still waits counts, so that a growing backlog makes them worse."""

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

SHARES = (0.5, 0.9, 0.95)
CONFIDENCE = 0.9
FEWEST = 10
"""With fewer waits than this no percentile is shown, not even the median."""
_BEYOND = 2
"""A percentile needs so many waits beyond it; so p90 wants 20 and p95 wants 40."""
# Shares are products of fractions; without a margin the last digit would decide between two waits.
_MARGIN = 1e-9


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait in seconds; `ended` is False for what still waits: then it lasted at least so long."""

    seconds: float
    ended: bool


@dataclass(frozen=True, slots=True)
class Percentile:
    """The time by which a share of all have ended, in seconds, with its 90 % interval.

    `seconds` is None where there are too few, or where fewer than `share` have ended: then it is more than
    `at_least`. `high` is None where the interval has no upper end yet.
    """

    share: float
    seconds: float | None
    low: float | None
    high: float | None
    at_least: float | None
    too_few: bool

    @property
    def name(self) -> str:
        """p50, p90 or p95."""
        return f"p{round(self.share * 100)}"


@dataclass(frozen=True, slots=True)
class Tail:
    """The percentiles of `n` waits, of which `open` have not ended."""

    n: int
    open: int
    percentiles: tuple[Percentile, ...]

    def at(self, share: float) -> Percentile:
        """The percentile of this share; KeyError where it was not computed."""
        for one in self.percentiles:
            if one.share == share:
                return one
        raise KeyError(share)


def wait(begun: datetime, ended: datetime | None, now: datetime, *, longest: timedelta | None = None) -> Wait:
    """The wait that began at `begun`, as it stands at `now`; what ends later than `now` still waits.

    Nothing is watched for longer than `longest`: after that a wait has not ended, and that is all that is known.
    """
    until = now if longest is None else min(now, begun + longest)
    if ended is not None and ended <= until:
        return Wait((ended - begun).total_seconds(), True)
    return Wait(max(0.0, (until - begun).total_seconds()), False)


def first_after(
    begun: Iterable[tuple[str, datetime]], ends: Mapping[str, Sequence[datetime]], now: datetime
) -> list[Wait]:
    """For each (key, moment) the wait until the first of the key's `ends` that is later; `ends` are in order.

    For instance from a task to the first call with its customer.
    """
    found = []
    for key, moment in begun:
        later = (end for end in ends.get(key, ()) if end > moment)
        found.append(wait(moment, next(later, None), now))
    return found


def needed(share: float) -> int:
    """How many waits a percentile needs before it is shown."""
    return max(FEWEST, math.ceil(_BEYOND / (1 - share) - _MARGIN))


def tail(waits: Sequence[Wait], shares: Sequence[float] = SHARES) -> Tail:
    """Percentiles by the survival estimate of Kaplan and Meier (scipy.stats.ecdf), in seconds.

    Where every wait has ended, the percentile of a share is the smallest wait that at least this share of all
    does not exceed. O(n log n).
    """
    seconds = np.fromiter((one.seconds for one in waits), float, len(waits))
    ended = np.fromiter((one.ended for one in waits), bool, len(waits))
    return tail_of(seconds, ended, shares)


def tail_of(seconds: NDArray[np.float64], ended: NDArray[np.bool_], shares: Sequence[float] = SHARES) -> Tail:
    """The same over two columns of one length."""
    count = len(seconds)
    still = int(count - ended.sum())
    if count < FEWEST or still == count:
        longest = float(seconds.max()) if count >= FEWEST else None
        return Tail(count, still, tuple(_unknown(share, count, longest) for share in shares))
    curve, low, high = _curve(seconds, ended)
    longest = float(seconds.max())
    found = []
    for share in shares:
        if count < needed(share):
            found.append(_unknown(share, count, None))
            continue
        at = _crossing(curve, 1 - share)
        beyond = longest if at is None else None
        found.append(Percentile(share, at, _crossing(low, 1 - share), _crossing(high, 1 - share), beyond, False))
    return Tail(count, still, tuple(found))


def _unknown(share: float, count: int, longest: float | None) -> Percentile:
    return Percentile(share, None, None, None, longest, too_few=count < needed(share))


def _curve(seconds: NDArray[np.float64], ended: NDArray[np.bool_]) -> tuple[Any, Any, Any]:
    """The share that still waits over time, with the two edges of its band."""
    data = CensoredData(uncensored=seconds[ended], right=seconds[~ended])
    curve = ecdf(data).sf
    with warnings.catch_warnings():
        # Where all or none wait there is no band; the curve itself stands in for it.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = curve.confidence_interval(CONFIDENCE, method="log-log")
    times, own = curve.quantiles, curve.probabilities
    low = np.where(np.isnan(band.low.probabilities), own, band.low.probabilities)
    high = np.where(np.isnan(band.high.probabilities), own, band.high.probabilities)
    return (times, own), (times, low), (times, high)


def _crossing(curve: tuple[NDArray[np.float64], NDArray[np.float64]], share: float) -> float | None:
    """The first time at which no more than `share` still wait."""
    times, waiting = curve
    below = np.flatnonzero(waiting <= share + _MARGIN)
    return float(times[below[0]]) if len(below) else None
