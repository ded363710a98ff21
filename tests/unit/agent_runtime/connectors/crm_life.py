"""Two CRMs that live for a while, and what stands in a database that read them: the same after whatever went wrong."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any

from sqlalchemy import Engine, Table, func, select

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.models import StreamPlace
from agent_runtime.connectors.sync import Reading, StreamReport
from memory.merge import Merge
from memory.records import Account, Activity, Contact
from tests.unit.agent_runtime.connectors.house import CONTEXT, HandClock, House
from tests.unit.agent_runtime.connectors.vendors import VendorHouse
from tests.unit.tools.crm.hubspot.portal import portal
from tests.unit.tools.crm.salesforce.org import ACME, KIM, NORTHWIND, OLE, PILOT, ROLLOUT
from tests.unit.tools.hands import NOON, Hands
from tools.adapter import Opening
from tools.base import Page, Source, SourceRecord
from tools.fakes.wire import Faults

VENDORS = ("hubspot", "salesforce")
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_place: Table = StreamPlace.__table__  # type: ignore[attr-defined]
_merge: Table = Merge.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
LEE = "003000000000603AAA"
_LONG_AGO = NOON - timedelta(days=38)


class Killed(Exception):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Template:
    """An empty database that is copied, which is faster than making one."""

    folder: Path

    def engine(self, name: str, of: Path | None = None) -> Engine:
        """A database of its own, empty or as another one was."""
        empty = self.folder / "empty.db"
        if not empty.exists():
            made = db.make_engine(f"sqlite:///{empty}")
            db.create_schema(made)
            made.dispose()
        copyfile(of or empty, self.folder / f"{name}.db")
        return db.make_engine(f"sqlite:///{self.folder / f'{name}.db'}")


def house_of(vendor: str, engine: Engine, faults: Faults | None = None) -> Any:
    """A CRM whose answers bring two objects at a time, and the database that reads it. Not connected yet."""
    hands = Hands()
    if vendor == "hubspot":
        house = House(engine, portal(hands), hands, faults)
        house.fake.most = 2
        house.fake.add("contacts", {"firstname": "Lee", "email": "lee@acme.example"}, _LONG_AGO, "603")
        house.fake.link("contacts", "603", "companies", "502")
        return house
    other = VendorHouse(engine, vendor, hands, faults)
    other.fake.batch = 2
    other.fake.add("Contact", {"LastName": "Lee", "Email": "lee@acme.example", "AccountId": ACME}, _LONG_AGO, LEE)
    return other


def live(house: Any) -> None:
    """Some hours pass in which things change, are made, removed, taken back and made one."""
    _IN[type(house)](house)


def _hubspot(house: House) -> None:
    fake, hands = house.fake, house.hands
    hands.on(hours=1)
    fake.change("deals", "701", {"dealstage": "won", "closedate": "2026-03-02T00:00:00Z"})
    fake.add("deals", {"dealname": "Add-on", "dealstage": "s1", "amount": "700"}, object_id="703")
    fake.link("deals", "703", "companies", "502")
    fake.remove("tasks", "901")
    fake.remove("notes", "801")
    hands.on(hours=1)
    fake.restore("notes", "801")
    fake.merge("deals", "703", "702", "790")
    fake.merge("companies", "501", "502", "510")
    fake.merge("contacts", "602", "603")
    hands.on(minutes=10)


def _salesforce(house: VendorHouse) -> None:
    fake, hands = house.fake, house.hands
    hands.on(hours=1)
    fake.change("Opportunity", ROLLOUT, {"StageName": "Closed Won", "CloseDate": "2026-03-02"})
    fake.add("Opportunity", {"Name": "Add-on", "AccountId": ACME, "StageName": "Discovery", "Amount": 700.0})
    fake.remove("Task", "00T000000000901AAA")
    fake.remove("Case", "500000000000001AAA")
    fake.purge("Opportunity", PILOT)
    hands.on(hours=1)
    fake.restore("Case", "500000000000001AAA")
    fake.merge("Contact", OLE, LEE)
    fake.merge("Account", NORTHWIND, ACME)
    fake.change("Contact", KIM, {"Title": "Head"})
    hands.on(minutes=10)


_IN: dict[type[Any], Callable[[Any], None]] = {House: _hubspot, VendorHouse: _salesforce}


def stands(house: Any) -> dict[str, Any]:
    """All that was read and how far; with how many revisions and merges, so that nothing was taken twice."""
    with house.engine.connect() as connection:
        places = select(_place.c.stream, _place.c.cursor, _place.c.read_at).order_by(_place.c.stream)
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in (_activity, _merge, _account, _contact)
        }
        merged = [
            tuple(row)
            for table in (_account, _contact)
            for row in connection.execute(select(table.c.id, table.c.merged_into).order_by(table.c.id))
        ]
        read: dict[str, Any] = house.state()
        return read | {
            "places": [tuple(row) for row in connection.execute(places)], "counts": counts, "merged": merged,
        }  # fmt: skip


def keep(engine: Engine, into: Path) -> None:
    """Copies the database as it stands now."""
    raw = engine.raw_connection()
    with closing(sqlite3.connect(into)) as target:
        raw.driver_connection.backup(target)  # type: ignore[union-attr]
    raw.close()


def sync_until(house: Any, told: Callable[[StreamReport], None]) -> list[StreamReport]:
    """One round in which `told` hears of each page behind its transaction."""
    reading = house.reading()
    reading.told = told
    return list(reading.run())


class Unruly:
    """A source that gives objects twice and in another order: each page with what the page before held."""

    def __init__(self, inner: Source, seed: int) -> None:
        self._inner, self._random = inner, Random(seed)
        self.name, self.capabilities = inner.name, inner.capabilities

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages, each with the one before it again."""
        before: Sequence[SourceRecord] = ()
        for page in self._inner.read(stream, cursor):
            objects = [*_objects(before), *_objects(page.records), *_objects(page.records)]
            self._random.shuffle(objects)
            records = [record for one in objects for record in one]
            gone = [*page.gone, *page.gone]
            self._random.shuffle(gone)
            before = page.records
            yield replace(page, records=tuple(records), gone=tuple(gone))


def _objects(records: Sequence[SourceRecord]) -> list[list[SourceRecord]]:
    """The records of each object, which always come together."""
    found: dict[str, list[SourceRecord]] = {}
    for one in records:
        found.setdefault("-".join(one.source_id.split("-", 2)[:2]), []).append(one)
    return list(found.values())


def unruly_reading(house: Any, seed: int) -> Reading:
    """One round, not begun, with such a source."""
    with house.engine.begin() as connection:
        connected = service.opened(connection, house.means, "hubspot" if isinstance(house, House) else house.name)
    adapter = connected.adapter

    def source(opening: Opening) -> Source:
        return Unruly(adapter.source(opening), seed)

    other = replace(connected, adapter=replace(adapter, source=source))
    return Reading(house.engine, other, CONTEXT, HandClock(house.hands))
