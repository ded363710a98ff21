"""A calendar on a CalDAV server as a source: by what its server says has changed, else by the versions of entries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tools.base import (
    Cap,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Rejected,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.calendars.caldav_wire import GET_MOST, VENDOR, CalDavWire, Changes
from tools.calendars.entries import Unreadable, Window, meetings_in
from tools.calendars.ics import MEETINGS
from tools.calendars.place import Place, begin
from tools.http.client import Refused

# What servers answer that do not know this way of asking.
_UNKNOWN = frozenset({400, 405, 415, 422, 501})


@dataclass(slots=True)
class CalDavSource:
    """One calendar. `holder`: whose it is. `zone`: of times that name none."""

    wire: CalDavWire
    now: Callable[[], datetime]
    since: datetime
    holder: str
    zone: ZoneInfo
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS})

    def check(self) -> Health:
        """Asks how the calendar stands."""
        try:
            found = self.wire.collection()
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "The calendar server does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "The calendar server asks to come back later; reading goes on by itself.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"The calendar could not be opened: {error.what}.", fix=error.fix)
        return Health(State.WELL, "The calendar opens and may be read.", who=f"{self.holder} {found.name}".strip())

    def streams(self) -> list[StreamSpec]:
        """The meetings."""
        return [MEETINGS]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`. A server that has forgotten that point is asked for everything and compared."""
        read_at = self.now()
        place = begin(cursor, read_at, VENDOR)
        changes = self._changes(place)
        waiting = [href for href, version in changes.versions.items() if place.marks.get(href, "") != version]
        complete = False
        while not complete:
            piece, waiting = waiting[:GET_MOST], waiting[GET_MOST:]
            complete = not waiting
            place, records, rejected = self._taken(place, piece, changes, read_at)
            # Only now is all known that the token stands for.
            place = replace(place, token=changes.token) if complete else place
            yield Page(tuple(records), place.text(), complete, read_at, rejected=tuple(rejected))

    def get(self, stream: str, source_id: str) -> Page | None:
        """None: entries are read by what changed alone."""
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The calendar of one person."""
        return [Sight("calendar", self.holder, since, until)]

    def _changes(self, place: Place) -> Changes:
        """What changed since the last read; where the server cannot tell, every version against those known."""
        if place.token:
            try:
                return self._whole(place.token)
            except Refused as error:
                if error.status not in {409, 410, *_UNKNOWN}:
                    raise
            except NotAllowed:
                # The standard lets a server say so of a token that it does not know any more.
                self.wire.collection()
        try:
            return _with_gone(self._whole(""), place)
        except Refused as error:
            if error.status not in _UNKNOWN:
                raise
        return self._compared(place)

    def _whole(self, token: str) -> Changes:
        """All that the server has to tell, however many times it wants to be asked."""
        found = self.wire.changes(token)
        versions = dict(found.versions)
        while found.more and found.token:
            found = self.wire.changes(found.token)
            versions |= found.versions
        return Changes(versions, found.token, more=False)

    def _compared(self, place: Place) -> Changes:
        tag = self.wire.collection().tag
        if tag and place.marks.get("") == tag:
            return Changes({}, "", more=False)
        present: dict[str, str | None] = {**self.wire.versions()}
        return _with_gone(Changes(present | ({"": tag} if tag else {}), "", more=False), place)

    def _taken(
        self, place: Place, hrefs: Sequence[str], changes: Changes, read_at: datetime
    ) -> tuple[Place, list[SourceRecord], list[Rejected]]:
        """One piece of what changed, read and compared with what it gave before."""
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        present = [href for href in hrefs if href and changes.versions[href] is not None]
        texts = self.wire.entries(present) if present else {}
        for href in hrefs:
            if not href:
                place = replace(place, marks={**place.marks, "": changes.versions[href] or ""})
                continue
            if href not in texts:
                place, gone = place.without(href, read_at)
                records += gone
                continue
            mark, text = texts[href]
            window = Window(self.since, place.ends, self.zone, self.holder)
            try:
                found, refused = meetings_in(text, window, read_at, VENDOR)
            except Unreadable as error:
                found, refused = {}, [Rejected(VENDOR, 0, "", str(error))]
            place, told = place.with_resource(href, mark, found, read_at)
            records += told
            rejected += refused
        return place, records, rejected


def _with_gone(present: Changes, place: Place) -> Changes:
    """Everything there is, and what was there and is not any more."""
    known = {href for href in (*place.marks, *place.given) if href}
    gone: dict[str, str | None] = {href: None for href in sorted(known) if href not in present.versions}
    return Changes({**present.versions, **gone}, present.token, more=False)
