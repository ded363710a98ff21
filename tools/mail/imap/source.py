"""A mailbox over IMAP as a source: inbox and sent mail in the order in which they came, each mail by its Message-ID."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from tools.base import (
    BadAnswer,
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
    Unreachable,
    VendorError,
)
from tools.mail.imap.place import Place, Places, read_places
from tools.mail.imap.wire import VENDOR, Folder, ImapWire, Mail
from tools.mail.letter import UnreadableLetter
from tools.mail.told import STREAM, Holder, told, withdrawn

PAGE = 50
# Of so many mails at once is asked when they came.
_DATED = 500
# Where mails are read, beside further folders; in "junk" one is found that was thrown out as unwanted.
_READ = ("inbox", "sent")
_UNWANTED = frozenset({"$junk", "junk"})
_Waiting = tuple[datetime, str, int]


@dataclass(slots=True)
class ImapSource:
    """One mailbox. `address`: whose it is; `own_domains`: where colleagues write from, beside its own.

    `further`: folders beside inbox and sent mail into which rules file what comes in.
    """

    wire: ImapWire
    now: Callable[[], datetime]
    since: datetime
    address: str
    own_domains: frozenset[str] = frozenset()
    further: tuple[str, ...] = ()
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.DELETIONS, Cap.ESTIMATE})
    _seen: dict[str, Folder] = field(default_factory=dict)

    def check(self) -> Health:
        """Signs in and looks for the folders."""
        try:
            found = self._folders()
            for folder in found.values():
                self.wire.look(folder)
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "The mail server does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "The mail server asks to come back later; reading goes on by itself.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"The mailbox could not be opened: {error.what}.", fix=error.fix)
        sent = "" if "sent" in found else " It has no folder of sent mail, so what is sent from it cannot be seen."
        return Health(State.WELL, f"The mailbox opens and may be read.{sent}", who=self.address)

    def streams(self) -> list[StreamSpec]:
        """The mails."""
        return [StreamSpec(STREAM, "email", "the mails of inbox and sent folder with people whom Tenure knows")]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`; the last one brings what was marked as unwanted since."""
        known, read_at = read_places(cursor), self.now()
        self._seen = {use: self.wire.look(folder) for use, folder in self._folders(junk=True).items()}
        places = Places({use: self._place(use, seen, known) for use, seen in self._seen.items()})
        waiting = heapq.merge(*(self._waiting(use, places[use]) for use in self._folders()))
        while chosen := list(islice(waiting, PAGE)):
            records, rejected = self._records(chosen)
            places = Places(places | {use: places[use].at(uid) for _, use, uid in chosen})
            yield Page(tuple(records), places.text(), complete=False, read_at=read_at, rejected=tuple(rejected))
        yield self._last(places, read_at)

    def get(self, stream: str, source_id: str) -> Page | None:
        """One mail by its Message-ID; None where no folder that is read has it."""
        read_at = self.now()
        for use, folder in self._folders().items():
            if found := self.wire.named(folder, source_id):
                records, rejected = self._records([(read_at, use, found[0])])
                return Page(tuple(records), "", complete=True, read_at=read_at, rejected=tuple(rejected))
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The mailbox of one person; nothing is seen of what they send where there is no folder of sent mail."""
        return [Sight("email", self.address.lower(), since, until)] if "sent" in self.wire.folders() else []

    def estimate(self, stream: str, since: datetime | None) -> int:
        """How many mails there are, of whomever."""
        return sum(len(self.wire.since(folder, 0, since or self.since)) for folder in self._folders().values())

    def wait(self, most: timedelta) -> bool:
        """Waits at the inbox (IDLE); raises BadAnswer where the server does not tell anything."""
        if self.wire.can("IDLE"):
            return self.wire.wait(most.total_seconds())
        raise BadAnswer(VENDOR, "the mail server does not tell when something comes")

    def _folders(self, *, junk: bool = False) -> dict[str, str]:
        """The folders that are read, by what they are for; further ones by their names."""
        found = self.wire.folders()
        named = {use: found[use] for use in (*_READ, *(("junk",) if junk else ())) if use in found}
        return {**named, **{name: name for name in self.further}}

    def _place(self, use: str, seen: Folder, places: Places) -> Place:
        """Where a folder is read on; of what was unwanted before it was first looked at, nothing is told.

        Another UIDVALIDITY gives every mail another uid: the folder is read again, and each mail is known by its
        Message-ID.
        """
        known = places.get(use)
        if known and known.validity == seen.validity:
            return known
        return Place(seen.validity, seen.next_uid - 1 if use == "junk" else 0)

    def _waiting(self, use: str, place: Place) -> Iterator[_Waiting]:
        """What is to be read of a folder, with when it came, asked for piece by piece."""
        seen = self._seen[use]
        if seen.next_uid and place.uid >= seen.next_uid - 1:
            return  # the folder itself says that nothing came
        folder = self._folders(junk=True)[use]
        uids = iter(self.wire.since(folder, place.uid, self.since))
        while piece := list(islice(uids, _DATED)):
            dates = self.wire.dates(folder, piece)
            yield from ((dates[uid], use, uid) for uid in piece if uid in dates)

    def _records(self, chosen: Sequence[_Waiting]) -> tuple[list[SourceRecord], list[Rejected]]:
        """The mails in the order in which they came, and those that cannot be read."""
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        mails = self._fetched(chosen)
        for _, use, uid in chosen:
            mail = mails.get((use, uid))
            if mail is None or mail.flags & _UNWANTED:
                continue
            try:
                records += self._told(use, mail)
            except UnreadableLetter as error:
                rejected.append(Rejected(f"imap {use}", uid, error.field, error.reason))
        return records, rejected

    def _fetched(self, chosen: Sequence[_Waiting]) -> dict[tuple[str, int], Mail]:
        by_use: dict[str, list[int]] = defaultdict(list)
        for _, use, uid in chosen:
            by_use[use].append(uid)
        found: dict[tuple[str, int], Mail] = {}
        for use, uids in by_use.items():
            self._refuse_renumbered(use)
            found |= {(use, one.uid): one for one in self.wire.mails(self._folders(junk=True)[use], uids)}
        return found

    def _refuse_renumbered(self, use: str) -> None:
        """A uid that was asked for before the folder was made anew means another mail by now."""
        seen = self._seen.get(use)
        if seen and self.wire.look(self._folders(junk=True)[use]).validity != seen.validity:
            raise Unreachable(VENDOR, "the folder was made anew while it was read; it is read again from its beginning")

    def _told(self, use: str, mail: Mail) -> list[SourceRecord]:
        holder = Holder(self.address.lower(), self.own_domains)
        return told(mail.raw, mail.came_at, holder, self.now(), sent=use == "sent")

    def _last(self, places: Places, read_at: datetime) -> Page:
        """What was thrown out as unwanted since the last read, and up to where flags have been seen."""
        found: list[Mail] = []
        for use, seen in self._seen.items():
            found += self._unwanted(use, places[use], seen)
            uid = max(places[use].uid, seen.next_uid - 1)
            places = Places(places | {use: Place(seen.validity, uid, seen.modseq)})
        records = tuple(record for mail in found for record in _withdrawn(mail, read_at))
        return Page(records, places.text(), complete=True, read_at=read_at)

    def _unwanted(self, use: str, place: Place, seen: Folder) -> list[Mail]:
        folder = self._folders(junk=True)[use]
        if use == "junk":
            if seen.next_uid and place.uid >= seen.next_uid - 1:
                return []
            return self.wire.mails(folder, self.wire.since(folder, place.uid, self.since), head=True)
        if not place.modseq or seen.modseq <= place.modseq:
            return []
        changed = self.wire.flags(folder, self.wire.changed(folder, place.modseq))
        marked = sorted(uid for uid, flags in changed.items() if flags & _UNWANTED and uid <= place.uid)
        return self.wire.mails(folder, marked, head=True)


def _withdrawn(mail: Mail, read_at: datetime) -> list[SourceRecord]:
    try:
        return [withdrawn(mail.raw, mail.came_at, read_at)]
    except UnreadableLetter:
        return []
