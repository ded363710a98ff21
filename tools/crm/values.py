"""How the values of a CRM's objects are read, whichever CRM it is. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# What kind of system each of our streams is to the watchtower.
SOURCES: Mapping[str, str] = {"crm": "crm", "calls": "phone", "meetings": "calendar", "emails": "email"}


class Unmapped(ValueError):
    """An object lacks what a record needs; `field` names it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def moment_of(text: str, field_name: str) -> datetime | None:
    """A moment out of a vendor's text, ISO 8601 or milliseconds; Unmapped where it is none."""
    if not text:
        return None
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise Unmapped(field_name, f"not a time: {text[:40]!r}") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def number(text: str, name: str) -> float | None:
    """A sum; Unmapped where it is none."""
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise Unmapped(name, f"not a number: {text[:40]!r}") from None


def needed(moment: datetime | None, name: str) -> datetime:
    """The moment; Unmapped where there is none."""
    if moment is None:
        raise Unmapped(name, "missing")
    return moment


def stamp(moment: datetime) -> str:
    """A moment as part of a key: milliseconds."""
    return str(int(moment.timestamp() * 1000))


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {key: value for key, value in fields.items() if value not in (None, "", [])}
