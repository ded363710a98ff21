"""Entries of Google's calendar as meetings. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.base import SourceRecord

Object = Mapping[str, Any]
MEETINGS = "meetings"
_ANSWERS = {"accepted": "accepted", "declined": "declined", "tentative": "tentative"}
# Entries that others shall not see are not read, and those that are no meeting at all.
_PRIVATE = frozenset({"private", "confidential"})
_NO_MEETING = frozenset({"birthday", "focusTime", "outOfOffice", "workingLocation"})


def key_of(event: Object) -> str:
    """The same through every change of an entry of one calendar."""
    return f"google-{event['id']}"


def is_shown(event: Object) -> bool:
    """Whether it is a meeting that others may see."""
    return str(event.get("visibility")) not in _PRIVATE and str(event.get("eventType")) not in _NO_MEETING


def starts_at(event: Object, zone: str) -> datetime | None:
    """When it begins, aware UTC; a day alone begins at midnight of the calendar's zone."""
    return _moment(event.get("start"), zone)


def meeting_record(event: Object, holder: str, zone: str, read_at: datetime) -> SourceRecord | None:
    """One entry of the calendar of `holder`; None where it does not say when."""
    starts, ends = starts_at(event, zone), _moment(event.get("end"), zone)
    if starts is None:
        return None
    organizer = str((event.get("organizer") or {}).get("email") or "").lower()
    fields = {
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat() if ends else None,
        "status": "canceled" if event.get("status") == "cancelled" else "scheduled",
        "subject": event.get("summary"),
        "attendees": list(_guests(event, organizer)),
        "organizer": organizer,
        "ical_uid": event.get("iCalUID"),
        "occurrence": _occurrence(event, zone),
        "description": event.get("description"),
        "calendar": holder,
    }
    kept = {key: value for key, value in fields.items() if value not in (None, "", [])}
    return SourceRecord("calendar", MEETINGS, key_of(event), read_at, starts, fields=kept)


def _guests(event: Object, organizer: str) -> Iterator[dict[str, str]]:
    """Who takes part with their answers, whoever invited first; rooms do not."""
    told = [one for one in event.get("attendees") or () if one.get("email") and not one.get("resource")]
    if organizer and all(str(one["email"]).lower() != organizer for one in told):
        yield {"email": organizer, "answer": "accepted"}
    for one in told:
        answer = _ANSWERS.get(str(one.get("responseStatus")), "none")
        yield {"email": str(one["email"]).lower(), "answer": answer}


def _occurrence(event: Object, zone: str) -> str:
    """The same in the calendar of everybody who takes part: its UID, and of a series when it was to be at first."""
    uid = str(event.get("iCalUID") or "")
    first = _moment(event.get("originalStartTime"), zone) if event.get("recurringEventId") else None
    told = f"{uid}|{first.isoformat()}" if first else uid
    return blake2b(told.encode(), digest_size=12).hexdigest() if uid else ""


def _moment(told: Any, zone: str) -> datetime | None:
    found = told if isinstance(told, Mapping) else {}
    try:
        if found.get("dateTime"):
            moment = datetime.fromisoformat(str(found["dateTime"]))
            return (moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone))).astimezone(UTC)
        day = datetime.fromisoformat(str(found.get("date"))).date()
    except ValueError:
        return None
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
