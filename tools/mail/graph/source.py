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
    Rejected,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.http.client import Refused
from tools.mail.graph.calls import Calls
from tools.mail.graph.map import headers_of, mail_record, meeting_record, moment
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

    `begun`: when the calendar's window was laid, ISO 8601. `call`, `called`: the subscription, and when it was last
    made longer.
    """

    links: tuple[str, ...] = ()
    at: int = 0
    begun: str = ""
    call: str = ""
    called: str = ""

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

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
        """The pages after `cursor`; CursorTooOld where the vendor has forgotten that point."""
        place = self._begin(stream, _read_place(cursor) if cursor else Place())
        folders = len(FOLDERS) if stream == STREAM else 1
        while place.at < folders:
            read_at = self.now()
            found, following, later = self._delta(stream, place)
            read_of = place
            place = place.moved(following or str(later), ends=following is None)
            complete = place.at == folders
            if complete:
                place = self._called(stream, place, read_at)
            yield self._page(stream, found, read_at, read_of, place, complete)

    def get(self, stream: str, source_id: str) -> Page | None:
        """One mail by its Message-ID; meetings are read by what changed alone."""
        found = self.wire.named(source_id) if stream == STREAM else None
        if found is None:
            return None
        read_at, place = self.now(), Place()
        return self._page(stream, [found], read_at, place, place, complete=True)

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The mailbox of one person, both ways, and their calendar."""
        kinds = {STREAM: "email", MEETINGS: "calendar"}
        return [Sight(kinds[one], self.holder.address, since, until) for one in kinds if one in self.wanted]

    def _begin(self, stream: str, place: Place) -> Place:
        """Where this read begins: behind the last one; the calendar now and then in a window laid anew."""
        if place.at and place.at >= (len(FOLDERS) if stream == STREAM else 1):
            place = replace(place, at=0)
        if stream == STREAM:
            return place
        begun = datetime.fromisoformat(place.begun) if place.begun else None
        if begun is None or (self.now() - begun > _MOVED_ON and place.at == 0):
            return replace(place, links=(), begun=self.now().isoformat())
        return place

    def _delta(self, stream: str, place: Place) -> Delta:
        try:
            if stream == STREAM:
                return self.wire.mails(FOLDERS[place.at], place.link)
            begun = datetime.fromisoformat(place.begun)
            return self.wire.meetings(place.link, self.since, begun + _AHEAD)
        except Refused as error:
            if place.link and (error.status == 410 or error.code in _FORGOTTEN):
                raise CursorTooOld(VENDOR, "what changed since the last read is not known any more") from None
            raise

    def _page(
        self, stream: str, found: Sequence[Object], read_at: datetime, read_of: Place, place: Place, complete: bool
    ) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        for one in found:
            try:
                told = self._mail(one, read_of.at, read_at) if stream == STREAM else self._meeting(one, read_at, found)
            except UnreadableLetter as error:
                rejected.append(Rejected(f"graph {stream}", 0, error.field, f"{one.get('id')}: {error.reason}"))
                continue
            records += told
        return Page(tuple(records), place.text(), complete, read_at, rejected=tuple(rejected))

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

    def _meeting(self, event: Object, read_at: datetime, page: Sequence[Object]) -> list[SourceRecord]:
        if "@removed" in event:
            return [SourceRecord("calendar", MEETINGS, f"graph-{event['id']}", read_at, read_at, deleted=True)]
        kind = event.get("type")
        if kind == "seriesMaster":
            self._masters[str(event["id"])] = event
            return []
        master = (
            self._master(str(event.get("seriesMasterId") or ""), page) if kind in ("occurrence", "exception") else {}
        )
        record = meeting_record(event, master, read_at)
        return [record] if record else []

    def _master(self, master_id: str, page: Sequence[Object]) -> Object:
        """The series of an occurrence: on the same page, on one before, or asked for."""
        if not master_id:
            return {}
        if master_id not in self._masters:
            there = next((one for one in page if one.get("id") == master_id and "@removed" not in one), None)
            self._masters[master_id] = there or self.wire.event(master_id)
        return self._masters[master_id]

    def _called(self, stream: str, place: Place, now: datetime) -> Place:
        """Sees to it that the vendor calls us; where it does not, polling goes on all the same."""
        if self.calls is None:
            return place
        try:
            kept = self.calls.kept(self.wire, stream, (place.call, place.called), now)
        except VendorError:
            return place
        return replace(place, call=kept[0], called=kept[1])


def _read_place(cursor: str) -> Place:
    try:
        told = orjson.loads(cursor)
        return Place(**(told | {"links": tuple(told["links"])}))
    except (orjson.JSONDecodeError, TypeError, KeyError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
