"""Twilio as a source: calls with their legs by the time at which they began, read again for a day, and messages."""

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
from tools.telephony.twilio.map import Direction, Words, call_record, line_row, message_record
from tools.telephony.twilio.wire import VENDOR, Object, TwilioWire

# A call is listed by when it began, and says how it ended only later.
OVERLAP = timedelta(hours=24)
# Whose words may be kept beside a message that was left for us.
CONSENTING = frozenset({"all_party", "one_party"})


@dataclass(frozen=True, slots=True)
class _Place:
    """`since`: from when the window reaches; `link`: its next page; `began`: when it was begun, the next one's since.

    Times are ISO 8601. `done`: the window was read to its end.
    """

    since: str
    began: str
    link: str | None = None
    done: bool = False


@dataclass(slots=True)
class TwilioSource:
    """One account. `consent`: what callers are told of recording; without it no word of a talk is even asked for.

    `recorded`: whether messages that callers leave are written down by the vendor.
    """

    wire: TwilioWire
    now: Callable[[], datetime]
    since: datetime
    consent: str = "unknown"
    recorded: bool = False
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.WEBHOOKS, Cap.WRITES})
    _lines: list[str] | None = None
    _parents: dict[str, Direction] = field(default_factory=dict)

    def check(self) -> Health:
        """Asks for the account itself."""
        try:
            account = self.wire.me()
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Twilio does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Twilio's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Twilio could not be reached: {error.what}.")
        return Health(State.WELL, "Twilio answers, and the credential may read.", who=f"account {account.get('sid')}")

    def streams(self) -> list[StreamSpec]:
        """Our lines, the calls, the messages."""
        words = " and what was said" if self.consent in CONSENTING else "; not what was said"
        return [
            StreamSpec("lines", "phone", "our own numbers"),
            StreamSpec("calls", "phone", f"calls with all their legs{words}", overlap=OVERLAP),
            StreamSpec("messages", "messages", "text messages in and out", overlap=OVERLAP),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: the lines whole each time, calls and messages by windows of time."""
        if stream == "lines":
            yield self._read_lines()
            return
        place = self._begin(cursor)
        while not place.done:
            page, place = self._next(stream, place)
            yield page

    def get(self, stream: str, source_id: str) -> Page | None:
        """One call, read anew; other streams are read whole."""
        if stream != "calls":
            return None
        try:
            found = self.wire.call(source_id)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return self._page(stream, [found], self.now(), "", complete=True)

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """Each of our lines; text messages as a whole."""
        lines = [Sight("phone", number, since, until) for number in self._our_lines()]
        return [*lines, Sight("messages", "", since, until)]

    def _begin(self, cursor: str | None) -> _Place:
        began = self.now().isoformat()
        if not cursor:
            return _Place(self.since.isoformat(), began)
        try:
            place = _Place(**orjson.loads(cursor))
        except (orjson.JSONDecodeError, TypeError):
            raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
        if not place.done:
            return place
        since = max(self.since, datetime.fromisoformat(place.began) - OVERLAP)
        return _Place(since.isoformat(), began)

    def _next(self, stream: str, place: _Place) -> tuple[Page, _Place]:
        ask = self.wire.calls if stream == "calls" else self.wire.messages
        since = datetime.fromisoformat(place.since)
        try:
            found, link = ask(since, place.link)
        except Refused:
            if place.link is None:
                raise
            # The link to the next page has grown old: the window is read anew.
            place = replace(place, link=None)
            found, link = ask(since, None)
        following = replace(place, link=link, done=link is None)
        page = self._page(stream, found, datetime.fromisoformat(place.began), _packed(following), following.done)
        return page, following

    def _page(self, stream: str, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        for one in found:
            try:
                told = self._call(one) if stream == "calls" else message_record(one, self.now())
            except (KeyError, TypeError, ValueError) as error:
                reason = f"{one.get('sid')}: {type(error).__name__}"
                rejected.append(Rejected(f"twilio {stream}", 0, "", reason))
                continue
            records += [told] if told else []
        return Page(tuple(records), cursor, complete, read_at, {}, tuple(rejected))

    def _call(self, one: Object) -> SourceRecord | None:
        return call_record(one, self._direction(one), self._words(one), self.now())

    def _direction(self, one: Object) -> Direction:
        """Of a leg that we dialled, that of the call which it belongs to."""
        told = str(one.get("direction") or "")
        if not told.startswith("outbound-dial"):
            return "inbound" if told in ("inbound", "trunking-originating") else "outbound"
        to, sender = str(one.get("to") or ""), str(one.get("from") or "")
        if to.startswith(("client:", "sip:")) or sender not in self._our_lines():
            return "inbound"
        parent = str(one.get("parent_call_sid") or "")
        if parent not in self._parents:
            self._parents[parent] = self._direction(self.wire.call(parent)) if parent else "outbound"
        return self._parents[parent]

    def _words(self, one: Object) -> Words:
        """A message that was left, and under consent what was said; nothing of a leg, and only where it is recorded."""
        is_whole = not one.get("parent_call_sid") and one.get("status") == "completed"
        if not self.recorded or not is_whole:
            return Words()
        recordings = [str(found["sid"]) for found in self.wire.recordings(str(one["sid"]))]
        left = "\n".join(text for each in recordings if (text := self.wire.voicemail(each)))
        may = self.consent in CONSENTING
        said = [sentence for each in recordings for sentence in self.wire.sentences(each)] if may and not left else []
        return Words(left, tuple(said), self.consent)

    def _read_lines(self) -> Page:
        read_at, rows = self.now(), list[Row]()
        found, link = self.wire.lines()
        rows += map(line_row, found)
        while link:
            found, link = self.wire.lines(link)
            rows += map(line_row, found)
        self._lines = [str(row["number"]) for row in rows]
        return Page((), "", True, read_at, {"lines": rows})

    def _our_lines(self) -> list[str]:
        if self._lines is None:
            self._read_lines()
        return self._lines or []


def _packed(place: _Place) -> str:
    return orjson.dumps({name: getattr(place, name) for name in place.__slots__}).decode()
