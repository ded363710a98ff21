"""Aircall as a source: calls by windows of the time at which they began, because one query ends at ten thousand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tools.base import Cap, Health, Page, Row, Sight, SourceRecord, StreamSpec
from tools.http.client import Refused
from tools.telephony.aircall.map import call_record, line_row, user_row
from tools.telephony.aircall.wire import MOST, VENDOR, AircallWire, Object
from tools.telephony.consent import CONSENTING, words_read
from tools.telephony.standing import standing
from tools.telephony.window import Overlap, Place, begin, pages, records_of

# A call is listed by when it began, and says how it ended only later.
OVERLAP = Overlap(near=timedelta(hours=2), whole=timedelta(hours=24))
_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class AircallSource:
    """One company. `consent`: what callers are told of recording; without it nothing is asked for that was said."""

    wire: AircallWire
    now: Callable[[], datetime]
    since: datetime
    consent: str = "unknown"
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.WEBHOOKS, Cap.ESTIMATE})
    _lines: list[str] = field(default_factory=list)

    def check(self) -> Health:
        """Asks for the company."""
        return standing("Aircall", lambda: str(self.wire.company().get("name") or ""))

    def streams(self) -> list[StreamSpec]:
        """The people, our numbers, the calls."""
        return [
            StreamSpec("people", "phone", "whose phone it is: name and address"),
            StreamSpec("lines", "phone", "our own numbers"),
            StreamSpec(
                "calls", "phone", f"calls, and why nobody answered{words_read(self.consent)}", overlap=OVERLAP.whole
            ),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: people and lines whole each time, calls by windows of time."""
        if stream != "calls":
            yield self._people() if stream == "people" else self._numbers()
            return
        yield from pages(begin(VENDOR, cursor, self.since, self.now(), OVERLAP), self._next)

    def get(self, stream: str, source_id: str) -> Page | None:
        """One call, read anew; other streams are read whole."""
        found = self.wire.call(source_id) if stream == "calls" else None
        return self._page([found], self.now(), "", complete=True) if found else None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """Each of our lines."""
        if not self._lines:
            self._numbers()
        return [Sight("phone", number, since, until) for number in self._lines]

    def estimate(self, stream: str, since: datetime | None) -> int:
        """How many calls there are; of people and lines one page each."""
        if stream != "calls":
            return 1
        began = int((since or self.since).timestamp())
        return self.wire.calls(began, int(self.now().timestamp()), None)[2]

    def _next(self, place: Place) -> tuple[Page, Place]:
        found, link, place = self._asked(place)
        following, read_at = replace(place, page=link or ""), self.now()
        if link is None:
            is_last = place.until == place.began
            following = replace(place, since=place.until, until=place.began, page="", size=0, done=is_last)
            read_at = datetime.fromisoformat(place.began)
        return self._page(found, read_at, following.packed(), complete=following.done), following

    def _asked(self, place: Place) -> tuple[list[Object], str | None, Place]:
        """One page of the window, the link to the next, and the window: smaller where it holds too many calls."""
        found, link, size = self._calls(place)
        # A call that was removed moves all behind it forward, over the edge of a page that was read already.
        if place.page and 0 < size < place.size:
            place = replace(place, page="")
            found, link, size = self._calls(place)
        while not place.page and size >= MOST and (half := _half(place)) >= _SECOND:
            since, _ = place.window()
            place = replace(place, until=(since + half).replace(microsecond=0).isoformat())
            found, link, size = self._calls(place)
        return found, link, replace(place, size=size)

    def _calls(self, place: Place) -> tuple[list[Object], str | None, int]:
        since, until = (int(one.timestamp()) for one in place.window())
        try:
            return self.wire.calls(since, until, place.page or None)
        except Refused:
            if not place.page:
                raise
            # The link to the next page has grown old: the window is read anew.
            return self.wire.calls(since, until, None)

    def _page(self, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        records, rejected = records_of("aircall calls", found, lambda one: one.get("id"), self._record)
        return Page(records, cursor, complete, read_at, {}, rejected)

    def _record(self, one: Mapping[str, Any]) -> SourceRecord | None:
        return call_record(one, self._said(one), self.consent, self.now())

    def _said(self, one: Mapping[str, Any]) -> list[Object]:
        """What was said, only under consent and only of a talk."""
        is_talk = one.get("status") == "done" and one.get("answered_at")
        return self.wire.transcription(str(one["id"])) if is_talk and self.consent in CONSENTING else []

    def _people(self) -> Page:
        read_at = self.now()
        return Page((), "", True, read_at, {"people": [user_row(one) for one in _every(self.wire.users)]})

    def _numbers(self) -> Page:
        read_at = self.now()
        rows: list[Row] = [row for one in _every(self.wire.numbers) if (row := line_row(one))["number"]]
        self._lines = [str(row["number"]) for row in rows]
        return Page((), "", True, read_at, {"lines": rows})


def _every(ask: Callable[[str | None], tuple[list[Object], str | None]]) -> Iterator[Object]:
    found, link = ask(None)
    yield from found
    while link:
        found, link = ask(link)
        yield from found


def _half(place: Place) -> timedelta:
    since, until = place.window()
    return (until - since) / 2
