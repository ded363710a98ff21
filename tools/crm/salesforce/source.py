"""Salesforce as a source: each kind by the time of its last change, what is in the bin too, with its histories."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tools.base import (
    Cap,
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Rejected,
    Row,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.crm.salesforce import events, rows
from tools.crm.salesforce.given import Given, Record
from tools.crm.salesforce.kinds import KINDS, History, Kind
from tools.crm.salesforce.place import Place, following, read_place
from tools.crm.salesforce.wire import IDS_MOST, MOST, VENDOR, SalesforceWire, dated, is_id
from tools.http.client import Refused

Clock = Callable[[], datetime]
# A change bears the time at which it was made, and shows when its transaction ends: the longest lasts ten minutes.
OVERLAP = timedelta(minutes=10)
# For so long the vendor keeps what was removed; after that a deletion could have been missed.
BIN_KEPT = timedelta(days=15)
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
        try:
            org = self.wire.organization()
            self.wire.fields("Account")
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Salesforce does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Salesforce's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Salesforce could not be reached: {error.what}.")
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
        return self._page(stream, found, read_at, "", complete=True) if found else None

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
            return Place(dated(self.since if kind.recent else _BEGINNING))
        at = read_place(cursor)
        if not at.done:
            return at
        if self.now() - datetime.fromisoformat(at.ended) > BIN_KEPT:
            raise CursorTooOld(VENDOR, "what was removed since the last read is not kept any more")
        high = datetime.fromisoformat(at.high) if at.high else None
        since = dated(high - OVERLAP) if high else at.since
        return replace(at, since=since, behind="", done=False)

    def _next(self, stream: str, at: Place) -> tuple[Page, Place]:
        """One page, always asked for behind the last record: what changes meanwhile comes again at the end."""
        read_at, kind = self.now(), KINDS[stream]
        query = self._query(kind, at.condition()) + f" ORDER BY SystemModstamp, Id LIMIT {self.page}"
        found, link = self.wire.query(query, deleted=True)
        place = following(at, found, read_at, more=link is not None or len(found) >= self.page)
        return self._page(stream, found, read_at, place.text(), place.done), place

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

    def _page(
        self, stream: str, found: Sequence[Record], read_at: datetime, cursor: str, complete: bool = False
    ) -> Page:
        kind = KINDS[stream]
        ids = [str(one["Id"]) for one in found]
        snapshots, changes = self._rows_of(kind.snapshots, ids), self._rows_of(kind.changes, ids)
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        made: list[Row] = []
        for one in found:
            key = str(one["Id"])
            given = Given(one, read_at, snapshots.get(key, ()), changes.get(key, ()), self.currency)
            told, reject = events.mapped(kind.to_records, given, stream)
            records += told
            rejected += [reject] if reject else []
            if kind.row and not given.deleted and (kind.table != "users" or rows.is_person(given)):
                made.append(kind.row(given))
        return Page(tuple(records), cursor, complete, read_at, {kind.table: made} if made else {}, tuple(rejected))

    def _rows_of(self, history: History | None, ids: Sequence[str]) -> dict[str, list[Record]]:
        """By record, the rows of its history, the oldest first; nothing where the org keeps none."""
        found: dict[str, list[Record]] = {}
        if history is None or history.object in self._unseen:
            return found
        try:
            for start in range(0, len(ids), IDS_MOST):
                for one in self.wire.every(_history_query(history, ids[start : start + IDS_MOST]), deleted=True):
                    found.setdefault(str(one[history.parent]), []).append(one)
        except Refused as error:
            if error.code not in ("INVALID_TYPE", "INVALID_FIELD"):
                raise
            self._unseen.add(history.object)
            return {}
        return found


def _history_query(history: History, ids: Sequence[str]) -> str:
    among = ", ".join(f"'{one}'" for one in ids)
    names = ", ".join((history.parent, *history.fields))
    tracked = ", ".join(f"'{one}'" for one in history.tracked)
    only = f" AND Field IN ({tracked})" if tracked else ""
    return f"SELECT {names} FROM {history.object} WHERE {history.parent} IN ({among}){only} ORDER BY CreatedDate, Id"
