"""Every vendor is read whole, again, after a kill at every page, through faults: always to the same end."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.hooks import receive
from agent_runtime.connectors.models import ConnectedSystem, StreamPlace
from tests.unit.agent_runtime.connectors.vendors import VENDORS, VendorHouse
from tools.base import Verified
from tools.fakes.wire import Faults

_system = ConnectedSystem.__table__  # type: ignore[attr-defined]

every = pytest.mark.parametrize("name", VENDORS)


def _fresh(folder: Path, name: str) -> Engine:
    engine = db.make_engine(f"sqlite:///{folder / name}.db")
    db.create_schema(engine)
    return engine


class Killed(Exception):
    """The process ends here."""


@every
def test_first_round_is_whole_and_the_second_changes_nothing(sqlite_engine: Engine, name: str) -> None:
    house = VendorHouse(sqlite_engine, name)
    house.connect()
    reports = house.sync()
    assert [(one.stream, one.problem) for one in reports if one.problem or not one.complete] == []
    before = house.state()
    assert before["activities"]
    house.hands.on(minutes=1)
    assert sum(one.added + one.revised for one in house.sync()) == 0
    assert house.state() == before


def test_rounds_on_postgres(postgres_engine: Engine) -> None:
    house = VendorHouse(postgres_engine, "salesforce")
    house.connect()
    house.sync()
    before = house.state()
    assert before["activities"]
    house.hands.on(minutes=1)
    assert sum(one.added + one.revised for one in house.sync()) == 0


@every
def test_change_is_seen_in_the_next_round(sqlite_engine: Engine, name: str) -> None:
    house = VendorHouse(sqlite_engine, name)
    house.connect()
    house.sync()
    before = house.state()
    house.hands.on(hours=2)
    VENDORS[name].change(house.fake)
    house.sync()
    assert house.state()["activities"] != before["activities"]


@every
def test_kill_at_every_page_and_go_on(tmp_path: Path, name: str) -> None:
    whole = VendorHouse(_fresh(tmp_path, "whole"), name)
    whole.connect()
    whole.sync()
    with whole.engine.connect() as connection:
        pages = connection.scalar(select(func.sum(StreamPlace.turn))) or 0
    killed = VendorHouse(_fresh(tmp_path, "killed"), name)
    killed.connect()
    for _ in range(pages):
        _sync_until_killed(killed)
    killed.sync()
    assert killed.state() == whole.state()


def _sync_until_killed(house: VendorHouse) -> None:
    def told(_: object) -> None:
        raise Killed

    reading = house.reading()
    reading.told = told
    with pytest.raises(Killed):
        reading.run()


@every
@pytest.mark.parametrize("seed", [1, 2])
def test_storm_of_faults_ends_as_without(tmp_path: Path, name: str, seed: int) -> None:
    calm = VendorHouse(_fresh(tmp_path, "calm"), name)
    calm.connect()
    calm.sync()
    storm = {"limit": 2, "error": 8, "dropped": 6, "late": 6, "broken": 2}
    stormy = VendorHouse(_fresh(tmp_path, "stormy"), name, faults=Faults(storm, seed=seed, in_a_row=8))
    stormy.connect()
    for _ in range(60):
        reports = stormy.sync()
        is_over = all(one.complete and not one.problem for one in reports) and stormy.state() == calm.state()
        if is_over and stormy.faults and sum(stormy.faults.counts.values()) > 5:
            break
    assert stormy.state() == calm.state()


def test_a_private_talk_leaves_nothing_and_one_made_private_is_withdrawn(sqlite_engine: Engine) -> None:
    house = VendorHouse(sqlite_engine, "gong")
    house.connect()
    house.sync()
    private = next(one["metaData"]["id"] for one in house.fake.talks if one["metaData"]["isPrivate"])
    before = {row[0]: row[7] for row in house.state()["activities"]}
    assert f"gong-{private}" not in before
    taken = [one["metaData"]["id"] for one in house.fake.talks if not one["metaData"]["isPrivate"]][-1]
    house.fake.set_private(taken)
    house.hands.on(hours=2)
    house.sync()
    after = {row[0]: row[7] for row in house.state()["activities"]}
    assert (before[f"gong-{taken}"], after[f"gong-{taken}"]) == (False, True)
    assert after.keys() == before.keys()


def test_call_of_graph_is_echoed_believed_or_not(sqlite_engine: Engine) -> None:
    house = VendorHouse(sqlite_engine, "graph")
    house.connect(call_address="https://tenure.example/hooks/vendors/graph", call_secret="canary-word")
    house.sync()
    assert [one["clientState"] for one in house.fake.subscriptions.held.values()] == ["canary-word"] * 2
    url, later = "https://tenure.example/hooks/vendors/graph", house.hands.at + timedelta(hours=1)
    call = b'{"value": [{"clientState": "%s", "resource": "users/a/messages/x"}]}'
    told = [(b"", f"{url}?validationToken=abc", later), (call % b"another", url, later),
            (call % b"canary-word", url, house.hands.at)]  # fmt: skip
    for body, address, due in told:
        with sqlite_engine.begin() as connection:
            service.set_due(connection, "graph", later)
            answer = receive(connection, house.means, "graph", {}, body, address, house.hands.at)
            assert connection.scalar(select(_system.c.due_at)) == due
        if not body:
            assert isinstance(answer, Verified)
            assert answer.echo == "abc"
