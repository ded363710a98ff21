"""A Gmail mailbox as a source: first every mail since a day, then its history; each mail by its Message-ID."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson

from tools.base import (
    BadAnswer,
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
from tools.http.client import Refused
from tools.mail.gmail.ahead import in_order
from tools.mail.gmail.calendar import GoogleCalendar
from tools.mail.gmail.calendar_map import MEETINGS
from tools.mail.gmail.wire import VENDOR, GmailWire, Object, raw_of
from tools.mail.letter import UnreadableLetter
from tools.mail.told import STREAM, Holder, told, withdrawn

# What is no mail that came or went: not yet sent, no mail at all, or thrown out.
_LEFT_OUT = frozenset({"DRAFT", "CHAT", "SPAM", "TRASH"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands. `history`: from which point of the mailbox's history; `page`: of the present list.

    `all`: every mail is still being listed.
    """

    history: str
    page: str | None = None
    all: bool = True

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()


@dataclass(slots=True)
class GmailSource:
    """One mailbox. `holder`: whose it is; `topic`: where the vendor is to tell of changes, if it shall.

    `calendar`: that of the same person, if it is read too.
    """

    wire: GmailWire
    now: Callable[[], datetime]
    since: datetime
    holder: Holder
    topic: str = ""
    calendar: GoogleCalendar | None = None
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS, Cap.WEBHOOKS, Cap.WRITES, Cap.ESTIMATE})

    def check(self) -> Health:
        """Asks whose mailbox it is, and for the calendar."""
        what = "mailbox"
        try:
            profile = self.wire.profile()
            if self.calendar:
                what = "calendar"
                self.calendar.look()
        except NotAllowed as error:
            fix = error.fix or "Let the service account act for this person (domain-wide delegation)."
            fix += f" Or read mails alone: streams={STREAM}." if what == "calendar" else ""
            return Health(State.NOT_ALLOWED, f"Google does not let this key read the {what}.", fix=fix)
        except LimitReached:
            return Health(State.LIMITED, "Gmail's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Gmail could not be reached: {error.what}.")
        return Health(State.WELL, "Gmail answers, and the mailbox may be read.", who=str(profile.get("emailAddress")))

    def streams(self) -> list[StreamSpec]:
        """The mails, and the meetings."""
        mails = StreamSpec(STREAM, "email", "the mails that came and went, with people whom Tenure knows")
        meetings = StreamSpec(MEETINGS, "calendar", "the calendar with who takes part; not what is marked as private")
        return [mails, meetings] if self.calendar else [mails]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`; CursorTooOld where the vendor has forgotten that point of the history."""
        return self.calendar.read(cursor) if stream == MEETINGS and self.calendar else self._mails(cursor)

    def _mails(self, cursor: str | None) -> Iterator[Page]:
        place = _read_place(cursor) if cursor else Place(str(self.wire.profile().get("historyId") or ""))
        complete = False
        while not complete:
            page, place = self._listed(place) if place.all else self._changed(place)
            complete = page.complete
            yield page

    def get(self, stream: str, source_id: str) -> Page | None:
        """One mail by its Message-ID; meetings are read by what changed alone."""
        if stream != STREAM:
            return None
        read_at, found = self.now(), self.wire.named(source_id)
        return self._page([str(found["id"])], read_at, Place(""), complete=True) if found else None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The mailbox of one person, both ways, and their calendar."""
        return [Sight(one.source, self.holder.address, since, until) for one in self.streams()]

    def estimate(self, stream: str, since: datetime | None) -> int:
        """About how many mails there are, of whomever."""
        if stream != STREAM:
            raise BadAnswer(VENDOR, "of the calendar it is not told before it is read")
        return self.wire.listed(_query(since or self.since))[2]

    def called_for(self) -> Sequence[str]:
        """The mails, where a topic was given."""
        return [STREAM] if self.topic else []

    def keep_calling(self, stream: str, mark: str) -> Promised:
        """Asks to be told for another week; asking again only makes it longer."""
        until = str(self.wire.watch(self.topic).get("expiration") or "")
        if not until.isdigit():
            raise BadAnswer(VENDOR, "the answer does not say until when it will tell us")
        return Promised(datetime.fromtimestamp(int(until) / 1000, UTC))

    def end_calling(self, stream: str, mark: str) -> None:
        """Nobody is told of this mailbox any more."""
        self.wire.stop()

    def _listed(self, place: Place) -> tuple[Page, Place]:
        """One page of all mails. What comes meanwhile is in the history since before the list was begun."""
        read_at = self.now()
        found, following = self._page_of_list(place)
        place = replace(place, page=following, all=following is not None)
        return self._page([str(one["id"]) for one in found], read_at, place), place

    def _page_of_list(self, place: Place) -> tuple[list[Object], str | None]:
        try:
            found, following, _ = self.wire.listed(_query(self.since), place.page)
        except Refused:
            if place.page is None:
                raise
            # The token of the page has grown old: the list is begun anew.
            found, following, _ = self.wire.listed(_query(self.since))
        return found, following

    def _changed(self, place: Place) -> tuple[Page, Place]:
        """One page of the history: what came and went, and what a person marked as spam."""
        read_at = self.now()
        try:
            events, following, point = self.wire.history(place.history, place.page)
        except Refused as error:
            if error.status in (400, 404):
                raise CursorTooOld(VENDOR, "the mailbox's history does not reach back so far any more") from None
            raise
        place = replace(place, page=following, history=place.history if following else point)
        return self._page(_touched(events), read_at, place, complete=following is None), place

    def _page(self, ids: Sequence[str], read_at: datetime, place: Place, complete: bool = False) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        for one, found in zip(ids, in_order(self.wire.message, ids), strict=True):
            try:
                records += self._records(found, read_at) if found else []
            except UnreadableLetter as error:
                rejected.append(Rejected("gmail emails", 0, error.field, f"mail {one}: {error.reason}"))
        return Page(tuple(records), place.text(), complete, read_at, rejected=tuple(rejected))

    def _records(self, message: Object, read_at: datetime) -> list[SourceRecord]:
        """What a mail gives as it stands now. One that was deleted did happen; one marked as spam is withdrawn."""
        labels = set(message.get("labelIds") or ())
        came_at = datetime.fromtimestamp(int(message.get("internalDate") or 0) / 1000, UTC)
        if "SPAM" in labels:
            return [withdrawn(raw_of(message), came_at, read_at)]
        if labels & _LEFT_OUT or came_at < self.since:
            return []
        return told(raw_of(message), came_at, self.holder, read_at, sent="SENT" in labels)


def _touched(events: Sequence[Object]) -> list[str]:
    """The mails that came, or whose being spam changed, each once and in order."""
    found: dict[str, None] = {}
    for event in events:
        for one in event.get("messagesAdded") or ():
            found[str(one["message"]["id"])] = None
        for kind in ("labelsAdded", "labelsRemoved"):
            for one in event.get(kind) or ():
                if "SPAM" in (one.get("labelIds") or ()):
                    found[str(one["message"]["id"])] = None
    return list(found)


def _query(since: datetime) -> str:
    return f"after:{int(since.timestamp())} -in:chats -in:drafts"


def _read_place(cursor: str) -> Place:
    try:
        return Place(**orjson.loads(cursor))
    except (orjson.JSONDecodeError, TypeError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
