"""What a pipeline stands to lose, as a range: never one number, because neither the odds nor the luck are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_DRAWS = 2_000
_LOW, _HIGH = 10, 90
# From fewer ended deals than this the odds are as uncertain as from so many.
_LEAST_ENDED = 10
# Drawn the same each time, so that the same pipeline gives the same range.
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Stake:
    """The sum that will be lost of `total` lies between `low` and `high` in four of five such pipelines."""

    low: float
    base: float
    high: float
    total: float
    deals: int
    ended: int


def stake(risks: Sequence[float], amounts: Sequence[float], ended: int) -> Stake:
    """The 80 % range of what is lost of open deals, from the risk and the amount of each.

    Two things are unknown: how each deal falls, and how far the risks are off together, which is as much as `ended`
    deals leave open (the standard error of their log odds).
    """
    if not risks:
        return Stake(0.0, 0.0, 0.0, 0.0, 0, ended)
    chance, value = np.clip(np.array(risks), 0.001, 0.999), np.array(amounts)
    usual = float(np.clip(chance.mean(), 0.05, 0.95))
    spread = 1 / np.sqrt(max(ended, _LEAST_ENDED) * usual * (1 - usual))
    rng = np.random.default_rng(_SEED)
    odds = np.log(chance / (1 - chance))[None, :] + rng.normal(0.0, spread, (_DRAWS, 1))
    lost = (rng.random((_DRAWS, len(chance))) < 1 / (1 + np.exp(-odds))) @ value
    low, high = np.percentile(lost, [_LOW, _HIGH])
    return Stake(float(low), float(chance @ value), float(high), float(value.sum()), len(chance), ended)
