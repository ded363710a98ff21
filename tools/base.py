"""What every adapter gives and takes: source records, pages of them, approved writes, and the errors of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record as a tool read it: untrusted, keyed by (source, stream, source_id).

    `at`: the moment from which it could be known, aware UTC. `occurred_at`: when it happened.
    `account_id`: where the source names it. `deleted`: it was removed at the source.
    `fields`: the record's other fields, as the source names them.
    """

    source: str
    stream: str
    source_id: str
    at: datetime
    occurred_at: datetime
    account_id: str | None = None
    deleted: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: where it stands and why it was left out."""

    file: str
    line: int
    field: str
    reason: str


class UnreadableSource(ValueError):
    """A source as a whole cannot be read; nothing was taken from it."""


class VendorError(Exception):
    """Another system did not do what was asked; the text holds no secret and no words of a customer.

    `fix` says what a person can do; empty where waiting is all.
    """

    def __init__(self, vendor: str, what: str, *, fix: str = "") -> None:
        super().__init__(f"{vendor}: {what}")
        self.vendor = vendor
        self.what = what
        self.fix = fix


class Unreachable(VendorError):
    """Nothing of the request arrived, or a read had no answer; trying again later is safe."""


class NotAllowed(VendorError):
    """The vendor knows the request and does not allow it: a credential or a scope is missing."""


class LimitReached(VendorError):
    """The vendor's limit is used up; nothing was done. `wait`: how long the vendor asks to wait, if it says so."""

    def __init__(self, vendor: str, what: str, *, wait: timedelta | None = None) -> None:
        super().__init__(vendor, what)
        self.wait = wait


class CursorTooOld(VendorError):
    """The vendor no longer knows from where we ask; everything has to be read again."""


class BadAnswer(VendorError):
    """The vendor refused the request as such, or answered with something that cannot be read."""


class Unanswered(VendorError):
    """A write was sent and no answer came: it may have been done. Only looking for it can tell."""


class Cap(StrEnum):
    """What an adapter can do beyond reading; what is not named is not there."""

    HISTORY = "history"
    DELETIONS = "deletions"
    WEBHOOKS = "webhooks"
    WRITES = "writes"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """One stream of a source, in the order in which streams are read: who is who before what happened.

    `source`: what kind of system it is to the watchtower (crm, email, phone, messages, calendar, forms, usage).
    `what`: in plain words, what is read. `accounts`: its records are accounts, so `get` can fetch a missing one.
    `overlap`: how far each read begins before the last one ended, because the vendor shows changes late.
    """

    name: str
    source: str
    what: str
    accounts: bool = False
    overlap: timedelta = timedelta()


class Stem(NamedTuple):
    """What the keys of some records begin with: their source_id is `text`, or `text` and more behind a hyphen."""

    source: str
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An object that the source does not have any more: every record of it is withdrawn, by the stems of their keys.

    `table` and `id`: the row that it was in who is who, if it was one. `into`: the object that took its place, where
    the source made two into one.
    """

    stems: tuple[Stem, ...]
    table: str = ""
    id: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One piece of a stream. `cursor`: from where to go on after it, opaque text that holds no secret.

    `rows`: rows of who is who, by the table of a world folder (users, accounts, contacts, stages, lines), to be taken
    before the records; `people` are users as well, of whom only those that are known already are meant.
    `gone`: what is not there any more.
    `complete`: nothing more was there when it was read. `read_at`: until when the stream has been seen, aware UTC.
    """

    records: tuple[SourceRecord, ...]
    cursor: str
    complete: bool
    read_at: datetime
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    gone: tuple[Gone, ...] = ()


class State(StrEnum):
    """How a connected system stands."""

    WELL = "well"
    NOT_ALLOWED = "not_allowed"
    LIMITED = "limited"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found: `said` in one plain sentence, `who` the vendor's name of the connected account."""

    state: State
    said: str
    who: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """One stretch of a source that can be seen; `holder` is a user or a line, empty for the whole source."""

    source: str
    holder: str
    visible_from: datetime
    visible_until: datetime


class Source(Protocol):
    """A system that is read. Everything is synchronous; each call may raise a VendorError and nothing else.

    Polling is the truth: reading again from any cursor gives the same records again, so nothing is lost or doubled.
    """

    name: str
    capabilities: frozenset[Cap]

    def check(self) -> Health:
        """Whether the credential works and what it may read; raises nothing."""
        ...

    def streams(self) -> Sequence[StreamSpec]:
        """What can be read, in the order in which it is to be read."""
        ...

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages of a stream after `cursor` (None: from the beginning), ending with one that is complete."""
        ...

    def get(self, stream: str, source_id: str) -> Page | None:
        """One record of a stream as a page of its own; None where the vendor does not have it."""
        ...

    def sight(self, since: datetime, until: datetime) -> Sequence[Sight]:
        """What can be seen of each mailbox, line or object, given that all between `since` and `until` was read."""
        ...


@runtime_checkable
class Estimates(Protocol):
    """A source that can tell beforehand how much a first read would bring."""

    def estimate(self, stream: str, since: datetime | None) -> int:
        """About how many records there are."""
        ...


@runtime_checkable
class Recounts(Protocol):
    """A source that can be asked whether what is known of it is there still, after it had to be read anew."""

    def stems(self, stream: str) -> Sequence[Stem]:
        """What the keys of a stream's records begin with, before the id of their object."""
        ...

    def missing(self, stream: str, ids: Sequence[str]) -> Sequence[Gone]:
        """Those of these objects, any number of them, that are not there any more."""
        ...


@runtime_checkable
class Listens(Protocol):
    """A source whose system tells when something came, while one waits for it."""

    def wait(self, most: timedelta) -> bool:
        """Waits for at most so long; whether something was told. It is read as ever before it is believed."""
        ...


@dataclass(frozen=True, slots=True)
class Promised:
    """That a vendor calls us until then, aware UTC. `mark`: by what it is asked to go on with it; no secret."""

    until: datetime
    mark: str = ""


@runtime_checkable
class CallsBack(Protocol):
    """A source whose system calls us when something changed: for a while, so that it is asked anew in time."""

    def called_for(self) -> Sequence[str]:
        """The streams for which it is to call; none where nobody said where."""
        ...

    def keep_calling(self, stream: str, mark: str) -> Promised:
        """Asks it to begin, or to go on with what `mark` names; a VendorError where it does not."""
        ...

    def end_calling(self, stream: str, mark: str) -> None:
        """It need not call any more; what has ended already stays ended."""
        ...


@dataclass(frozen=True, slots=True)
class ApprovedWrite:
    """A decided change of another system, claimed for execution; made from an executed approval and nowhere else.

    `key`: the idempotency key, the same for every attempt. `op`: task, note, stage, owner, … `target`: the type and
    id of the vendor's object that it is about. `fields`: what is written. `content_hash`: what was approved.
    """

    key: str
    op: str
    target: tuple[str, str]
    fields: Mapping[str, Any]
    approved_by: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the vendor made of a write: its id there; `existed`: it had been done by an earlier attempt."""

    source_id: str
    existed: bool = False


class Writer(Protocol):
    """A system that is written to, with a credential of its own.

    `settles_after`: how long after a write the vendor may still show nothing although it was done.
    """

    name: str
    ops: frozenset[str]
    settles_after: timedelta

    def write(self, approved: ApprovedWrite) -> Written:
        """Does it once; Unanswered where it may have been done, any other VendorError where it was not."""
        ...

    def find(self, approved: ApprovedWrite) -> Written | None:
        """Looks whether it was done, by its key or by its effect; None where it surely is not there."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """A writer that needs something to be there first, as the property that carries its key."""

    def prepare(self) -> None:
        """Makes it where it is not there yet; a second time changes nothing."""
        ...


@runtime_checkable
class Removes(Protocol):
    """A writer that can take back what it made."""

    def remove(self, op: str, source_id: str) -> bool:
        """Removes what a write made; False where that op changes what was there before and cannot be taken back."""
        ...


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook says has changed; it is read again from the vendor before anything is believed."""

    stream: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that a person pressed where they were told something. `who`: the vendor's id of the person.

    `value`: what the button carries; `place`: where it stands, as a Notifier gave it.
    """

    who: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A webhook that the vendor sent. `event_id`: the same for every delivery of the same event.

    `echo`: what the vendor wants to have back as plain text, so that it knows the address for ours; mostly nothing.
    `pressed`: what a person decided by it. `lapsing`: the vendor will not go on calling unless it is asked anew.
    """

    event_id: str
    hints: tuple[Hint, ...] = ()
    echo: str = ""
    pressed: Pressed | None = None
    lapsing: bool = False


@dataclass(frozen=True, slots=True)
class Forged:
    """A webhook that is not to be believed; `reason` is for the log, the sender is told nothing."""

    reason: str


class WebhookVerifier(Protocol):
    """Tells a vendor's own calls from others, over the raw bytes, before anything is parsed."""

    def verify(self, headers: Mapping[str, str], raw_body: bytes, url: str, now: datetime) -> Verified | Forged:
        """`url`: the public address that the vendor called; `headers` by any case; the method is POST."""
        ...
