"""Reading single fields of a source record, with a clear word where one cannot be used."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.ingest.errors import BadRecord

# No text of a record is read or kept beyond this.
LONGEST_TEXT = 1024 * 1024
DAY_ALONE = re.compile(r"\d{4}-\d\d-\d\d")
DAY_END = timedelta(days=1)
Fields = dict[str, Any]


def text_of(fields: Fields, key: str) -> str:
    """A text, cut at 1 MB; empty where there is none."""
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRecord(key, "must be a text")
    return value[:LONGEST_TEXT]


def name_of(fields: Fields, key: str) -> str | None:
    """An id or a short name; None where there is none."""
    value = fields.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadRecord(key, "must be an id")
    return str(value)


def number_of(fields: Fields, key: str) -> float | None:
    """A number, also out of text; None where there is none."""
    value = fields.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadRecord(key, f"not a number: {value!r:.60}") from None


def moment_of(fields: Fields, key: str) -> str | None:
    """A moment as ISO text in UTC; one without its offset is refused."""
    value = fields.get(key)
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadRecord(key, f"not a time: {value!r:.60}") from None
    if moment.utcoffset() is None:
        raise BadRecord(key, f"a time without its offset: {value}")
    return moment.astimezone(UTC).isoformat()


def day_or_moment_of(fields: Fields, key: str, zone: ZoneInfo, clock: time | timedelta) -> str | None:
    """As `moment_of`; a day alone, as many systems keep it, means that time of the day in `zone`, or its end."""
    value = fields.get(key)
    if not isinstance(value, str) or not DAY_ALONE.fullmatch(value):
        return moment_of(fields, key)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise BadRecord(key, f"not a day: {value}") from None
    if isinstance(clock, timedelta):
        day, clock = day + clock, time()
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).isoformat()


def choice_of(fields: Fields, key: str, known: frozenset[str]) -> str:
    """One of the known words; it must be there."""
    value = fields.get(key)
    if not isinstance(value, str) or value not in known:
        raise BadRecord(key, f"{value!r:.60} is not one of {', '.join(sorted(known))}")
    return value
