"""HubSpot as a source: first everything by its ids, then what changed by the time of its change."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tools.base import Cap, CursorTooOld, Gone, Health, Page, Sight, State, Stem, StreamSpec
from tools.crm.hubspot import rows
from tools.crm.hubspot.given import Given, Object
from tools.crm.hubspot.kinds import KINDS, Kind
from tools.crm.hubspot.place import Place, following, milliseconds, moment_at, read_place
from tools.crm.hubspot.vanished import binned, merged, merged_lately
from tools.crm.hubspot.wire import VENDOR, HubSpotWire
from tools.crm.reading import checked, filled_page, gone

Clock = Callable[[], datetime]
# The search shows a change some time after it was made.
OVERLAP = timedelta(minutes=2)
_OVERLAP = OVERLAP // timedelta(milliseconds=1)
# What was removed is asked for anew after this; the list of it has no order of time.
BIN_EVERY = timedelta(hours=1)
# For so long the vendor keeps what was removed; after that a deletion could have been missed.
BIN_KEPT = timedelta(days=90)
# The first look into it goes back so far: what was removed between two beginnings of a first read.
_BIN_FIRST = timedelta(days=1) // timedelta(milliseconds=1)
_AROUND = ("tasks", "notes", "calls", "meetings", "emails")
_WHO = (
    StreamSpec("owners", "crm", "the people whose names stand on records: name, address, team"),
    StreamSpec("stages", "crm", "the pipelines of deals with their stages"),
)


@dataclass(slots=True)
class HubSpotSource:
    """A portal. `wanted`: the streams that are read; without the mails where the mailboxes themselves are read.

    `own`: by stream, columns that this portal keeps in properties of its own, with the names of these.
    """

    wire: HubSpotWire
    now: Clock
    wanted: Sequence[str] = tuple(name for name in KINDS if name != "emails")
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.HISTORY, Cap.DELETIONS, Cap.WEBHOOKS, Cap.WRITES, Cap.ESTIMATE})
    _stages: dict[str, str] = field(default_factory=dict)

    def check(self) -> Health:
        """Asks for the portal and for one page of owners."""
        return checked("HubSpot", self._looked)

    def _looked(self) -> Health:
        portal = self.wire.account()
        self.wire.owners(None, archived=False)
        return Health(State.WELL, "HubSpot answers, and the token may read.", who=f"portal {portal.get('portalId')}")

    def streams(self) -> list[StreamSpec]:
        """Owners and stages, then the objects in the order in which they refer to each other."""
        kinds = [(name, kind) for name, kind in KINDS.items() if name in self.wanted]
        made = [StreamSpec(name, kind.source, kind.what, kind.table == "accounts", OVERLAP) for name, kind in kinds]
        return [*_WHO, *made]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: owners and stages whole each time, objects from where they stand."""
        if stream == "owners":
            yield self._owners()
        elif stream == "stages":
            yield self._read_stages()
        else:
            yield from self._objects(stream, read_place(cursor) if cursor else None)

    def get(self, stream: str, source_id: str) -> Page | None:
        """One object, read anew; None where it is not there any more."""
        page = self._read(stream, [source_id], Page((), "", True, self.now()))
        return page if page.records or page.rows or page.rejected else None

    def stems(self, stream: str) -> Sequence[Stem]:
        """What the keys of a stream's records begin with."""
        return KINDS[stream].stems if stream in KINDS else ()

    def missing(self, stream: str, ids: Sequence[str]) -> list[Gone]:
        """Those of these objects that are not there any more."""
        present = {str(one["id"]) for one in self.wire.read(stream, ids, (), ())}
        return [gone(KINDS[stream], one) for one in ids if one not in present]

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """The CRM as a whole. What it holds of calls, meetings and mails is what somebody logged: no sight of those."""
        return [Sight("crm", "", since, until)]

    def estimate(self, stream: str, since: datetime | None) -> int:
        """How many objects there are that were made since; of the people and stages one page each."""
        kind = KINDS.get(stream)
        if kind is None:
            return 1
        return self.wire.count(stream, [[_filter(kind.created, "GTE", since or moment_at(0))]])

    def _owners(self) -> Page:
        read_at, found = self.now(), []
        for archived in (False, True):
            after: str | None = None
            while True:
                owners, after = self.wire.owners(after, archived=archived)
                found += [rows.owner_row(one, archived=archived) for one in owners]
                if after is None:
                    break
        return Page((), "", True, read_at, {"users": found})

    def _read_stages(self) -> Page:
        read_at = self.now()
        found, self._stages = rows.stage_rows(self.wire.pipelines("deals"))
        return Page((), "", True, read_at, {"stages": found})

    def _objects(self, stream: str, at: Place | None) -> Iterator[Page]:
        at = at or Place(began=milliseconds(self.now()))
        if at.done:
            self._refuse_stale(at)
            at = replace(at, changed=max(0, at.high - _OVERLAP), tie=None, done=False)
        while not at.done:
            page, at = self._first(stream, at) if at.after is not None else self._changed(stream, at)
            yield page

    def _refuse_stale(self, at: Place) -> None:
        if self.now() - moment_at(at.binned) > BIN_KEPT:
            raise CursorTooOld(VENDOR, "what was removed since the last read is not kept any more")

    def _first(self, stream: str, at: Place) -> tuple[Page, Place]:
        """One page of everything; when it is over, what changed meanwhile is read by time."""
        kind, read_at = self._kind(stream), self.now()
        found, after = self.wire.listed(stream, kind.asked, kind.history, kind.links, at.after or None)
        links = {str(one["id"]): _inline(one) for one in found}
        place = replace(at, after=after)
        if after is None:
            place = replace(place, changed=at.began - _OVERLAP, high=at.began - _OVERLAP, binned=at.began - _BIN_FIRST)
        page = Page((), place.text(), False, read_at, gone=tuple(merged(kind, found)))
        return self._filled(stream, found, links, page), place

    def _changed(self, stream: str, at: Place) -> tuple[Page, Place]:
        """One page of what changed: never by page numbers, because what changes meanwhile would shift them."""
        kind, read_at = self._kind(stream), self.now()
        seen, more = self._seen(stream, at)
        place, lost = following(at, seen, kind.changed, more=more), list[Gone]()
        if place.done and milliseconds(read_at) - at.binned >= BIN_EVERY.total_seconds() * 1000:
            lost = list(binned(self.wire, stream, kind, moment_at(at.binned) - OVERLAP))
            place = replace(place, binned=milliseconds(read_at))
        page = Page((), place.text(), place.done, read_at, gone=tuple(lost))
        return self._read(stream, [str(one["id"]) for one in seen], page, moment_at(at.changed)), place

    def _seen(self, stream: str, at: Place) -> tuple[list[Object], bool]:
        changed, since = KINDS[stream].changed, moment_at(at.changed)
        if at.tie is None:
            return self.wire.search(stream, [[_filter(changed, "GTE", since)]], changed, [changed])
        behind = {"propertyName": "hs_object_id", "operator": "GT", "value": at.tie}
        return self.wire.search(stream, [[_filter(changed, "EQ", since), behind]], "hs_object_id", [changed])

    def _read(self, stream: str, ids: Sequence[str], page: Page, since: datetime | None = None) -> Page:
        """The page with these objects, and with what moved when another went up in one of them since then."""
        kind = self._kind(stream)
        found = self.wire.read(stream, ids, kind.asked, kind.history) if ids else []
        filled = self._filled(stream, found, self._links_of(stream, found), page)
        filled = replace(filled, gone=(*merged(kind, found), *page.gone))
        winners = merged_lately(kind, found, since) if stream == "deals" and since else []
        # What moves with a deal does not change by that, so that the search does not show it.
        around = [self._around(winners, to, page) for to in _AROUND if winners and to in self.wanted]
        return replace(filled, records=(*filled.records, *(one for other in around for one in other.records)))

    def _around(self, deals: Sequence[str], to: str, page: Page) -> Page:
        linked = self.wire.associations("deals", to, deals)
        ids = list(dict.fromkeys(one for others in linked.values() for one in others))
        return self._read(to, ids, replace(page, gone=()))

    def _links_of(self, stream: str, found: Sequence[Object]) -> dict[str, dict[str, list[str]]]:
        ids = [str(one["id"]) for one in found]
        links: dict[str, dict[str, list[str]]] = {one: {} for one in ids}
        for to in KINDS[stream].links if ids else ():
            for one, others in self.wire.associations(stream, to, ids).items():
                links.setdefault(one, {})[to] = others
        return links

    def _kind(self, stream: str) -> Kind:
        return KINDS[stream].with_own(self.own.get(stream, {}))

    def _addresses(self, links: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, str]:
        """The mail addresses of the contacts that belong to these objects, by their ids."""
        ids = sorted({one for told in links.values() for one in told.get("contacts", ())})
        found = self.wire.read("contacts", ids, ["email"], []) if ids else []
        return {str(one["id"]): str((one.get("properties") or {}).get("email") or "").lower() for one in found}

    def _filled(
        self, stream: str, found: Sequence[Object], links: Mapping[str, Mapping[str, Sequence[str]]], page: Page
    ) -> Page:
        own = self.own.get(stream, {})
        if stream == "deals" and not self._stages:
            self._read_stages()
        addresses = self._addresses(links) if stream == "meetings" else {}
        given = (Given(one, links.get(str(one["id"]), {}), page.read_at, self._stages, addresses, own) for one in found)
        return filled_page(page, f"{VENDOR} {stream}", self._kind(stream), given)


def _inline(one: Object) -> dict[str, list[str]]:
    """What belongs to an object, out of the list's own answer; the primary one is the one without "unlabeled"."""
    links = {}
    for to, told in (one.get("associations") or {}).items():
        results = sorted(told.get("results") or [], key=lambda other: str(other.get("type", "")).endswith("unlabeled"))
        links[to] = list(dict.fromkeys(str(other["id"]) for other in results))
    return links


def _filter(name: str, operator: str, moment: datetime) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(milliseconds(moment))}
