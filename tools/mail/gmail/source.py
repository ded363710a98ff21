"""A Gmail mailbox as a source: first every mail since a day, then its history; each mail by its Message-ID."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

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
from tools.mail.gmail.wire import VENDOR, GmailWire, Object, raw_of
from tools.mail.letter import UnreadableLetter
from tools.mail.told import STREAM, Holder, told, withdrawn

# What is no mail that came or went: not yet sent, no mail at all, or thrown out.
_LEFT_OUT = frozenset({"DRAFT", "CHAT", "SPAM", "TRASH"})
# The vendor calls for a week; it asks to be told anew each day.
WATCH_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands. `history`: from which point of the mailbox's history; `page`: of the present list.

    `all`: every mail is still being listed. `watched`: when the vendor was last asked to call us, ISO 8601.
    """

    history: str
    page: str | None = None
    all: bool = True
    watched: str = ""

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()


@dataclass(slots=True)
class GmailSource:
    """One mailbox. `holder`: whose it is; `topic`: where the vendor is to tell of changes, if it shall."""

    wire: GmailWire
    now: Callable[[], datetime]
    since: datetime
    holder: Holder
    topic: str = ""
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS, Cap.WEBHOOKS, Cap.WRITES, Cap.ESTIMATE})

    def check(self) -> Health:
        """Asks whose mailbox it is."""
        try:
            profile = self.wire.profile()
        except NotAllowed as error:
            fix = error.fix or "Let the service account act for this mailbox (domain-wide delegation)."
            return Health(State.NOT_ALLOWED, "Gmail does not let this key read the mailbox.", fix=fix)
        except LimitReached:
            return Health(State.LIMITED, "Gmail's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Gmail could not be reached: {error.what}.")
        return Health(State.WELL, "Gmail answers, and the mailbox may be read.", who=str(profile.get("emailAddress")))

    def streams(self) -> list[StreamSpec]:
        """The mails."""
        return [StreamSpec(STREAM, "email", "the mails that came and went, with people whom Tenure knows")]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`; CursorTooOld where the vendor has forgotten that point of the history."""
        place = _read_place(cursor) if cursor else Place(str(self.wire.profile().get("historyId") or ""))
        complete = False
        while not complete:
            page, place = self._listed(place) if place.all else self._changed(place)
            complete = page.complete
            yield page

    def get(self, stream: str, source_id: str) -> Page | None:
        """One mail by its Message-ID."""
        read_at, found = self.now(), self.wire.named(source_id)
        return self._page([str(found["id"])], read_at, Place(""), complete=True) if found else None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The mailbox of one person, both ways."""
        return [Sight("email", self.holder.address, since, until)]

    def estimate(self, stream: str, since: datetime | None) -> int:
        """About how many mails there are, of whomever."""
        return self.wire.listed(_query(since or self.since))[2]

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
        if following is None:
            place = self._watched(replace(place, history=point, page=None), read_at)
        else:
            place = replace(place, page=following)
        return self._page(_touched(events), read_at, place, complete=following is None), place

    def _page(self, ids: Sequence[str], read_at: datetime, place: Place, complete: bool = False) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        for one in ids:
            found = self.wire.message(one)
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

    def _watched(self, place: Place, now: datetime) -> Place:
        """Asks the vendor once a day to go on calling; where it does not, polling goes on all the same."""
        if not self.topic or (place.watched and now - datetime.fromisoformat(place.watched) < WATCH_EVERY):
            return place
        try:
            self.wire.watch(self.topic)
        except VendorError:
            return place
        return replace(place, watched=now.isoformat())


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
