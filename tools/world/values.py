"""How single values of a world folder are read: moments, days, numbers, names."""

from datetime import UTC, date, datetime
from typing import Any


class BadValue(ValueError):
    """One value cannot be used; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def moment(value: Any, field: str) -> datetime:
    """A moment in UTC out of ISO 8601 text or a TOML datetime; BadValue where the offset is missing."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise BadValue(field, f"not a time: {_short(value)}; wanted: 2025-03-01T09:00:00+01:00") from None
    if not isinstance(value, datetime):
        raise BadValue(field, f"not a time: {_short(value)}")
    if value.tzinfo is UTC:
        return value
    if value.utcoffset() is None:
        raise BadValue(field, f"a time without its offset: {value.isoformat()}; write +00:00 for UTC")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise BadValue(field, f"a time out of range: {value.isoformat()}") from None


def day(value: Any, field: str) -> date:
    """A calendar day; of a moment with an offset the day in that offset."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(str(value).strip()).date()
    except ValueError:
        raise BadValue(field, f"not a day: {_short(value)}; wanted: 2025-03-01") from None


def number(value: Any, field: str) -> float:
    """A number, also out of text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadValue(field, f"not a number: {_short(value)}") from None


def name(value: Any, field: str) -> str:
    """An id or a name that must be there: text that is not empty, or a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise BadValue(field, "missing" if value in (None, "") else f"not a name: {_short(value)}")
    return value.strip()


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
