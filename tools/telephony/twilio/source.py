"""Twilio as a source: calls with their legs by the time at which they began, and messages, by windows that overlap."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tools.base import Cap, Health, Page, Row, Sight, SourceRecord, StreamSpec
from tools.http.client import Refused
from tools.telephony.consent import CONSENTING, words_read
from tools.telephony.standing import standing
from tools.telephony.twilio.map import Direction, Words, call_record, line_row, message_record
from tools.telephony.twilio.wire import VENDOR, Object, TwilioWire
from tools.telephony.window import Overlap, Place, begin, pages, records_of

# A call is listed by when it began, and says how it ended only later.
OVERLAP = Overlap(near=timedelta(hours=2), whole=timedelta(hours=24))
# How the vendor names a recording that was made of a caller who speaks to nobody: a message that they leave.
_LEFT = "RecordVerb"


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
        return standing("Twilio", lambda: f"account {self.wire.me().get('sid')}")

    def streams(self) -> list[StreamSpec]:
        """Our lines, the calls, the messages."""
        return [
            StreamSpec("lines", "phone", "our own numbers"),
            StreamSpec("calls", "phone", f"calls with all their legs{words_read(self.consent)}", overlap=OVERLAP.whole),
            StreamSpec("messages", "messages", "text messages in and out", overlap=OVERLAP.whole),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: the lines whole each time, calls and messages by windows of time."""
        if stream == "lines":
            yield self._read_lines()
            return
        place = begin(VENDOR, cursor, self.since, self.now(), OVERLAP)
        yield from pages(place, lambda one: self._next(stream, one))

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

    def _next(self, stream: str, place: Place) -> tuple[Page, Place]:
        ask = self.wire.calls if stream == "calls" else self.wire.messages
        since, until = place.window()
        try:
            found, link = ask(since, place.page or None)
        except Refused:
            if not place.page:
                raise
            # The link to the next page has grown old: the window is read anew.
            found, link = ask(since, None)
        following = replace(place, page=link or "", done=link is None)
        return self._page(stream, found, until, following.packed(), following.done), following

    def _page(self, stream: str, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        record = self._call if stream == "calls" else lambda one: message_record(one, self.now())
        records, rejected = records_of(f"twilio {stream}", found, lambda one: one.get("sid"), record)
        return Page(records, cursor, complete, read_at, {}, rejected)

    def _call(self, one: Mapping[str, Any]) -> SourceRecord | None:
        return call_record(one, self._direction(one), self._words(one), self.now())

    def _direction(self, one: Mapping[str, Any]) -> Direction:
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

    def _words(self, one: Mapping[str, Any]) -> Words:
        """A message that a caller left, and under consent what was said; of no leg, and only where it is recorded."""
        is_whole = not one.get("parent_call_sid") and one.get("status") == "completed"
        if not self.recorded or not is_whole:
            return Words()
        recordings = self.wire.recordings(str(one["sid"]))
        # What was recorded of a talk is nobody's message, whoever wrote it down.
        left = [x for x in recordings if x.get("source") == _LEFT and self._direction(one) == "inbound"]
        message = "\n".join(text for each in left if (text := self.wire.voicemail(str(each["sid"]))))
        if message or self.consent not in CONSENTING:
            return Words(message)
        said = [sentence for each in recordings for sentence in self.wire.sentences(str(each["sid"]))]
        return Words("", tuple(said), self.consent)

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
