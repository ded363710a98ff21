"""Reads times as people type them: "next tuesday 9am", "in 3 days", "until they reply". Pure."""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from agent_runtime.errors import BadInput

MORNING = time(9)
# An item that waits for an answer comes back after so long even without one.
REPLY_AT_MOST = timedelta(days=7)
_WEEKDAYS = {
    name: number
    for number, names in enumerate((
        ("monday", "mon", "montag"), ("tuesday", "tue", "tues", "dienstag"), ("wednesday", "wed", "mittwoch"),
        ("thursday", "thu", "thurs", "donnerstag"), ("friday", "fri", "freitag"), ("saturday", "sat", "samstag"),
        ("sunday", "sun", "sonntag"),
    ))
    for name in names
}  # fmt: skip
_MONTHS = {
    name[:length]: number
    for number, names in enumerate((
        ("january", "januar"), ("february", "februar"), ("march", "märz"), ("april",), ("may", "mai"),
        ("june", "juni"), ("july", "juli"), ("august",), ("september",), ("october", "oktober"), ("november",),
        ("december", "dezember"),
    ), 1)
    for name in names
    for length in (3, len(name))
}  # fmt: skip
_UNITS = {
    "minute": timedelta(minutes=1), "min": timedelta(minutes=1), "hour": timedelta(hours=1), "h": timedelta(hours=1),
    "stunde": timedelta(hours=1), "day": timedelta(days=1), "tag": timedelta(days=1), "week": timedelta(weeks=1),
    "woche": timedelta(weeks=1), "month": timedelta(days=30), "monat": timedelta(days=30),
}  # fmt: skip
_CLOCK = re.compile(r"(?:\b(?:at|um)\s+)?\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|uhr|h)?$")
_SPAN = re.compile(r"in (an?|einer|einem|\d{1,3}) ([a-zäöü]+)$")
_ENDINGS = ("", "s", "n", "en")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[t ](\d{1,2}:\d{2}))?$")
_NUMBERS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?$")
_MONTH_DAY = re.compile(r"(?:([a-zä]+) (\d{1,2})|(\d{1,2})(?:\.|st|nd|rd|th)? ([a-zä]+))(?: (\d{4}))?$")
_REPLY = re.compile(r"(?:until |till )?(?:they|he|she|someone) (?:reply|replies|answer|answers)$|until (?:a )?reply$")


class When(NamedTuple):
    """A time that was typed; `reply`: or earlier, when they answer."""

    at: datetime
    reply: bool = False


def read_when(text: str, now: datetime, zone: ZoneInfo) -> When:
    """The moment that `text` means to somebody in `zone`; a day alone means its morning, a past one the next.

    Raises BadInput, with examples, for what is no time.
    """
    words = " ".join(text.lower().replace(",", " ").split())
    if _REPLY.match(words):
        return When(now + REPLY_AT_MOST, reply=True)
    here = now.astimezone(zone)
    found = _span(words, now) or _written(words, zone) or _on_a_day(words, here) or _today_at(words, here)
    if found is None:
        raise BadInput(
            f"“{text[:60]}” is no time.", fix="Try: tomorrow 9:30, next tuesday, in 3 days, 2026-05-04 14:00."
        )
    return When(found)


def _span(words: str, now: datetime) -> datetime | None:
    match = _SPAN.match(words)
    if match is None:
        return None
    unit = next((_UNITS[x] for x in (match[2].removesuffix(end) for end in _ENDINGS) if x in _UNITS), None)
    if unit is None:
        return None
    return now + (int(match[1]) if match[1].isdigit() else 1) * unit


def _written(words: str, zone: ZoneInfo) -> datetime | None:
    match = _ISO.match(words)
    if match is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(match[1]), _clock(match[2] or "") or MORNING, zone)
    except ValueError:
        return None


def _on_a_day(words: str, here: datetime) -> datetime | None:
    """A day by its name or date, with a time after it or none."""
    whole = _day(words, here)
    if whole is not None:
        return datetime.combine(whole, MORNING, here.tzinfo)
    for length in range(1, 4):
        parts = words.split()
        day, clock = _day(" ".join(parts[:-length]), here), _clock(" ".join(parts[-length:]))
        if day is not None and clock is not None:
            return datetime.combine(day, clock, here.tzinfo)
    return None


def _today_at(words: str, here: datetime) -> datetime | None:
    clock = _clock(words) if not words.isdigit() else None
    if clock is None:
        return None
    found = datetime.combine(here.date(), clock, here.tzinfo)
    return found if found > here else found + timedelta(days=1)


def _clock(words: str) -> time | None:
    match = _CLOCK.fullmatch(words)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(words: str, here: datetime) -> date | None:
    today = here.date()
    near = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2, "next week": 7 - today.weekday(),
            "nächste woche": 7 - today.weekday()}.get(words)  # fmt: skip
    if near is not None:
        return today + timedelta(days=near)
    name = words.removeprefix("next ").removeprefix("nächsten ").removeprefix("on ").removeprefix("am ")
    weekday = _WEEKDAYS.get(name)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return _dated(words, today)


def _dated(words: str, today: date) -> date | None:
    if match := _NUMBERS.match(words):
        day, month, year = int(match[1]), int(match[2]), match[3]
    elif match := _MONTH_DAY.match(words):
        month, day, year = _MONTHS.get(match[1] or match[4], 0), int(match[2] or match[3]), match[5]
    else:
        return None
    try:
        found = date(int(year) if year else today.year, month, day)
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None
