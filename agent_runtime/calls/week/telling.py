"""How figures are said: times, percentiles, shares and money in plain words, the same on the page, in mail and text."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from agent_runtime.calls.week.shares import Share
from agent_runtime.calls.week.value import Range, ValueAtRisk
from agent_runtime.calls.week.waits import Percentile

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
UNKNOWN: Final = "-"


def length(seconds: float | None) -> str:
    """A stretch of time in its two largest units: 45 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if seconds is None:
        return UNKNOWN
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    hours = round(seconds / _HOUR)
    return _two(hours // 24, "d", hours % 24, "h")


def _two(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large} {unit} {small} {small_unit}" if small else f"{large} {unit}"


def percentile(one: Percentile, n: int) -> str:
    """A percentile, or why there is none."""
    if one.too_few:
        return f"n={n}, too few"
    if one.seconds is None:
        return f"over {length(one.at_least)}"
    return length(one.seconds)


def between(one: Percentile) -> str:
    """The interval of a percentile; nothing where there is no percentile."""
    if one.seconds is None or one.low is None:
        return ""
    return f"{length(one.low)} to {length(one.high)}" if one.high is not None else f"{length(one.low)} or more"


def percent(one: Share) -> str:
    """A share, or its counts where there are too few."""
    if one.n == 0:
        return UNKNOWN
    return f"{one.part} of {one.n}" if one.too_few else f"{one.part / one.n:.0%}"


def percent_between(one: Share) -> str:
    """The interval of a share; nothing where only counts are shown."""
    return "" if one.too_few else f"{one.low:.0%} to {one.high:.0%}"


def money(amount: float, currency: str | None) -> str:
    """An amount in whole units, rounded to two figures: more would claim to know more."""
    size = 10 ** max(0, len(str(int(abs(amount)))) - 2)
    return f"{round(amount / size) * size:,.0f} {currency or ''}".strip()


def money_range(one: Range, currency: str | None) -> str:
    """Low to high, never one number."""
    return f"{money(one.low, None)} to {money(one.high, currency)}"


def at_risk(value: ValueAtRisk) -> str:
    """The range in all, or that there is none."""
    if value.total is not None:
        return money_range(value.total, value.currency)
    if value.segments:
        return "several currencies: see the segments"
    return "no range" if value.refused else "nothing at risk"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A local moment: Mon 16 Nov, 08:00."""
    return f"{at.astimezone(zone):%a %-d %b, %H:%M}"


def day(one: date) -> str:
    """A day: Mon 16 Nov 2026."""
    return f"{one:%a %-d %b %Y}"
