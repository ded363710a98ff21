"""How single cells of an export are read: times in the writer's zone and manner, days, amounts, lists of ids."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tools.world.values import BadValue

# 5/4/2025 1:22 PM as well as 04.05.2025 13:22:09; which of the first two is the day is asked of the whole file.
_WRITTEN: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})[/.-](\d{4}|\d\d)(?:[,T\s]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?)?"
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH: Final = re.compile(r"\d{10}(?:\d{3})?")
_NUMBER: Final = re.compile(r"-?\d[\d.,' \u00a0\u202f]*")
_GROUPED: Final = re.compile(r"-?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")
_MILLISECONDS: Final = 13
_YES: Final = frozenset({"true", "yes", "1", "ja", "y", "done", "completed"})


def is_day_first(cells: list[str]) -> bool | None:
    """Whether dates such as 5/4/2025 name the day first; None where no cell tells."""
    for cell in cells:
        if found := _WRITTEN.fullmatch(cell.strip()):
            if found[2] == "." or int(found[1]) > 12:
                return True
            if int(found[3]) > 12:
                return False
    return None


def time_of(text: str, field: str, zone: ZoneInfo, *, day_first: bool) -> str:
    """A day as 2025-04-05, a moment as ISO text in UTC; one without an offset is meant in `zone`."""
    text = text.strip()
    if _DAY.fullmatch(text):
        return _day(text, field)
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) == _MILLISECONDS else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    if found := _WRITTEN.fullmatch(text):
        return _written(found, field, zone, day_first)
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC").replace("/", "-"))
    except ValueError:
        raise BadValue(field, f"not a time: {text[:60]!r}") from None
    return _in_utc(moment if moment.tzinfo else moment.replace(tzinfo=zone), field)


def _day(text: str, field: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadValue(field, f"not a day: {text!r}") from None


def _written(found: re.Match[str], field: str, zone: ZoneInfo, day_first: bool) -> str:
    first, second = int(found[1]), int(found[3])
    day, month = (first, second) if day_first else (second, first)
    year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
    try:
        if found[5] is None:
            return date(year, month, day).isoformat()
        moment = datetime(year, month, day, _hour(found), int(found[6]), int(found[7] or 0), tzinfo=zone)
    except ValueError:
        raise BadValue(field, f"not a time: {found[0]!r}") from None
    return _in_utc(moment, field)


def _hour(found: re.Match[str]) -> int:
    hour = int(found[5])
    return hour % 12 + (12 if found[8].lower() == "pm" else 0) if found[8] else hour


def _in_utc(moment: datetime, field: str) -> str:
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError:
        raise BadValue(field, f"a time out of range: {moment.isoformat()}") from None


def moment_of(told: str, zone: ZoneInfo, *, ends: bool = False) -> datetime:
    """The moment of what `time_of` gave; a day alone is its beginning in `zone`, or with `ends` its end."""
    if len(told) > len("2025-04-05"):
        return datetime.fromisoformat(told).astimezone(UTC)
    day = date.fromisoformat(told) + timedelta(days=1 if ends else 0)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def amount_of(text: str, field: str) -> float:
    """A sum with or without currency sign, in either manner of writing: 1,234.50 as well as 1.234,50."""
    found = _NUMBER.search(text)
    if not found:
        raise BadValue(field, f"not a number: {text[:60]!r}")
    digits = re.sub(r"[' \u00a0\u202f]", "", found[0]).rstrip(".,")
    if _GROUPED.fullmatch(digits):
        return float(re.sub(r"[.,]", "", digits))
    whole, fraction = digits[: (last := max(digits.rfind("."), digits.rfind(",")))], digits[last + 1 :]
    return float(f"{re.sub(r'[.,]', '', whole)}.{fraction}" if last >= 0 else digits)


def seconds_of(text: str, field: str) -> float:
    """A length of time in seconds: 95 as well as 1:35 and 0:01:35."""
    parts = text.strip().split(":")
    try:
        return sum((float(part) * 60.0**place for place, part in enumerate(reversed(parts))), start=0.0)
    except ValueError:
        raise BadValue(field, f"not a length of time: {text[:60]!r}") from None


def is_yes(text: str) -> bool:
    """Whether a cell says yes."""
    return text.strip().lower() in _YES


def first_of(text: str) -> str:
    """The first of several ids or names, with ; between them."""
    return next((part.strip() for part in text.split(";") if part.strip()), "")
