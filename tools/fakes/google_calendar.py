"""A stand-in for the main calendar of Google: a list of a window, then what changed behind a sync token."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tools.fakes.wire import Answered, Asked

Stored = dict[str, Any]
PATH = "/calendar/v3/calendars/primary/events"
# What the vendor's own description of the call knows of; anything else is refused.
_KNOWN = frozenset(
    (
        "alt", "alwaysIncludeEmail", "eventTypes", "fields", "iCalUID", "key", "maxAttendees", "maxResults", "orderBy",
        "pageToken", "prettyPrint", "q", "showDeleted", "showHiddenInvitations", "singleEvents", "syncToken", "timeMax",
        "timeMin", "timeZone", "updatedMin",
    )
)  # fmt: skip
_NOT_WITH_TOKEN = frozenset({"iCalUID", "orderBy", "q", "timeMin", "timeMax", "updatedMin"})


@dataclass(slots=True)
class GoogleCalendarFake:
    """One calendar. `page`: how many entries a page has at most; `forgotten`: a point before which nothing is known."""

    page: int = 2500
    forgotten: int = -1
    zone: str = "UTC"
    events: dict[str, Stored] = field(default_factory=dict)
    _point: int = 0
    _changed: dict[str, int] = field(default_factory=dict)

    def put(self, event_id: str, values: Mapping[str, Any]) -> None:
        """An entry comes, or is another from now on."""
        self.events[event_id] = {"status": "confirmed"} | self.events.get(event_id, {}) | dict(values)
        self.events[event_id]["id"] = event_id
        self._note(event_id)

    def remove(self, event_id: str) -> None:
        """An entry is deleted: of it only its end is told."""
        self.events[event_id] = {"id": event_id, "status": "cancelled"}
        self._note(event_id)

    def answer(self, asked: Asked) -> Answered:
        """Does what the vendor would do."""
        query = dict(asked.query)
        if asked.method != "GET" or asked.path != PATH:
            return _error(404, "notFound")
        if set(query) - _KNOWN or ("syncToken" in query and _NOT_WITH_TOKEN & set(query)):
            return _error(400, "badRequest")
        try:
            told = _window(query) if not query.get("syncToken") else _opened(query["syncToken"])
            told |= _opened(query["pageToken"]) if query.get("pageToken") else {"at": "", "point": self._point}
        except (ValueError, orjson.JSONDecodeError):
            return _error(400, "badRequest")
        if query.get("syncToken") and told["since"] < self.forgotten:
            return _error(410, "fullSyncRequired")
        return self._listed(told, min(int(query.get("maxResults", "250")), self.page))

    def _listed(self, told: Stored, size: int) -> Answered:
        """By id, so that what comes meanwhile shifts nothing; the token stands for when the list was begun."""
        found = sorted(key for key in self.events if key > told["at"] and self._is_told(key, told))
        answer: Stored = {"kind": "calendar#events", "timeZone": self.zone, "summary": "Work"}
        answer["items"] = [self.events[key] for key in found[:size]]
        if found[size:]:
            answer["nextPageToken"] = _packed({"at": found[size - 1], "point": told["point"]})
        else:
            window = {name: told[name] for name in ("from", "to")}
            answer["nextSyncToken"] = _packed(window | {"since": told["point"]})
        return Answered(200, answer)

    def _is_told(self, key: str, told: Stored) -> bool:
        event = self.events[key]
        if told["since"] >= 0:
            return self._changed[key] > told["since"] and ("start" not in event or _inside(event, told))
        return event["status"] != "cancelled" and _inside(event, told)

    def _note(self, event_id: str) -> None:
        self._point += 1
        self._changed[event_id] = self._point


def meeting(subject: str, starts: datetime, guests: Sequence[tuple[str, str]], **other: Any) -> Stored:
    """An entry of half an hour; `guests`: (address, answer), whoever invited first."""
    told = [{"email": address, "responseStatus": answer} for address, answer in guests]
    return {
        "summary": subject, "start": _stamped(starts), "end": _stamped(starts + timedelta(minutes=30)),
        "attendees": told, "organizer": {"email": guests[0][0]} if guests else {}, "iCalUID": f"uid-{subject}",
        "eventType": "default", **other,
    }  # fmt: skip


def _inside(event: Stored, told: Stored) -> bool:
    moment = event["start"].get("dateTime") or f"{event['start']['date']}T00:00:00+00:00"
    starts = datetime.fromisoformat(moment)
    return datetime.fromisoformat(told["from"]) <= starts < datetime.fromisoformat(told["to"])


def _window(query: Mapping[str, str]) -> Stored:
    least, most = datetime.min.replace(tzinfo=UTC).isoformat(), datetime.max.replace(tzinfo=UTC).isoformat()
    return {"since": -1, "from": query.get("timeMin", least), "to": query.get("timeMax", most)}


def _stamped(moment: datetime) -> Stored:
    return {"dateTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "timeZone": "UTC"}


def _packed(told: Stored) -> str:
    return urlsafe_b64encode(orjson.dumps(told)).decode()


def _opened(token: str) -> Stored:
    found: Stored = orjson.loads(urlsafe_b64decode(token))
    return found


def _error(status: int, reason: str) -> Answered:
    told = {"code": status, "message": "It was refused.", "errors": [{"domain": "calendar", "reason": reason}]}
    return Answered(status, {"error": told})
