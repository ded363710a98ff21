"""A mailbox and calendar of Microsoft 365 as a source: by what changed since the last read (delta queries)."""

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
    Promised,
    Rejected,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.calendars.coming import Coming, gone
from tools.http.client import Refused
from tools.mail.graph.calls import Calls
from tools.mail.graph.map import headers_of, key_of, mail_record, meeting_record, moment
from tools.mail.graph.wire import FOLDERS, VENDOR, Delta, GraphWire, Object
from tools.mail.letter import UnreadableLetter
from tools.mail.told import STREAM, Holder, refused
from tools.mail.undelivered import undelivered

MEETINGS = "meetings"
# How far ahead the calendar is read, and after how long from another day on.
_AHEAD, _MOVED_ON = timedelta(days=180), timedelta(days=30)
# The vendor's words for: from there on nothing can be told.
_FORGOTTEN = ("SyncStateNotFound", "SyncStateInvalid", "resyncRequired")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream stands. `links`: for each folder where to go on; `at`: the folder that is being read.

    `begun`: when the calendar's window was laid, ISO 8601. `coming`: what the calendar told of what is to come.
    """

    links: tuple[str, ...] = ()
    at: int = 0
    begun: str = ""
    coming: Coming = field(default_factory=Coming)

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps(self).decode()

    def anew(self, now: datetime) -> "Place":
        """The whole calendar is to be told, in a window that is laid now."""
        return Place(begun=now.isoformat(), coming=self.coming.anew())

    def moved(self, link: str, *, ends: bool) -> "Place":
        """Behind a page; where the folder ended, at the next one."""
        links = (*self.links[: self.at], link, *self.links[self.at + 1 :])
        return replace(self, links=links, at=self.at + 1 if ends else self.at)

    @property
    def link(self) -> str | None:
        """Where to go on in the present folder; None for its beginning."""
        return self.links[self.at] if self.at < len(self.links) else None


@dataclass(slots=True)
class GraphSource:
    """One mailbox with its calendar. `wanted`: emails, meetings, or both. `calls`: how the vendor is to call us."""

    wire: GraphWire
    now: Callable[[], datetime]
    since: datetime
    holder: Holder
    wanted: Sequence[str] = (STREAM, MEETINGS)
    calls: Calls | None = None
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS, Cap.WEBHOOKS, Cap.WRITES})
    _masters: dict[str, Object] = field(default_factory=dict)
    _junk: str = ""

    def check(self) -> Health:
        """Asks for the inbox."""
        try:
            self.wire.folder("inbox")
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Microsoft does not let this app read the mailbox.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Microsoft's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            fix = "Check the address of the mailbox." if isinstance(error, Refused) else ""
            return Health(State.UNREACHABLE, f"The mailbox could not be opened: {error.what}.", fix=fix)
        return Health(State.WELL, "Microsoft answers, and the mailbox may be read.", who=self.holder.address)

    def streams(self) -> list[StreamSpec]:
        """Mails and meetings."""
        told = (
            StreamSpec(STREAM, "email", "the mails of inbox and sent items, with people whom Tenure knows"),
            StreamSpec(MEETINGS, "calendar", "the calendar with who takes part; not what is marked as private"),
        )
        return [one for one in told if one.name in self.wanted]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`; CursorTooOld where the vendor has forgotten that point of the mails."""
        place = _read_place(cursor) if cursor else Place()
        return self._meetings(place) if stream == MEETINGS else self._mails(place)

    def _mails(self, place: Place) -> Iterator[Page]:
        """The changes of each folder, one folder after the other."""
        place = replace(place, at=place.at % len(FOLDERS))
        while place.at < len(FOLDERS):
            read_at, folder = self.now(), place.at
            try:
                found, following, later = self.wire.mails(FOLDERS[folder], place.link)
            except Refused as error:
                raise _too_old(error, place) from None
            place = place.moved(following or str(later), ends=following is None)
            records, rejected = _taken(found, lambda one: self._mail(one, folder, read_at), "emails")  # noqa: B023
            complete = place.at == len(FOLDERS)
            yield Page(tuple(records), place.text(), complete, read_at, rejected=tuple(rejected))

    def _meetings(self, place: Place) -> Iterator[Page]:
        """What changed in the calendar. Where that is not known any more, or the window moves on, all is told anew."""
        place = replace(place, at=0) if place.begun else place.anew(self.now())
        forgotten = False
        while place.at == 0:
            read_at = self.now()
            try:
                found, following, later = self._events(place)
            except Refused as error:
                too_old = _too_old(error, place)
                if forgotten:
                    raise too_old from None
                place, forgotten = place.anew(read_at), True
                continue
            place = place.moved(following or str(later), ends=following is None)
            records, rejected = _taken(found, lambda one: self._meeting(one, read_at, found, place), MEETINGS)  # noqa: B023
            place = replace(place, coming=place.coming.behind(records))
            if place.at:
                coming, removed = place.coming.closed(read_at)
                place, records = replace(place, coming=coming), [*records, *removed]
                # What changed until now was told with the old window: nothing is missed between the two.
                place = place.anew(read_at) if self._moved_on(place) else place
            yield Page(tuple(records), place.text(), place.at == 1, read_at, rejected=tuple(rejected))

    def _events(self, place: Place) -> Delta:
        return self.wire.meetings(place.link, self.since, datetime.fromisoformat(place.begun) + _AHEAD)

    def _moved_on(self, place: Place) -> bool:
        return self.now() - datetime.fromisoformat(place.begun) > _MOVED_ON

    def get(self, stream: str, source_id: str) -> Page | None:
        """One mail by its Message-ID; meetings are read by what changed alone."""
        found = self.wire.named(source_id) if stream == STREAM else None
        if found is None:
            return None
        read_at = self.now()
        records, rejected = _taken([found], lambda one: self._mail(one, 0, read_at), "emails")
        return Page(tuple(records), Place().text(), True, read_at, rejected=tuple(rejected))

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The mailbox of one person, both ways, and their calendar."""
        kinds = {STREAM: "email", MEETINGS: "calendar"}
        return [Sight(kinds[one], self.holder.address, since, until) for one in kinds if one in self.wanted]

    def called_for(self) -> Sequence[str]:
        """Every stream, where an address of ours was given."""
        return [one.name for one in self.streams()] if self.calls else []

    def keep_calling(self, stream: str, mark: str) -> Promised:
        """Makes the subscription of a stream, or makes it longer."""
        if self.calls is None:
            raise NotAllowed(VENDOR, "it has no address of ours to call")
        return self.calls.kept(self.wire, stream, mark, self.now())

    def end_calling(self, stream: str, mark: str) -> None:
        """Ends the subscription."""
        if mark:
            self.wire.unsubscribe(mark)

    def _mail(self, mail: Object, folder: int, read_at: datetime) -> list[SourceRecord]:
        """A mail as a record, and whose address it says is refused. One that left its folder is looked for."""
        if "@removed" in mail:
            return self._removed(str(mail["id"]), read_at)
        came_at = moment(mail.get("receivedDateTime"))
        if mail.get("isDraft") or (came_at and came_at < self.since):
            return []
        sent = FOLDERS[folder] == "sentitems"
        record = mail_record(mail, self.holder, read_at, sent=sent)
        is_report = headers_of(mail).get("content-type", "").lower().startswith("multipart/report")
        addresses = undelivered(self.wire.mime(str(mail["id"]))) if is_report and not sent else ()
        return [record, *(refused(record.source_id, one, read_at, record.occurred_at) for one in addresses)]

    def _removed(self, mail_id: str, read_at: datetime) -> list[SourceRecord]:
        """A mail that was moved or deleted did happen; one that was put among the unwanted is withdrawn."""
        found = self.wire.message(mail_id, "id,internetMessageId,parentFolderId,receivedDateTime")
        if found is None:
            return []
        self._junk = self._junk or self.wire.folder("junkemail")
        at = moment(found.get("receivedDateTime")) or read_at
        if found.get("parentFolderId") != self._junk:
            return []
        return [SourceRecord("email", STREAM, str(found["internetMessageId"]), read_at, at, deleted=True)]

    def _meeting(self, event: Object, read_at: datetime, page: Sequence[Object], place: Place) -> list[SourceRecord]:
        """An entry. One that was removed, or is private from now on, is gone; if it was told."""
        ended = [gone(key_of(event), read_at)] if key_of(event) in place.coming.given else []
        if "@removed" in event:
            return ended
        kind = event.get("type")
        if kind == "seriesMaster":
            self._masters[str(event["id"])] = event
            return []
        master = (
            self._master(str(event.get("seriesMasterId") or ""), page) if kind in ("occurrence", "exception") else {}
        )
        record = meeting_record(event, master, self.holder.address, read_at)
        return [record] if record else ended

    def _master(self, master_id: str, page: Sequence[Object]) -> Object:
        """The series of an occurrence: on the same page, on one before, or asked for."""
        if not master_id:
            return {}
        if master_id not in self._masters:
            there = next((one for one in page if one.get("id") == master_id and "@removed" not in one), None)
            self._masters[master_id] = there or self.wire.event(master_id)
        return self._masters[master_id]


def _taken(
    found: Sequence[Object], read: Callable[[Object], list[SourceRecord]], stream: str
) -> tuple[list[SourceRecord], list[Rejected]]:
    """The records of a page, and what of it could not be read."""
    records: list[SourceRecord] = []
    rejected: list[Rejected] = []
    for one in found:
        try:
            records += read(one)
        except UnreadableLetter as error:
            rejected.append(Rejected(f"graph {stream}", 0, error.field, f"{one.get('id')}: {error.reason}"))
    return records, rejected


def _too_old(error: Refused, place: Place) -> CursorTooOld:
    """What it means that a place is not known any more; any other refusal is raised as it is."""
    if place.link and (error.status == 410 or error.code in _FORGOTTEN):
        return CursorTooOld(VENDOR, "what changed since the last read is not known any more")
    raise error


def _read_place(cursor: str) -> Place:
    try:
        told = orjson.loads(cursor)
        return Place(**(told | {"links": tuple(told["links"]), "coming": Coming.read(told["coming"])}))
    except (orjson.JSONDecodeError, TypeError, KeyError, ValueError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
