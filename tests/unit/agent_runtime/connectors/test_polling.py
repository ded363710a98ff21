"""The worker's round reads what is due, one worker at a time, and later what failed."""

from datetime import timedelta
from pathlib import Path
from threading import enumerate as enumerate_threads

import pytest
from sqlalchemy import Engine, select

from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.connectors.polling import AFTER_FAILURE, EVERY, Polling
from agent_runtime.connectors.service import due_names
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.connectors.house import KEY, HandClock, House
from tests.unit.tools.crm.hubspot.portal import portal
from tests.unit.tools.hands import Hands
from tools.fakes.wire import Faults

_system = ConnectedSystem.__table__  # type: ignore[attr-defined]


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest) -> House:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    hands = Hands()
    return House(engine, portal(hands), hands)


def _polling(house: House, folder: Path, name: str = "w1") -> Polling:
    installation = Installation(Settings(data_dir=folder), house.engine, KEY, load("b2b_sales"))
    return Polling(installation, HandClock(house.hands), name, house.means)


def _finished() -> None:
    for one in enumerate_threads():
        if one.name == "tenure-connectors":
            one.join(30)


def _due(house: House) -> list[str]:
    with house.engine.connect() as connection:
        return due_names(connection, house.hands.at)


def test_round_reads_what_is_due(house: House, tmp_path: Path) -> None:
    house.connect()
    polling = _polling(house, tmp_path)
    polling.step(house.hands.at)
    _finished()
    polling.close()
    assert house.state()["activities"]
    assert _due(house) == []
    house.hands.on(seconds=EVERY.total_seconds())
    assert _due(house) == ["hubspot"]


def test_failed_round_comes_later_and_says_why(house: House, tmp_path: Path) -> None:
    house.faults = Faults({"dropped": 100}, in_a_row=10_000)
    house.connect()
    _polling(house, tmp_path).round(["hubspot"])
    with house.engine.connect() as connection:
        row = connection.execute(select(_system)).one()
    assert row.health == "unreachable"
    assert row.due_at == house.hands.at + AFTER_FAILURE


def test_of_two_workers_one_reads(house: House, tmp_path: Path) -> None:
    house.connect()
    first, second = _polling(house, tmp_path), _polling(house, tmp_path, "w2")
    first.round(["hubspot"])
    asked = len(house.fake.asked)
    second.round(["hubspot"])
    assert len(house.fake.asked) == asked
    house.hands.on(seconds=timedelta(minutes=11).total_seconds())
    second.round(["hubspot"])
    assert len(house.fake.asked) > asked
