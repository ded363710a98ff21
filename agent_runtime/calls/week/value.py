"""What missed calls put at risk: a range out of the company's own history, or a refusal that says why.

Only high-intent misses that were not returned in their window count. For each the chance of a deal among callers who
were reached in time is set against that among callers who waited as long as this one did, segment by segment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent_runtime.calls.models import MoneyRange

CONFIDENCE: Final = 0.8
FEWEST_IN_TIME: Final = 40
FEWEST_LATE: Final = 25
FEWEST_CONVERSIONS: Final = 8
FEWEST_VALUES: Final = 10
_DRAWS: Final = 2000
_MOST_VALUES: Final = 400
_SEED: Final = 20260101
_PRIOR: Final = 0.5
"""Jeffreys' prior of a share: half a success and half a failure."""

DELAYS: Final = (
    ("within 30 min", 1800.0),
    ("30 min to 2 h", 7200.0),
    ("2 h to 1 day", 86400.0),
    ("1 to 3 days", 259200.0),
    ("later or never", float("inf")),
)
"""Upper ends of the waits, in seconds, by which conversion is counted."""

Draws = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Past:
    """A high-intent miss of the past whose fate is known. `wait_s` is None where the customer was never reached.

    `value`: what the deal that came of it was worth (0 where it was lost), None while that is not known.
    """

    segment: str
    in_time: bool
    wait_s: float | None
    converted: bool
    value: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Exposed:
    """A high-intent miss of now that was not returned in its window; `wait_s` is how long so far, at least."""

    need_id: str
    segment: str
    wait_s: float
    reached: bool


@dataclass(frozen=True, slots=True)
class Range:
    """Four in five such months lie between `low` and `high`; half lie below `base`. Money of one currency."""

    low: float
    base: float
    high: float


class Bucket(NamedTuple):
    """How many callers with such a wait there were, and how many became a deal; `until_s` is its upper end."""

    name: str
    until_s: float
    n: int
    converted: int


@dataclass(frozen=True, slots=True)
class History:
    """What a segment's own past says: `late` by delay, those with too few callers joined with their neighbours."""

    segment: str
    in_time: Bucket
    late: tuple[Bucket, ...]
    values: tuple[float, ...]
    currency: str | None

    def bucket(self, exposed: Exposed) -> int:
        """The place in `late` of a wait; who was never reached stands with the latest once a day has passed."""
        return next(place for place, one in enumerate(self.late) if exposed.wait_s <= one.until_s)


@dataclass(frozen=True, slots=True)
class Refused:
    """A segment of which no range can be given, and why."""

    segment: str
    misses: int
    reason: str


@dataclass(frozen=True, slots=True)
class SegmentRange:
    """The range of one segment, with the history it rests on."""

    segment: str
    misses: int
    range: Range
    history: History


@dataclass(frozen=True, slots=True)
class ValueAtRisk:
    """All segments; `total` is None where nothing can be said, or where the currencies differ.

    `expected`: for each need the range of what its delay costs on average.
    """

    total: Range | None
    currency: str | None
    segments: tuple[SegmentRange, ...]
    refused: tuple[Refused, ...]
    expected: dict[str, MoneyRange]
    assumptions: tuple[str, ...]
    widened: float = 1.0


def history_of(segment: str, past: Iterable[Past]) -> History | str:
    """The history of one segment, or in a sentence why it is too small for a range."""
    rows = [one for one in past if one.segment == segment]
    in_time = _bucket("in time", 0.0, [one for one in rows if one.in_time])
    late = [one for one in rows if not one.in_time]
    values = [one.value for one in rows if one.converted and one.value is not None]
    currencies = {one.currency for one in rows if one.converted and one.value is not None}
    for found, fewest, what in (
        (in_time.n, FEWEST_IN_TIME, "past misses returned in time"),
        (len(late), FEWEST_LATE, "past misses returned late or never"),
        (in_time.converted, FEWEST_CONVERSIONS, "deals after a timely callback"),
        (len(values), FEWEST_VALUES, "finished deals of which the amount is known"),
    ):
        if found < fewest:
            return f"only {found} {what}; {fewest} are needed"
    if len(currencies) > 1:
        return f"amounts in several currencies ({', '.join(sorted(str(x) for x in currencies))})"
    return History(segment, in_time, _late_buckets(late), tuple(values), next(iter(currencies)))


def _bucket(name: str, until: float, rows: Sequence[Past]) -> Bucket:
    return Bucket(name, until, len(rows), sum(one.converted for one in rows))


def delay_of(wait_s: float | None) -> int:
    """The place in DELAYS of a wait; never reached is the last."""
    if wait_s is None:
        return len(DELAYS) - 1
    return next(place for place, (_, until) in enumerate(DELAYS) if wait_s <= until)


def _late_buckets(late: Sequence[Past]) -> tuple[Bucket, ...]:
    """By delay, shortest first; a bucket that is too small takes in its next neighbour."""
    ordered = sorted(late, key=lambda one: delay_of(one.wait_s))
    found: list[Bucket] = []
    for place, group in groupby(ordered, key=lambda one: delay_of(one.wait_s)):
        one = _bucket(*DELAYS[place], list(group))
        if found and found[-1].n < FEWEST_LATE:
            one = _joined(found.pop(), one)
        found.append(one)
    if len(found) > 1 and found[-1].n < FEWEST_LATE:
        last = found.pop()
        found.append(_joined(found.pop(), last))
    found[-1] = found[-1]._replace(until_s=float("inf"))
    return tuple(found)


def _joined(one: Bucket, other: Bucket) -> Bucket:
    return Bucket(f"{one.name}, {other.name}", other.until_s, one.n + other.n, one.converted + other.converted)


def value_at_risk(
    exposed: Sequence[Exposed], past: Sequence[Past], *, assumptions: Sequence[str] = (), widened: float = 1.0
) -> ValueAtRisk:
    """The range for `exposed`, by segment and in all. `widened` (≥ 1): how far the months before were off.

    The same input gives the same range. Low and high are the 10th and 90th of 100 such months.
    """
    rng = np.random.default_rng(_SEED)
    ranges: list[SegmentRange] = []
    refused: list[Refused] = []
    draws: list[Draws] = []
    expected: dict[str, MoneyRange] = {}
    for segment in sorted({one.segment for one in exposed}):
        misses = [one for one in exposed if one.segment == segment]
        history = history_of(segment, past)
        if isinstance(history, str):
            refused.append(Refused(segment, len(misses), history))
            continue
        month, single = _drawn(misses, history, rng)
        draws.append(month)
        ranges.append(SegmentRange(segment, len(misses), _range(month, widened), history))
        each = [_money(_range(lost, widened), history.currency) for lost in single]
        expected.update({one.need_id: each[history.bucket(one)] for one in misses})
    currencies = {one.history.currency for one in ranges}
    total = _range(np.sum(draws, axis=0), widened) if len(currencies) == 1 else None
    told = (*_general(), *assumptions, *(_of_segment(one) for one in ranges), *_excluded(refused, widened))
    currency = next(iter(currencies)) if total else None
    return ValueAtRisk(total, currency, tuple(ranges), tuple(refused), expected, told, widened)


def _drawn(misses: Sequence[Exposed], history: History, rng: np.random.Generator) -> tuple[Draws, list[Draws]]:
    """Months as they may be: the money lost in all, and for each delay what one miss costs on average."""
    in_time = share_draws(history.in_time, rng)
    amounts = _amounts(history.values)
    # Weights of the known amounts (Bayesian bootstrap): how often each kind of deal really comes.
    worth = rng.dirichlet(np.ones(len(amounts)), _DRAWS)
    average = worth @ amounts
    lost = np.zeros(_DRAWS, dtype=np.int64)
    single: list[Draws] = []
    for place, late in enumerate(history.late):
        count = sum(history.bucket(one) == place for one in misses)
        gap = np.maximum(0.0, in_time - share_draws(late, rng))
        single.append(gap * average)
        lost += rng.binomial(count, gap)
    money: Draws = rng.multinomial(lost, worth) @ amounts
    return money, single


def _amounts(values: Sequence[float]) -> Draws:
    """The known amounts; of very many a few hundred, evenly spread over them, say the same."""
    if len(values) <= _MOST_VALUES:
        return np.asarray(values)
    return np.quantile(values, np.linspace(0, 1, _MOST_VALUES))


def share_draws(bucket: Bucket, rng: np.random.Generator, draws: int = _DRAWS) -> Draws:
    """What the true share of a bucket may be: draws from its Beta posterior."""
    return rng.beta(bucket.converted + _PRIOR, bucket.n - bucket.converted + _PRIOR, draws)


def _range(draws: Draws, widened: float) -> Range:
    edge = (1 - CONFIDENCE) / 2
    low, base, high = (float(x) for x in np.quantile(draws, (edge, 0.5, 1 - edge)))
    return Range(max(0.0, base - widened * (base - low)), base, base + widened * (high - base))


def _money(one: Range, currency: str | None) -> MoneyRange:
    """In cents: more than that no history knows."""
    return MoneyRange(round(one.low, 2), round(one.base, 2), round(one.high, 2), currency)


def _general() -> tuple[str, ...]:
    return (
        "Counted are only high-intent misses that were not returned within their window.",
        "The chance of a deal after a timely callback is set against the chance after a wait as long as this one.",
        "It is assumed that callers who waited differ from those who did not only by the wait.",
        "Lost deals count as 0; the amounts are those of the company's own finished deals.",
        f"Four months in five are expected between low and high ({CONFIDENCE:.0%}); the middle is the median.",
    )


def _of_segment(one: SegmentRange) -> str:
    history = one.history
    late = "; ".join(f"{x.name}: {x.converted} of {x.n}" for x in history.late)
    return (
        f"{one.segment}: deals after a timely callback {history.in_time.converted} of {history.in_time.n}; {late}; "
        f"{len(history.values)} known amounts."
    )


def _excluded(refused: Sequence[Refused], widened: float) -> tuple[str, ...]:
    told = [f"{one.segment} is left out ({one.misses} misses): {one.reason}." for one in refused]
    if widened > 1:
        told.append(f"The range was made {widened:.1f} times as wide, because past months fell outside of it.")
    return tuple(told)
