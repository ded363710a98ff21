"""Times and amounts as people say them, on the clock of whoever reads. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_THOUSAND, _MILLION = 1_000, 1_000_000


def day_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The day of `at`: today, tomorrow, Friday, 13 March, 13 March 2025."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    away = (here.date() - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
    if near:
        return near
    if -6 <= away <= 6:
        return f"{here:%A}"
    return f"{here.day} {here:%B}" if here.year == today.year else f"{here.day} {here:%B %Y}"


def moment_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`at` as one says it: "12 min ago", "today 14:30", "Friday 9:00", "13 March"."""
    gap = at - now
    if abs(gap) < timedelta(minutes=1):
        return f"in {int(gap.total_seconds())} s" if gap >= timedelta(seconds=1) else "now"
    if abs(gap) < timedelta(hours=1):
        minutes = int(abs(gap).total_seconds() // 60)
        return f"{minutes} min ago" if gap < timedelta() else f"in {minutes} min"
    day = day_words(at, now, zone)
    return f"{day} {clock_words(at, zone)}" if abs(gap) < 7 * _DAY else day


def clock_words(at: datetime, zone: ZoneInfo) -> str:
    """The time of day: 9:05, 14:30."""
    here = at.astimezone(zone)
    return f"{here.hour}:{here.minute:02d}"


def exact_words(at: datetime, zone: ZoneInfo) -> str:
    """The whole moment: "Friday 13 March 2026, 14:30:05 CET"."""
    here = at.astimezone(zone)
    return f"{here:%A} {here.day} {here:%B %Y}, {here:%H:%M:%S %Z}"


def span_words(gap: timedelta) -> str:
    """A length of time in its largest unit: 4 min, 3 h, 2 days."""
    seconds = abs(gap).total_seconds()
    if seconds < 3600:
        return f"{max(1, int(seconds // 60))} min"
    if seconds < 48 * 3600:
        return f"{int(seconds // 3600)} h"
    return f"{int(seconds // 86400)} days"


def due_words(due: datetime, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """What is left until `due`, and how pressing that is: late, soon or calm."""
    gap = due - now
    if gap < timedelta():
        return f"{span_words(gap)} late", "late"
    if due.astimezone(zone).date() == now.astimezone(zone).date():
        return f"due {clock_words(due, zone)}", "soon"
    return f"due {day_words(due, now, zone)}", "calm"


def amount_words(amount: float) -> str:
    """An amount with two or three figures: 950, 4.2k, 120k, 1.3m."""
    if abs(amount) >= _MILLION:
        return f"{amount / _MILLION:.1f}m".replace(".0m", "m")
    if abs(amount) >= 10 * _THOUSAND:
        return f"{amount / _THOUSAND:.0f}k"
    if abs(amount) >= _THOUSAND:
        return f"{amount / _THOUSAND:.1f}k".replace(".0k", "k")
    return f"{amount:.0f}"


def range_words(value: Mapping[str, Any] | None) -> str:
    """A value between its low and its high end: "EUR 4.2k to 9.8k"; empty where nothing is known to be at stake."""
    if not value or not value.get("high"):
        return ""
    low, high = amount_words(float(value.get("low") or 0)), amount_words(float(value["high"]))
    currency = str(value.get("currency") or "").strip()
    return f"{currency} {low}".strip() if low == high else f"{currency} {low} to {high}".strip()


def initials_of(name: str) -> str:
    """Up to two letters for a person: Lea Hartmann is LH."""
    parts = [part for part in name.replace("-", " ").split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"
