"""HubSpot and Salesforce are read to the same end, whatever goes wrong at whichever page; nothing is taken twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from agent_runtime.accounts.merging import undo_merge
from agent_runtime.connectors import sync
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.connectors.withdrawing import unite, withdrawn
from memory.merge import Merge
from memory.records import Activity
from tests.unit.agent_runtime.connectors.crm_life import (
    LEE,
    VENDORS,
    Killed,
    Template,
    house_of,
    keep,
    live,
    stands,
    sync_until,
    unruly_reading,
)
from tests.unit.tools.crm.salesforce.org import ACME, NORTHWIND, OLE, PILOT, ROLLOUT
from tests.unit.tools.hands import NOON
from tools.base import Gone, Stem
from tools.fakes.wire import Faults

_activity = Activity.__table__  # type: ignore[attr-defined]
_system = ConnectedSystem.__table__  # type: ignore[attr-defined]
# How many pages the first read of each brings, and the one after it lived for a while.
PAGES = {("hubspot", 0): 17, ("hubspot", 1): 9, ("salesforce", 0): 11, ("salesforce", 1): 11}
_NAMES = count()


@dataclass
class Past:
    """A CRM that was read twice without a fault: the database behind each page, and what stood there at each end."""

    template: Template
    houses: list[Any] = field(default_factory=list)
    behind: list[list[Path]] = field(default_factory=list)
    ends: list[dict[str, Any]] = field(default_factory=list)

    def read(self, house: Any) -> None:
        """One round, kept behind each page; the first place is before the first."""
        number, kept = len(self.ends), list[Path]()

        def told(_: object) -> None:
            kept.append(self.template.folder / f"{id(self)}-{number}-{len(kept)}.db")
            keep(house.engine, kept[-1])

        told(None)
        reports = sync_until(house, told)
        assert [(one.stream, one.problem) for one in reports if one.problem or not one.complete] == []
        self.behind.append(kept)
        self.houses.append(house)
        self.ends.append(stands(house))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("crm"))


@pytest.fixture(scope="module")
def pasts(template: Template) -> dict[str, Past]:
    found = {}
    for vendor in VENDORS:
        past = Past(template)
        first = house_of(vendor, template.engine(f"{vendor}-past"))
        first.connect()
        past.read(first)
        # What was read stays as it is; the same CRM lives on beside it.
        later = house_of(vendor, first.engine)
        live(later)
        past.read(later)
        found[vendor] = past
    return found


@pytest.fixture
def fresh(template: Template) -> Iterator[Any]:
    """Houses on databases of their own."""
    made: list[Any] = []

    def make(vendor: str, faults: Faults | None = None, of: Path | None = None) -> Any:
        made.append(house_of(vendor, template.engine(f"fresh-{next(_NAMES)}", of), faults))
        return made[-1]

    yield make
    for house in made:
        house.engine.dispose()


def test_every_page_is_among_those_at_which_it_is_killed(pasts: dict[str, Past]) -> None:
    told = {(vendor, number): len(pasts[vendor].behind[number]) - 1 for vendor, number in PAGES}
    assert told == PAGES


def _resumed(past: Past, number: int, house: Any) -> dict[str, Any]:
    """What stands there after a round from a kept database against the CRM of that time."""
    house.fake, house.hands = past.houses[number].fake, past.houses[number].hands
    house.sync()
    return stands(house)


PLACES = [(vendor, number, page) for (vendor, number), pages in PAGES.items() for page in range(pages)]


@pytest.mark.parametrize(("vendor", "number", "page"), PLACES)
def test_killed_behind_a_page_it_goes_on_to_the_same_end(
    pasts: dict[str, Past], fresh: Any, vendor: str, number: int, page: int
) -> None:
    past = pasts[vendor]
    house = fresh(vendor, of=past.behind[number][page + 1])
    assert _resumed(past, number, house) == past.ends[number]


@pytest.mark.parametrize(("vendor", "number", "page"), PLACES)
def test_killed_inside_the_transaction_of_a_page_nothing_of_it_stands_and_it_goes_on_to_the_same_end(
    pasts: dict[str, Past], fresh: Any, monkeypatch: pytest.MonkeyPatch, vendor: str, number: int, page: int
) -> None:
    past = pasts[vendor]
    house = fresh(vendor, of=past.behind[number][page])
    house.fake, house.hands = past.houses[number].fake, past.houses[number].hands
    before = stands(house)

    def killed(*told: Any) -> bool:
        unite(*told)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sync, "unite", killed)
        with pytest.raises(Killed):
            house.sync()
    assert _without_new_places(stands(house), before) == before
    assert _resumed(past, number, house) == past.ends[number]


def _without_new_places(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """That a stream is about to be read is noted before its first page."""
    known = {place[0] for place in before["places"]}
    return now | {"places": [place for place in now["places"] if place[0] in known or place[1] is not None]}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("seed", [1, 2])
def test_everything_twice_and_in_another_order_comes_to_the_same_end(
    pasts: dict[str, Past], fresh: Any, vendor: str, seed: int
) -> None:
    past, house = pasts[vendor], fresh(vendor)
    house.connect()
    for number, of in enumerate(past.houses):
        house.fake, house.hands = of.fake, of.hands
        unruly_reading(house, seed).run()
        assert stands(house) == past.ends[number]


STORMS = {
    "the limit": {"limit": 5},
    "the server fails": {"error": 35, "dropped": 15},
    "answers do not come or break off": {"late": 25, "broken": 2},
    "all of it": {"limit": 3, "error": 8, "dropped": 8, "late": 8, "broken": 3},
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("storm", STORMS)
def test_storms_end_as_without(pasts: dict[str, Past], fresh: Any, vendor: str, storm: str) -> None:
    past = pasts[vendor]
    house = fresh(vendor, Faults(STORMS[storm], seed=11, in_a_row=6))
    house.connect()
    for number, of in enumerate(past.houses):
        house.fake, house.hands = of.fake, of.hands
        for _ in range(80):
            house.sync()
            if stands(house) == past.ends[number]:
                break
        assert stands(house) == past.ends[number]
    assert sum(house.faults.counts.values()) > 3


def test_limit_of_the_day_lets_it_rest_and_go_on_the_next_day(pasts: dict[str, Past], fresh: Any) -> None:
    past, house = pasts["salesforce"], fresh("salesforce")
    house.connect()
    house.fake, house.hands = past.houses[0].fake, past.houses[0].hands
    allowed, house.fake.allowed = house.fake.allowed, house.fake.used + 25
    house.sync()
    with house.engine.connect() as connection:
        assert connection.scalar(select(_system.c.health)) == "limited"
    house.fake.allowed = allowed
    house.sync()
    assert stands(house) == past.ends[0]


# ---- what the end is


def _records(house: Any, stem: str) -> set[tuple[str, bool]]:
    with house.engine.connect() as connection:
        query = select(_activity.c.source_id, _activity.c.deleted, _activity.c.account_id).where(_activity.c.current)
        return {(row.account_id, row.deleted) for row in connection.execute(query) if row.source_id.startswith(stem)}


def test_hubspot_what_was_made_one_is_one_and_what_is_gone_is_withdrawn(pasts: dict[str, Past]) -> None:
    past = pasts["hubspot"]
    house, end = past.houses[1], past.ends[1]
    merged = dict(end["merged"])
    assert (merged["501"], merged["502"], merged["603"]) == ("510", "510", "602")
    assert _records(house, "deal-701") == {("510", False)}
    assert {deleted for _, deleted in _records(house, "deal-702")} == {True}
    assert _records(house, "deal-790") == {("510", False)}
    assert {deleted for _, deleted in _records(house, "task-901")} == {True}
    assert _records(house, "note-801") == {("510", False)}


def test_salesforce_what_was_made_one_is_one_and_what_is_gone_is_withdrawn(pasts: dict[str, Past]) -> None:
    past = pasts["salesforce"]
    house, end = past.houses[1], past.ends[1]
    merged = dict(end["merged"])
    assert merged[ACME] == NORTHWIND
    assert merged[LEE] == OLE
    assert _records(house, f"opportunity-{ROLLOUT}") == {(NORTHWIND, False)}
    assert {deleted for _, deleted in _records(house, f"opportunity-{PILOT}")} == {True}
    assert {deleted for _, deleted in _records(house, "task-00T000000000901AAA")} == {True}
    assert _records(house, "case-500000000000001AAA") == {(NORTHWIND, False)}


@pytest.mark.parametrize("vendor", VENDORS)
def test_after_a_long_silence_all_is_read_anew_and_what_vanished_meanwhile_is_withdrawn(
    fresh: Any, vendor: str
) -> None:
    house = fresh(vendor)
    house.connect()
    house.sync()
    before = house.state()
    house.hands.on(days=120)
    stem = "deal-702" if vendor == "hubspot" else f"opportunity-{PILOT}"
    if vendor == "hubspot":
        house.fake.forget("deals", "702")
    else:
        house.fake.purge("Opportunity", PILOT, house.hands.at - timedelta(days=60))
    reports = house.sync()
    assert any(one.resynced for one in reports)
    assert not any(one.problem for one in reports)
    assert {deleted for _, deleted in _records(house, stem)} == {True}
    rest = [[row for row in one["activities"] if not row[0].startswith(stem)] for one in (before, house.state())]
    assert rest[0] == rest[1]


def test_merge_that_a_person_took_back_is_not_made_again(fresh: Any) -> None:
    house = fresh("hubspot")
    house.connect()
    house.sync()
    house.hands.on(hours=1)
    house.fake.merge("companies", "501", "502")
    house.sync()
    with house.engine.begin() as connection:
        merge = connection.execute(select(Merge.__table__)).one()  # type: ignore[attr-defined]
        assert (merge.loser, merge.winner, merge.merged_by) == ("502", "501", "rule:hubspot")
        undo_merge(connection, merge.id, "ada", house.hands.at, house.means.install_key)
    house.hands.on(hours=1)
    house.fake.change("companies", "501", {"name": "Northwind Ltd"})
    house.sync()
    assert dict(stands(house)["merged"])["502"] is None


def _withdraw(engine: Engine, ids: Sequence[str]) -> set[str]:
    gone = [Gone((Stem("crm", "crm", f"deal-{one}"),)) for one in ids]
    with engine.connect() as connection:
        return {one.source_id for one in withdrawn(connection, gone, NOON)}


def _keys(engine: Engine) -> None:
    keys = [
        "deal-7",
        "deal-7-stage-1",
        "deal-71-stage-1",
        "deal-7x",
        "Deal-7-stage",
        "deal-8-a-b",
        "deals-7-a",
        "deal-70",
    ]
    common = {"source": "crm", "stream": "crm", "content_hash": "x", "kind": "note", "occurred_at": NOON}
    rows = [
        {
            "id": f"act_{one}",
            "source_id": one,
            "known_at": NOON,
            "current": True,
            "deleted": one == "deal-70",
            "data": {},
        }
        | common
        for one in keys
    ]
    with engine.begin() as connection:
        connection.execute(_activity.insert(), rows)


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_keys_are_found_by_their_stem_alone_few_or_many(request: pytest.FixtureRequest, kind: str) -> None:
    engine = request.getfixturevalue(kind)
    _keys(engine)
    for more in ([], [str(one) for one in range(1000, 1100)]):
        assert _withdraw(engine, ["7", *more]) == {"deal-7", "deal-7-stage-1"}
        assert _withdraw(engine, ["8", "70", *more]) == {"deal-8-a-b"}
