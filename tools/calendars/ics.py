"""A calendar at an address or in a file (iCalendar) as a source: read whole, told where it changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from tools.base import (
    BadAnswer,
    Cap,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Sight,
    State,
    StreamSpec,
    VendorError,
)
from tools.calendars.entries import Unreadable, Window, meetings_in
from tools.calendars.place import begin

VENDOR = "ics"
STREAM = "meetings"
MEETINGS = StreamSpec(STREAM, "calendar", "the calendar with who takes part; not what is marked as private")
_WHOLE = "calendar"


@dataclass(slots=True)
class IcsSource:
    """One calendar. `fetch`: its bytes, or a VendorError. `holder`: whose it is. `zone`: of times that name none."""

    fetch: Callable[[], bytes]
    now: Callable[[], datetime]
    since: datetime
    holder: str
    zone: ZoneInfo
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS})

    def check(self) -> Health:
        """Fetches it once and tries to read it."""
        try:
            found, _ = meetings_in(
                self.fetch(), Window(self.since, self.now(), self.zone, self.holder), self.now(), VENDOR
            )
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "The calendar may not be read.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "The calendar was asked for too often; reading goes on by itself.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"The calendar could not be fetched: {error.what}.", fix=error.fix)
        except Unreadable:
            return Health(State.UNREACHABLE, "What is there is no calendar.", fix="Give the address that ends in .ics.")
        return Health(State.WELL, f"The calendar can be read; it holds {len(found)} past meetings.", who=self.holder)

    def streams(self) -> list[StreamSpec]:
        """The meetings."""
        return [MEETINGS]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """One page: all meetings where the calendar is another than the last time, else none."""
        read_at = self.now()
        place = begin(cursor, read_at, VENDOR)
        text = self.fetch()
        mark = blake2b(text, digest_size=16).hexdigest()
        if place.marks.get(_WHOLE) == mark:
            yield Page((), place.text(), complete=True, read_at=read_at)
            return
        try:
            found, rejected = meetings_in(text, Window(self.since, place.ends, self.zone, self.holder), read_at, VENDOR)
        except Unreadable as error:
            raise BadAnswer(VENDOR, str(error)) from None
        place, records = place.with_resource(_WHOLE, mark, found, read_at)
        yield Page(tuple(records), place.text(), complete=True, read_at=read_at, rejected=tuple(rejected))

    def get(self, stream: str, source_id: str) -> Page | None:
        """None: a calendar is read as a whole."""
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The calendar of one person."""
        return [Sight("calendar", self.holder, since, until)]
