"""The monthly look back: what would have been said of each past month before it, and what then came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from agent_runtime.calls.week.value import CONFIDENCE, Draws, Exposed, History, Past, Range, history_of, share_draws

FEWEST_MONTHS: Final = 6
"""With fewer months nothing can be said of how well the range holds."""
_SEED: Final = 20260102
_DRAWS: Final = 2000


@dataclass(frozen=True, slots=True)
class Month:
    """How many deals were expected out of the late misses of one month, and how many came."""

    month: date
    misses: int
    predicted: Range
    came: int

    @property
    def inside(self) -> bool:
        """Whether what came lay in the range."""
        return self.predicted.low <= self.came <= self.predicted.high


@dataclass(frozen=True, slots=True)
class Backtest:
    """The months that could be judged; `widened`: by how much the range must grow so that four in five fit (≥ 1)."""

    months: tuple[Month, ...]
    widened: float
    enough: bool

    @property
    def inside(self) -> int:
        """How many months came as predicted."""
        return sum(one.inside for one in self.months)


def backtest(by_month: Mapping[date, Sequence[Past]]) -> Backtest:
    """Judges each month by the months before it alone; months whose segments have too little history are left out."""
    before: list[Past] = []
    found: list[Month] = []
    rng = np.random.default_rng(_SEED)
    for month in sorted(by_month):
        judged = _judged(month, by_month[month], before, rng)
        if judged is not None:
            found.append(judged)
        before.extend(by_month[month])
    enough = len(found) >= FEWEST_MONTHS
    return Backtest(tuple(found), _widening(found) if enough else 1.0, enough)


def _judged(month: date, rows: Sequence[Past], before: Sequence[Past], rng: np.random.Generator) -> Month | None:
    late = [one for one in rows if not one.in_time]
    histories = {segment: history_of(segment, before) for segment in {one.segment for one in late}}
    known = [(one, history) for one in late if isinstance(history := histories[one.segment], History)]
    if not known:
        return None
    draws = np.zeros(_DRAWS)
    for segment, history in sorted(histories.items()):
        if isinstance(history, History):
            draws += _deals([one for one, _ in known if one.segment == segment], history, rng)
    edge = (1 - CONFIDENCE) / 2
    low, base, high = (float(x) for x in np.quantile(draws, (edge, 0.5, 1 - edge)))
    return Month(month, len(known), Range(low, base, high), sum(one.converted for one, _ in known))


def _deals(late: Sequence[Past], history: History, rng: np.random.Generator) -> Draws:
    total = np.zeros(_DRAWS)
    places = [history.bucket(_as_exposed(one)) for one in late]
    for place, bucket in enumerate(history.late):
        total += rng.binomial(places.count(place), share_draws(bucket, rng, _DRAWS))
    return total


def _as_exposed(one: Past) -> Exposed:
    return Exposed("", one.segment, float("inf") if one.wait_s is None else one.wait_s, one.wait_s is not None)


def _widening(months: Sequence[Month]) -> float:
    """The factor on the half-width that takes in four of five months; never below 1, so that luck narrows nothing."""
    off = [_distance(one) for one in months]
    return max(1.0, float(np.quantile(off, CONFIDENCE, method="higher")))


def _distance(one: Month) -> float:
    """How far what came lies from the middle, in half-widths of that side."""
    predicted, came = one.predicted, one.came
    if came >= predicted.base:
        return (came - predicted.base) / max(predicted.high - predicted.base, 1.0)
    return (predicted.base - came) / max(predicted.base - predicted.low, 1.0)
