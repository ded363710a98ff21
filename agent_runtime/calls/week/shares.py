"""Shares with their interval: three of seven is not the same as three hundred of seven hundred."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

_Z: Final = NormalDist().inv_cdf(0.95)
FEWEST: Final = 10
"""Below so many no share is shown, only the counts."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`, with the 90 % interval of Wilson; the interval of nothing is everything."""

    part: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself, None where there is nothing to share."""
        return self.part / self.n if self.n else None

    @property
    def too_few(self) -> bool:
        """Whether only the counts should be shown."""
        return self.n < FEWEST


def share(part: int, n: int) -> Share:
    """`part` of `n` with its interval (Wilson 1927)."""
    if n == 0:
        return Share(0, 0, 0.0, 1.0)
    middle, square = part / n, _Z * _Z
    centre = (middle + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * sqrt(middle * (1 - middle) / n + square / (4 * n * n))
    return Share(part, n, max(0.0, centre - half), min(1.0, centre + half))


def differ(one: Share, other: Share) -> int:
    """-1 where `one` is clearly lower than `other`, 1 where clearly higher, 0 where chance may have done it.

    Two-proportion z test at 5 %, two-sided; nothing is said of fewer than ten.
    """
    if one.too_few or other.too_few:
        return 0
    pooled = (one.part + other.part) / (one.n + other.n)
    spread = sqrt(pooled * (1 - pooled) * (1 / one.n + 1 / other.n))
    distance = one.part / one.n - other.part / other.n
    if spread == 0 or abs(distance) < NormalDist().inv_cdf(0.975) * spread:
        return 0
    return 1 if distance > 0 else -1
