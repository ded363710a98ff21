"""Aircall as a source: calls by windows of the time at which they began, because one query ends at ten thousand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import orjson

from tools.base import (
    Cap,
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Rejected,
    Row,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.http.client import Refused
from tools.telephony.aircall.map import call_record, line_row, moment, user_row
from tools.telephony.aircall.wire import MOST, VENDOR, AircallWire, Object
from tools.telephony.twilio.source import CONSENTING

# A call is listed by when it began, and says how it ended only later.
OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Place:
    """Seconds since 1970. `since` to `until`: the present window; `link`: its next page; `began`: until when is read.

    `done`: everything until `began` was read.
    """

    since: int
    until: int
    began: int
    link: str | None = None
    done: bool = False


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
        try:
            company = self.wire.company()
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Aircall does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Aircall's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Aircall could not be reached: {error.what}.")
        return Health(State.WELL, "Aircall answers, and the credential may read.", who=str(company.get("name") or ""))

    def streams(self) -> list[StreamSpec]:
        """The people, our numbers, the calls."""
        words = " and what was said" if self.consent in CONSENTING else "; not what was said"
        return [
            StreamSpec("people", "phone", "whose phone it is: name and address"),
            StreamSpec("lines", "phone", "our own numbers"),
            StreamSpec("calls", "phone", f"calls, and why nobody answered{words}", overlap=OVERLAP),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: people and lines whole each time, calls by windows of time."""
        if stream != "calls":
            yield self._people() if stream == "people" else self._numbers()
            return
        place = self._begin(cursor)
        while not place.done:
            page, place = self._next(place)
            yield page

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

    def _begin(self, cursor: str | None) -> _Place:
        began = int(self.now().timestamp())
        if not cursor:
            return _Place(int(self.since.timestamp()), began, began)
        try:
            place = _Place(**orjson.loads(cursor))
        except (orjson.JSONDecodeError, TypeError):
            raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
        if not place.done:
            return place
        since = max(int(self.since.timestamp()), place.began - int(OVERLAP.total_seconds()))
        return _Place(since, began, began)

    def _next(self, place: _Place) -> tuple[Page, _Place]:
        try:
            found, link, total = self.wire.calls(place.since, place.until, place.link)
        except Refused:
            if place.link is None:
                raise
            # The link to the next page has grown old: the window is read anew.
            place = replace(place, link=None)
            found, link, total = self.wire.calls(place.since, place.until, None)
        while place.link is None and total >= MOST and place.until - place.since > 1:
            place = replace(place, until=(place.since + place.until) // 2)
            found, link, total = self.wire.calls(place.since, place.until, None)
        following = replace(place, link=link)
        if link is None:
            at_end = place.until >= place.began
            following = replace(place, since=place.until, until=place.began, link=None, done=at_end)
        read_at = moment(place.began) if following.done else self.now()
        return self._page(found, read_at, _packed(following), complete=following.done), following

    def _page(self, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        for one in found:
            try:
                told = call_record(one, self._said(one), self.consent, self.now())
            except (KeyError, TypeError, ValueError, OverflowError) as error:
                rejected.append(Rejected("aircall calls", 0, "", f"{one.get('id')}: {type(error).__name__}"))
                continue
            records += [told] if told else []
        return Page(tuple(records), cursor, complete, read_at, {}, tuple(rejected))

    def _said(self, one: Object) -> list[Object]:
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


def _packed(place: _Place) -> str:
    return orjson.dumps({name: getattr(place, name) for name in place.__slots__}).decode()
