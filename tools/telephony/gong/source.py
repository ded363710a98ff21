"""Gong as a source: recorded talks by the time at which they began, read again for days until they are written down."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tools.base import Cap, Health, Page, Row, Sight, SourceRecord, StreamSpec
from tools.http.client import Refused
from tools.telephony.consent import CONSENTING, words_read
from tools.telephony.gong.map import id_of, is_meeting, is_private, private_record, record_of, user_row
from tools.telephony.gong.wire import VENDOR, GongWire, Object
from tools.telephony.standing import standing
from tools.telephony.window import Overlap, Place, begin, pages, records_of

# What was said is written down some time after a talk; so long it is asked for again.
OVERLAP = Overlap(near=timedelta(hours=3), whole=timedelta(hours=72))


@dataclass(slots=True)
class GongSource:
    """One company. `consent`: what people are told of recording; without it nothing is asked for that was said.

    `calls`: whether calls are read beside meetings.
    """

    wire: GongWire
    now: Callable[[], datetime]
    since: datetime
    consent: str = "unknown"
    calls: bool = False
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.WEBHOOKS})

    def check(self) -> Health:
        """Asks for the people."""

        def look() -> str:
            # It does not say whose credential it is.
            self.wire.users()
            return ""

        return standing("Gong", look)

    def streams(self) -> list[StreamSpec]:
        """The people, then the talks."""
        what = "recorded meetings and calls" if self.calls else "recorded meetings"
        words = words_read(self.consent)
        return [
            StreamSpec("people", "recordings", "who is who: name and address"),
            StreamSpec("talks", "recordings", f"{what}{words}; never a private one", overlap=OVERLAP.whole),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: the people whole each time, talks by when they began."""
        if stream == "people":
            yield self._people()
            return
        yield from pages(begin(VENDOR, cursor, self.since, self.now(), OVERLAP), self._next)

    def get(self, stream: str, source_id: str) -> Page | None:
        """Nothing is read one by one."""
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """None: that no recording is there says nothing of whether people spoke."""
        return []

    def _next(self, place: Place) -> tuple[Page, Place]:
        since, until = place.window()
        try:
            found, cursor = self.wire.calls(since, until, place.page)
        except Refused:
            if not place.page:
                raise
            # The cursor has grown old: it is read anew from its beginning.
            found, cursor = self.wire.calls(since, until, "")
        following = replace(place, page=cursor, done=not cursor)
        return self._page(found, until, following.packed(), following.done), following

    def _page(self, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        wanted = [one for one in found if self.calls or is_meeting(one)]
        asked = [id_of(one) for one in wanted if not is_private(one)] if self.consent in CONSENTING else []
        said = self.wire.transcripts(asked) if asked else {}

        def record(one: Mapping[str, Any]) -> SourceRecord | None:
            if is_private(one):
                return private_record(one, self.now())
            return record_of(one, said.get(id_of(one), ()), self.consent, self.now())

        records, rejected = records_of("gong talks", wanted, id_of, record)
        return Page(records, cursor, complete, read_at, {}, rejected)

    def _people(self) -> Page:
        read_at, rows, cursor = self.now(), list[Row](), ""
        while True:
            found, cursor = self.wire.users(cursor)
            rows += map(user_row, found)
            if not cursor:
                return Page((), "", True, read_at, {"people": rows})
