"""Vendors are asked to go on calling us in time; a refusal is told where people look, and reading goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from agent_runtime.app import create_app
from agent_runtime.connectors import service
from agent_runtime.connectors.calling import CallsLine, calls_lines, end_calls
from agent_runtime.connectors.status import connector_lines
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.app.office import NOW, opened
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.agent_runtime.connectors.vendors import VendorHouse
from tests.unit.tools.hands import Hands
from tools.fakes.wire import Asked, Faults

ADDRESS, WORD = "https://tenure.example/hooks/vendors/graph", "canary-word"
ANSWERS = {
    "graph": {"call_address": ADDRESS, "call_secret": WORD},
    "gmail": {"topic": "projects/p/topics/t"},
}
both = pytest.mark.parametrize("name", ANSWERS)


def _house(engine: Engine, name: str) -> VendorHouse:
    house = VendorHouse(engine, name)
    house.connect(**ANSWERS[name])
    return house


def _calls(house: VendorHouse) -> list[CallsLine]:
    with house.engine.connect() as connection:
        return calls_lines(connection).get(house.name, [])


def _asked(house: VendorHouse) -> int:
    """How often the vendor was asked to call."""
    return len([one for one in house.fake.asked if one.method != "GET" and _is_about_calls(one)])


def _is_about_calls(asked: Asked) -> bool:
    return asked.path.endswith("/watch") or "/subscriptions" in asked.path


@both
def test_it_is_asked_at_once_and_again_in_time(sqlite_engine: Engine, name: str) -> None:
    house = _house(sqlite_engine, name)
    house.sync()
    first = _calls(house)
    assert all(one.until and one.until - house.hands.at >= timedelta(days=6) and not one.problem for one in first)
    asked = _asked(house)
    assert asked == len(first) > 0
    house.hands.on(hours=11)
    house.sync()
    assert _asked(house) == asked
    house.hands.on(hours=2)
    house.sync()
    assert _asked(house) == 2 * asked
    assert [one.until for one in _calls(house)] == [one.until + timedelta(hours=13) for one in first if one.until]


@both
def test_a_refusal_is_told_with_its_fix_and_reading_goes_on(sqlite_engine: Engine, name: str) -> None:
    house = _house(sqlite_engine, name)
    house.faults = Faults({"error": 100}, in_a_row=999, only=_is_about_calls)
    reports = house.sync()
    assert all(one.complete and not one.problem for one in reports)
    begun = house.hands.at
    (line,) = [one for one in _lines(house) if one.name == name]
    assert line.health == "well"
    assert all("no answer" in one.problem and one.failing_since == begun for one in line.calls)
    assert line.calls
    house.hands.on(minutes=16)
    house.sync()
    assert [one.failing_since for one in _calls(house)] == [begun] * len(line.calls)
    house.faults = None
    house.hands.on(minutes=16)
    house.sync()
    assert [(one.problem, one.failing_since) for one in _calls(house)] == [("", None)] * len(line.calls)


def _lines(house: VendorHouse) -> list[Any]:
    with house.engine.connect() as connection:
        return connector_lines(connection, house.hands.at)


def test_what_is_lost_at_the_vendor_is_made_anew(sqlite_engine: Engine) -> None:
    house = _house(sqlite_engine, "graph")
    house.sync()
    house.fake.subscriptions.held.clear()
    house.hands.on(days=1)
    house.sync()
    assert len(house.fake.subscriptions.held) == 2


def test_an_address_that_is_not_ours_is_told_and_without_one_nothing_is_asked(sqlite_engine: Engine) -> None:
    house = _house(sqlite_engine, "graph")
    house.fake.subscriptions.reached = lambda url: "another page"
    house.sync()
    assert all("ValidationError" in one.problem for one in _calls(house))
    with sqlite_engine.begin() as connection:
        service.disconnect(connection, house.means, "graph", "ops")
    house.connect()
    house.sync()
    assert _calls(house) == []


@both
def test_the_end_is_told_to_the_vendor(sqlite_engine: Engine, name: str) -> None:
    house = _house(sqlite_engine, name)
    house.sync()
    assert end_calls(house.engine, name, house.reading().connected.source()) == []
    assert (house.fake.watches[-1] == "") if name == "gmail" else (house.fake.subscriptions.held == {})
    assert _calls(house) == []
    house.sync()
    house.faults = Faults({"dropped": 100}, in_a_row=999)
    left = end_calls(house.engine, name, house.reading().connected.source())
    assert left == ["emails"] + (["meetings"] if name == "graph" else [])


@contextmanager
def _door(house: VendorHouse) -> Iterator[TestClient]:
    """The application, which the stand-in reaches at its address."""
    settings = Settings(public_url="https://tenure.example/")
    installation = Installation(settings, house.engine, KEY, load("b2b_sales"))
    with TestClient(create_app(installation, HandClock(house.hands)), base_url="https://tenure.example") as client:
        house.fake.subscriptions.reached = lambda url: client.post(url).text
        yield client


def _call(**told: str) -> bytes:
    one = {"subscriptionId": "sub-1", "clientState": WORD, "resource": "users/ada/messages/AA1", **told}
    return orjson.dumps({"value": [one]})


def test_what_the_vendor_says_of_its_subscription_is_met_at_the_next_read(sqlite_engine: Engine) -> None:
    house = _house(sqlite_engine, "graph")
    with _door(house) as client:
        house.sync()
        assert [one.problem for one in _calls(house)] == ["", ""]
        for event, asks in (("reauthorizationRequired", 2), ("subscriptionRemoved", 2), ("missed", 0)):
            if event == "subscriptionRemoved":
                house.fake.subscriptions.held.clear()
            house.hands.on(minutes=5)
            _read_in_an_hour(house)
            assert client.post(ADDRESS, content=_call(lifecycleEvent=event)).status_code == 200
            assert _due(house) == ["graph"]
            before = _until(house)
            house.sync()
            renewed = [now for was, now in zip(before, _until(house), strict=True) if now > was]
            assert len(renewed) == asks
            assert len(house.fake.subscriptions.held) == 2


def _read_in_an_hour(house: VendorHouse) -> None:
    with house.engine.begin() as connection:
        service.set_due(connection, "graph", house.hands.at + timedelta(hours=1))


def _due(house: VendorHouse) -> list[str]:
    with house.engine.connect() as connection:
        return service.due_names(connection, house.hands.at)


def _until(house: VendorHouse) -> list[datetime]:
    return [one.until for one in _calls(house) if one.until]


def test_a_call_with_another_word_changes_nothing(sqlite_engine: Engine) -> None:
    house = _house(sqlite_engine, "graph")
    with _door(house) as client:
        house.sync()
        _read_in_an_hour(house)
        for word in ("", "canary-wore", "canary-word2", "canary"):
            told = client.post(ADDRESS, content=_call(clientState=word, lifecycleEvent="subscriptionRemoved"))
            assert told.status_code == 401
        assert _due(house) == []
        assert all(one.due_at > house.hands.at for one in _calls(house))


def test_the_page_and_the_api_say_that_a_vendor_does_not_call(sqlite_engine: Engine, tmp_path: Path) -> None:
    with opened(sqlite_engine, tmp_path) as office:
        house = VendorHouse(sqlite_engine, "gmail", Hands(NOW))
        house.connect(**ANSWERS["gmail"])
        house.sync()
        page = office.ask("mona", "GET", "/admin", headers={"Accept": "text/html"}).text
        assert "It tells us at once when emails change" in page
        house.faults = Faults({"error": 100}, in_a_row=999, only=_is_about_calls)
        house.hands.on(hours=13)
        house.sync()
        page = office.ask("mona", "GET", "/admin", headers={"Accept": "text/html"}).text
        assert "does not call us" in page
        assert "no answer" in page
        (told,) = office.get("mona", "/api/connectors")["connectors"]
        assert told["calls"][0]["problem"]
