"""Salesforce as a source: each kind by the time of its last change, what is in the bin too, with its histories."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tools.base import (
    Cap,
    CursorTooOld,
    Gone,
    Health,
    NotAllowed,
    Page,
    Sight,
    State,
    Stem,
    StreamSpec,
)
from tools.crm.reading import checked, filled_page, gone
from tools.crm.salesforce import rows
from tools.crm.salesforce.given import Given, Record
from tools.crm.salesforce.kinds import KINDS, History, Kind
from tools.crm.salesforce.place import Place, following, read_place
from tools.crm.salesforce.vanished import binned, purged
from tools.crm.salesforce.wire import IDS_MOST, MOST, VENDOR, SalesforceWire, dated, is_id
from tools.http.client import Refused

Clock = Callable[[], datetime]
# A change bears the time at which it was made, and shows when its transaction ends: the longest lasts ten minutes.
OVERLAP = timedelta(minutes=10)
# For so long the vendor tells what was deleted (thirty days, and a day for what takes long to show).
DELETIONS_KEPT = timedelta(days=29)
# What was deleted for good is asked for after this; what is in the bin comes with what changed.
PURGED_EVERY = timedelta(hours=1)
# The first time it is asked for from so far back: what was deleted between two beginnings of a first read.
_FIRST = timedelta(days=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_STAGES = StreamSpec("stages", "crm", "the stages of opportunities")
_STAGE_QUERY = (
    "SELECT ApiName, MasterLabel, SortOrder, IsClosed, IsWon, DefaultProbability FROM OpportunityStage "
    "ORDER BY SortOrder"
)


@dataclass(slots=True)
class SalesforceSource:
    """An org. `wanted`: the streams that are read; without the mails where the mailboxes themselves are read.

    `since`: from when tasks, meetings, cases and mails are read. `currency`: of an org that has only one.
    """

    wire: SalesforceWire
    now: Clock
    since: datetime
    wanted: Sequence[str] = tuple(name for name in KINDS if name != "emails")
    currency: str = ""
    page: int = MOST
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.HISTORY, Cap.DELETIONS, Cap.WRITES, Cap.ESTIMATE})
    _unseen: set[str] = field(default_factory=set)

    def check(self) -> Health:
        """Asks for the org, and whether accounts may be seen."""
        return checked("Salesforce", self._looked)

    def _looked(self) -> Health:
        org = self.wire.organization()
        self.wire.fields("Account")
        kind = "sandbox" if org.get("IsSandbox") else "org"
        said = f"Salesforce answers; {self.wire.used:,} of today's {self.wire.allowed:,} requests are used."
        return Health(State.WELL, said, who=f"{kind} {org.get('Name') or org.get('Id')}")

    def streams(self) -> list[StreamSpec]:
        """Users and stages, then the kinds in the order in which they refer to each other."""
        made = [
            StreamSpec(name, kind.source, kind.what, kind.table == "accounts", OVERLAP)
            for name, kind in KINDS.items()
            if name in self.wanted
        ]
        return [*made[:1], _STAGES, *made[1:]]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: stages whole each time, the kinds from where they stand."""
        if stream == "stages":
            read_at = self.now()
            yield Page((), "", True, read_at, {"stages": rows.stage_rows(list(self.wire.every(_STAGE_QUERY)))})
            return
        at = self._begin(KINDS[stream], cursor)
        while not at.done:
            page, at = self._next(stream, at)
            yield page

    def get(self, stream: str, source_id: str) -> Page | None:
        """One record, read anew; None where it is not there any more."""
        if stream not in KINDS or not is_id(source_id):
            return None
        read_at = self.now()
        found, _ = self.wire.query(self._query(KINDS[stream], f"Id = '{source_id}'"))
        return self._filled(stream, found, Page((), "", True, read_at)) if found else None

    def stems(self, stream: str) -> Sequence[Stem]:
        """What the keys of a stream's records begin with."""
        return KINDS[stream].stems if stream in KINDS else ()

    def missing(self, stream: str, ids: Sequence[str]) -> list[Gone]:
        """Those of these records that are not there any more."""
        kind, known = KINDS[stream], [one for one in ids if is_id(one)]
        present: set[str] = set()
        for start in range(0, len(known), IDS_MOST):
            query = f"SELECT Id FROM {kind.object} WHERE Id IN ({_among(known[start : start + IDS_MOST])})"
            present.update(str(one["Id"]) for one in self.wire.every(query))
        return [gone(kind, one) for one in known if one not in present]

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The CRM as a whole. What it holds of calls, meetings and mails is what somebody logged: no sight of those."""
        return [Sight("crm", "", since, until)]

    def estimate(self, stream: str, since: datetime | None) -> int:
        """How many records there are that changed since; of the stages one page."""
        kind = KINDS.get(stream)
        begins = max(self.since, since or self.since) if kind and kind.recent else since or _BEGINNING
        return self.wire.count(kind.object, f"SystemModstamp >= {dated(begins)}") if kind else 1

    def _begin(self, kind: Kind, cursor: str | None) -> Place:
        if not cursor:
            return Place(dated(self.since if kind.recent else _BEGINNING), covered=(self.now() - _FIRST).isoformat())
        at = read_place(cursor)
        if not at.done:
            return at
        if self.now() - datetime.fromisoformat(at.covered or at.ended) > DELETIONS_KEPT:
            raise CursorTooOld(VENDOR, "what was removed since the last read is not told any more")
        high = datetime.fromisoformat(at.high) if at.high else None
        since = dated(high - OVERLAP) if high else at.since
        return replace(at, since=since, behind="", done=False, covered=at.covered or at.ended)

    def _next(self, stream: str, at: Place) -> tuple[Page, Place]:
        """One page, always asked for behind the last record: what changes meanwhile comes again at the end."""
        read_at, kind = self.now(), KINDS[stream]
        query = self._query(kind, at.condition()) + f" ORDER BY SystemModstamp, Id LIMIT {self.page}"
        found, link = self.wire.query(query, deleted=True)
        place = following(at, found, read_at, more=link is not None or len(found) >= self.page)
        lost = binned(kind, found)
        if place.done:
            purged_now, place = self._purged(stream, place, read_at)
            lost += purged_now
        present = [one for one in found if not one.get("IsDeleted")]
        page = Page((), place.text(), place.done, read_at, gone=tuple(lost))
        return self._filled(stream, present, page), place

    def _purged(self, stream: str, at: Place, read_at: datetime) -> tuple[list[Gone], Place]:
        """What was deleted, also what the bin does not hold any more; what was taken back out of it is there."""
        kind, since = KINDS[stream], datetime.fromisoformat(at.covered or at.ended)
        if not kind.stems or read_at - since < PURGED_EVERY:
            return [], at
        ids, covered = purged(self.wire, kind.object, since, read_at)
        return self.missing(stream, ids), replace(at, covered=covered.isoformat())

    def _query(self, kind: Kind, where: str) -> str:
        return f"SELECT {', '.join(self._visible(kind))} FROM {kind.object} WHERE {where}"

    def _visible(self, kind: Kind) -> list[str]:
        """The fields that are there: editions, switches and rights of an org decide on it."""
        try:
            known = self.wire.fields(kind.object)
        except Refused as error:
            if error.status != 404:
                raise
            fix = f"Give it the right to read {kind.object}, or leave its stream out: --set streams=…"
            raise NotAllowed(VENDOR, f"{kind.object} cannot be seen with this credential", fix=fix) from None
        return [name for name in kind.asked if name in known]

    def _filled(self, stream: str, found: Sequence[Record], page: Page) -> Page:
        kind = KINDS[stream]
        ids = [str(one["Id"]) for one in found]
        snapshots, changes = self._rows_of(kind.snapshots, ids), self._rows_of(kind.changes, ids)
        given = (
            Given(one, page.read_at, snapshots.get(key, ()), changes.get(key, ()), self.currency)
            for one, key in zip(found, ids, strict=True)
        )
        return filled_page(page, f"{VENDOR} {stream}", kind, given)

    def _rows_of(self, history: History | None, ids: Sequence[str]) -> dict[str, list[Record]]:
        """By record, the rows of its history, the oldest first; nothing where the org keeps none."""
        found: dict[str, list[Record]] = {}
        if history is None or history.object in self._unseen:
            return found
        try:
            for start in range(0, len(ids), IDS_MOST):
                for one in self.wire.every(_history_query(history, ids[start : start + IDS_MOST])):
                    found.setdefault(str(one[history.parent]), []).append(one)
        except Refused as error:
            if error.code not in ("INVALID_TYPE", "INVALID_FIELD"):
                raise
            self._unseen.add(history.object)
            return {}
        return found


def _history_query(history: History, ids: Sequence[str]) -> str:
    names = ", ".join((history.parent, *history.fields))
    tracked = ", ".join(f"'{one}'" for one in history.tracked)
    only = f" AND Field IN ({tracked})" if tracked else ""
    where = f"{history.parent} IN ({_among(ids)}){only}"
    return f"SELECT {names} FROM {history.object} WHERE {where} ORDER BY CreatedDate, Id"


def _among(ids: Sequence[str]) -> str:
    return ", ".join(f"'{one}'" for one in ids)
