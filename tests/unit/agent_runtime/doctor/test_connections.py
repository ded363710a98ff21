"""The doctor says which connected system cannot be read, and which does not tell us when something changed."""

import pytest
from sqlalchemy import Engine

from agent_runtime.connectors import service
from agent_runtime.doctor.connections import examine_connections
from agent_runtime.doctor.finding import Finding
from tests.unit.agent_runtime.connectors.vendors import VendorHouse
from tools.fakes.wire import Asked, Faults

TOPIC = {"topic": "projects/p/topics/t"}


@pytest.fixture
def house(sqlite_engine: Engine) -> VendorHouse:
    house = VendorHouse(sqlite_engine, "gmail")
    house.connect(**TOPIC)
    return house


def _found(house: VendorHouse) -> list[Finding]:
    with house.engine.connect() as connection:
        return [*examine_connections(connection, house.hands.at, ())]


def _is_about_calls(asked: Asked) -> bool:
    return asked.path.endswith("/watch")


def test_what_is_well_is_said_in_two_lines(house: VendorHouse) -> None:
    house.sync()
    assert [(one.name, one.ok, one.found) for one in _found(house)] == [
        ("connected systems", True, "1 connected, none fails"), ("calls of vendors", True, "gmail"),
    ]  # fmt: skip


def test_nothing_connected_is_no_trouble(sqlite_engine: Engine) -> None:
    assert [one.found for one in _found(VendorHouse(sqlite_engine, "gmail"))] == ["none", "none is asked for"]


def test_a_promise_that_is_not_renewed_is_told_with_since_when_and_what_it_means(house: VendorHouse) -> None:
    house.sync()
    house.faults = Faults({"error": 100}, in_a_row=999, only=_is_about_calls)
    began = house.hands.on(hours=13)
    house.sync()
    house.hands.on(hours=2)
    house.sync()
    _, told = _found(house)
    assert (told.name, told.ok, told.needed) == ("calls of gmail", False, False)
    assert f"since {began:%Y-%m-%d %H:%M} UTC" in told.found
    assert "no answer" in told.found
    assert "still" in told.found
    assert "seen up to 1 minute later" in told.found
    assert "tenure connect gmail" in told.fix
    house.hands.on(days=7)
    assert "still" not in _found(house)[1].found
    house.faults = None
    house.sync()
    assert all(one.ok for one in _found(house))


def test_a_promise_that_ended_because_nobody_works_is_told(house: VendorHouse) -> None:
    house.sync()
    house.hands.on(days=8)
    _, told = _found(house)
    assert "nobody has asked it to go on" in told.found
    assert told.fix.startswith("Start tenure work.")


def test_a_system_that_cannot_be_read_is_told_and_one_that_is_let_go_is_not(house: VendorHouse) -> None:
    house.sync()
    house.faults = Faults({"error": 100}, in_a_row=999)
    house.hands.on(minutes=30)
    house.sync()
    (told,) = [one for one in _found(house) if not one.ok]
    assert told.name == "connection gmail"
    assert "Reading stopped" in told.found
    assert "read until 30 min ago" in told.found
    with house.engine.begin() as connection:
        service.disconnect(connection, house.means, "gmail", "ops")
    house.hands.on(days=30)
    assert [one.found for one in _found(house)] == ["none", "none is asked for"]
