"""Entries of a calendar (RFC 5545) as meetings: each occurrence of a series, with its exceptions. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from tools.base import Rejected, SourceRecord

_ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}
# Entries that others shall not see are not read.
_PRIVATE = frozenset({"PRIVATE", "CONFIDENTIAL"})
# What no meeting does, and what would let one small entry make millions of them.
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_FINE_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
# An exception that does not say these has them from its series.
_INHERITED = ("SUMMARY", "ATTENDEE", "ORGANIZER", "DESCRIPTION", "CLASS")


# What a malformed entry makes its readers raise.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class Unreadable(ValueError):
    """A text that is no calendar; nothing of it was taken."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when occurrences are told, aware UTC; `zone`: of times that name none.

    `holder`: the address of whose calendar it is.
    """

    begins: datetime
    ends: datetime
    zone: ZoneInfo
    holder: str = ""


def meetings_in(
    text: bytes, window: Window, read_at: datetime, place: str
) -> tuple[dict[str, SourceRecord], list[Rejected]]:
    """The meetings of a calendar by their keys, and what could not be read of `place`. Raises Unreadable."""
    try:
        calendar = Calendar.from_ical(text)
    except _BROKEN as error:
        raise Unreadable(f"no calendar: {type(error).__name__}") from None
    found: dict[str, SourceRecord] = {}
    rejected: list[Rejected] = []
    for series in _series(calendar):
        if any(map(_floods, series)):
            rejected.append(Rejected(place, 0, "RRULE", "repeats too often for a meeting"))
            continue
        try:
            found |= {one.source_id: one for one in _meetings(calendar, series, window, read_at)}
        except _BROKEN as error:
            rejected.append(Rejected(place, 0, "", f"an entry cannot be read: {type(error).__name__}"))
    return found, rejected


def _series(calendar: Component) -> list[list[Component]]:
    """The entries that belong together: a series with its exceptions, or a single one."""
    found: dict[str, list[Component]] = {}
    for one in calendar.subcomponents:
        if one.name == "VEVENT":
            found.setdefault(str(one.get("UID")), []).append(one)
    return list(found.values())


def _floods(event: Component) -> bool:
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        told = rule if isinstance(rule, Mapping) else {}
        if _TOO_OFTEN & {str(one).upper() for one in told.get("FREQ", [])}:
            return True
        if any(len(told.get(part, [])) > 1 for part in _FINE_PARTS):
            return True
    return False


def _meetings(
    calendar: Component, series: Sequence[Component], window: Window, read_at: datetime
) -> Iterator[SourceRecord]:
    """The occurrences of one series, read by itself: what is broken in it breaks no other."""
    alone = Calendar()
    alone.update(calendar)
    alone.subcomponents = list(series)
    master = next((one for one in series if "RECURRENCE-ID" not in one), series[0])
    for one in recurring_ical_events.of(alone, skip_bad_series=True).between(window.begins, window.ends):
        record = _meeting(one, master, window, read_at)
        if record:
            yield record


def _meeting(one: Component, master: Component, window: Window, read_at: datetime) -> SourceRecord | None:
    said: Mapping[str, Any] = {name: one.get(name) or master.get(name) for name in _INHERITED}
    starts = _moment(one.get("DTSTART"), window.zone)
    if starts is None or str(said["CLASS"] or "").upper() in _PRIVATE:
        return None
    ends = _moment(one.get("DTEND"), window.zone)
    fields = {
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat() if ends else None,
        "status": "canceled" if str(one.get("STATUS") or "").upper() == "CANCELLED" else "scheduled",
        "subject": str(said["SUMMARY"] or ""),
        "attendees": list(_guests(said)),
        "organizer": _address(said["ORGANIZER"]),
        "ical_uid": str(one.get("UID") or ""),
        "occurrence": _digest(_first(one, master)),
        "description": str(said["DESCRIPTION"] or ""),
        "calendar": window.holder,
    }
    kept = {key: value for key, value in fields.items() if value not in (None, "", [])}
    # What one removes from their calendar may stand in that of another still.
    key = f"ical-{_digest(f'{window.holder}|{_first(one, master)}')}"
    return SourceRecord("calendar", "meetings", key, read_at, starts, fields=kept)


def _guests(said: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Who takes part with their answers, whoever invited first."""
    told = said["ATTENDEE"] or []
    guests = told if isinstance(told, list) else [told]
    organizer = _address(said["ORGANIZER"])
    if organizer and organizer not in {_address(one) for one in guests}:
        yield {"email": organizer, "answer": "accepted"}
    for one in guests:
        if address := _address(one):
            answer = str(getattr(one, "params", {}).get("PARTSTAT") or "").upper()
            yield {"email": address, "answer": _ANSWERS.get(answer, "none")}


def _address(told: Any) -> str:
    scheme, _, address = str(told or "").partition(":")
    return address.strip().lower() if scheme.lower() == "mailto" and "@" in address else ""


def _first(one: Component, master: Component) -> str:
    """The same through every change: the entry's UID, and of a series the moment at which it was to be at first."""
    repeats = "RRULE" in master or "RDATE" in master
    first = one.get("RECURRENCE-ID") if repeats else None
    return f"{one.get('UID')}|{_text(first.dt)}" if first is not None else str(one.get("UID"))


def _digest(told: str) -> str:
    return blake2b(told.encode(), digest_size=12).hexdigest()


def _text(moment: date | datetime) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _moment(told: Any, zone: ZoneInfo) -> datetime | None:
    """A time of an entry in UTC; a day alone begins at midnight in the zone of the calendar."""
    value = getattr(told, "dt", None)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    return datetime.combine(value, time(), zone).astimezone(UTC) if isinstance(value, date) else None
