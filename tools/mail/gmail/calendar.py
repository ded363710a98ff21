"""Google's calendar of one person: every meeting of a window first, then what changed (sync tokens)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from tools.base import BadAnswer, CursorTooOld, Page, SourceRecord
from tools.calendars.coming import Coming, gone
from tools.http import Call, VendorClient
from tools.http.client import Refused
from tools.mail.gmail.calendar_map import is_shown, key_of, meeting_record
from tools.mail.gmail.wire import VENDOR, Object

ADDRESS, PATH = "https://www.googleapis.com", "/calendar/v3/calendars/primary/events"
SCOPE = "https://www.googleapis.com/auth/calendar.events.readonly"
MOST = 250
# How far ahead the calendar is read, and after how long from another day on.
_AHEAD, _MOVED_ON = timedelta(days=180), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands. `begun`: when the window was laid, ISO 8601. `token`: from where changes are told.

    `page`: of the present list. `coming`: what was told of what is to come.
    """

    begun: str
    token: str = ""
    page: str = ""
    coming: Coming = field(default_factory=Coming)

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps(self).decode()

    def anew(self, now: datetime) -> "Place":
        """Everything is to be listed, in a window that is laid now."""
        return Place(now.isoformat(), coming=self.coming.anew())


class CalendarWire:
    """The one call to the main calendar of whom the credential acts for."""

    def __init__(self, client: VendorClient) -> None:
        self.client = client

    def events(self, query: Mapping[str, str]) -> Object:
        """One page of entries, each occurrence of a series by itself. Refused (410): the token is too old."""
        answer = self.client.json(Call("GET", PATH, {"maxResults": str(MOST), "singleEvents": "true", **query}))
        if not isinstance(answer, dict) or not isinstance(answer.get("items", []), list):
            raise BadAnswer(VENDOR, "the answer has no list of entries")
        return answer


@dataclass(slots=True)
class GoogleCalendar:
    """The meetings of one person."""

    wire: CalendarWire
    now: Callable[[], datetime]
    since: datetime
    holder: str

    def read(self, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`. A token that is too old, or a window that moved on, lists everything anew."""
        place = _read_place(cursor) if cursor else Place(self.now().isoformat())
        complete = forgotten = False
        while not complete:
            read_at = self.now()
            try:
                answer = self.wire.events(self._query(place))
            except Refused as error:
                if forgotten or error.status not in (400, 410) or not (place.token or place.page):
                    raise
                place, forgotten = place.anew(read_at), True
                continue
            told = (self._record(event, answer, read_at, place) for event in answer.get("items") or ())
            records = [one for one in told if one]
            following, coming = str(answer.get("nextPageToken") or ""), place.coming.behind(records)
            if not following:
                coming, removed = coming.closed(read_at)
                records += removed
                place = replace(place, token=_token(answer))
                complete = not self._moved_on(place)
            place = replace(place, page=following, coming=coming)
            if not following and not complete:
                # What changed until now was told with the old window: nothing is missed between the two.
                place = place.anew(read_at)
            yield Page(tuple(records), place.text(), complete, read_at)

    def look(self) -> None:
        """Asks for one entry; a VendorError where the calendar may not be read."""
        self.wire.events({"timeMin": self.now().isoformat(), "maxResults": "1"})

    def _query(self, place: Place) -> dict[str, str]:
        """The window goes along with the first list alone: a token stands for it."""
        begun = datetime.fromisoformat(place.begun)
        window = {"timeMin": self.since.isoformat(), "timeMax": (begun + _AHEAD).isoformat()}
        return ({"syncToken": place.token} if place.token else window) | (
            {"pageToken": place.page} if place.page else {}
        )

    def _moved_on(self, place: Place) -> bool:
        return self.now() - datetime.fromisoformat(place.begun) > _MOVED_ON

    def _record(self, event: dict[str, Any], answer: Object, read_at: datetime, place: Place) -> SourceRecord | None:
        """A meeting. One that is private from now on, or of which only its end is told, is gone; if it was told."""
        told = meeting_record(event, self.holder, str(answer.get("timeZone") or "UTC"), read_at)
        if is_shown(event) and told is not None:
            return told
        return gone(key_of(event), read_at) if key_of(event) in place.coming.given else None


def _token(answer: Object) -> str:
    if not answer.get("nextSyncToken"):
        raise BadAnswer(VENDOR, "the answer does not say from where to go on")
    return str(answer["nextSyncToken"])


def _read_place(cursor: str) -> Place:
    try:
        told = orjson.loads(cursor)
        place = Place(**(told | {"coming": Coming.read(told["coming"])}))
        datetime.fromisoformat(place.begun)
    except (orjson.JSONDecodeError, TypeError, KeyError, ValueError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
    return place
