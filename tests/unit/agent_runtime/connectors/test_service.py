"""Connections: what is kept of them, how their secrets are, how they stand, how they end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select

from agent_runtime.connectors import service
from agent_runtime.connectors.hooks import receive
from agent_runtime.connectors.models import ConnectedSystem
from agent_runtime.connectors.registry import adapter_of, adapters
from agent_runtime.connectors.secrets import kept, revealed
from agent_runtime.connectors.status import connector_lines
from agent_runtime.connectors.trial import look
from agent_runtime.errors import BadInput, BadSetting, NotThere
from tests.unit.agent_runtime.connectors.house import KEY, House
from tests.unit.tools.crm.hubspot.portal import READ, portal
from tests.unit.tools.hands import NOON, Hands
from tools.base import Forged, Verified
from tools.crm.hubspot.signature import signature

_system = ConnectedSystem.__table__  # type: ignore[attr-defined]


@pytest.fixture
def house(sqlite_engine: Engine) -> House:
    hands = Hands()
    return House(sqlite_engine, portal(hands), hands)


def test_secret_given_itself_is_sealed_and_opens_only_in_its_place() -> None:
    stored = kept("canary", "hubspot", "token", KEY)
    assert "canary" not in stored
    assert revealed(stored, "hubspot", "token", KEY).get_secret_value() == "canary"
    assert stored != kept("canary", "hubspot", "token", KEY)
    for connection, name, key in (
        ("twilio", "token", KEY), ("hubspot", "write_token", KEY), ("hubspot", "token", SecretStr("another key")),
    ):  # fmt: skip
        with pytest.raises(BadSetting) as told:
            revealed(stored, connection, name, key)
        assert "canary" not in str(told.value)


def test_reference_is_followed_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("first\n", encoding="utf-8")
    stored = kept(f"file:{file}", "hubspot", "token", KEY)
    assert stored == f"file:{file}"
    file.write_text("second\n", encoding="utf-8")
    assert revealed(stored, "hubspot", "token", KEY).get_secret_value() == "second"
    monkeypatch.setenv("THE_TOKEN", "third")
    assert revealed("env:THE_TOKEN", "hubspot", "token", KEY).get_secret_value() == "third"


@pytest.mark.parametrize("given", ["env:NOT_SET_ANYWHERE", "file:/no/such/file"])
def test_reference_that_leads_nowhere_is_told_at_once(house: House, given: str) -> None:
    with pytest.raises(BadSetting):
        house.connect(token=given)
    with house.engine.connect() as connection:
        assert service.connected_names(connection) == []


@pytest.mark.parametrize("given", ["env:", "file:relative", "sealed:AAAA"])
def test_what_looks_like_a_reference_is_not_taken_for_a_secret(given: str) -> None:
    with pytest.raises(BadInput):
        kept(given, "hubspot", "token", KEY)


def test_missing_and_unknown_answers_are_refused(house: House) -> None:
    with pytest.raises(BadInput, match="needs the access token"):
        house.connect(token="")
    with pytest.raises(BadInput, match="does not ask"):
        house.connect(colour="blue")


def test_disconnecting_forgets_the_secrets(house: House) -> None:
    house.connect()
    with house.engine.begin() as connection:
        service.disconnect(connection, house.means, "hubspot", "ops")
    with house.engine.connect() as connection:
        assert connection.scalar(select(_system.c.secrets)) == {}
        with pytest.raises(NotThere):
            service.opened(connection, house.means, "hubspot")
    with house.engine.begin() as connection, pytest.raises(NotThere):
        service.disconnect(connection, house.means, "hubspot", "ops")


def test_connecting_anew_goes_on_where_it_stopped(house: House) -> None:
    house.connect()
    house.sync()
    asked = len(house.fake.asked)
    house.connect()
    house.sync()
    lists = [one for one in house.fake.asked[asked:] if one.path == "/crm/v3/objects/deals" and one.method == "GET"]
    assert lists == []


def test_status_tells_lag_and_counts_and_no_secret(house: House) -> None:
    house.connect()
    house.sync()
    with house.engine.connect() as connection:
        now = house.hands.on(minutes=10)
        (line,) = connector_lines(connection, now)
    assert (line.health, line.lag_s, line.proven) == ("well", 600.0, "contract")
    assert {one.stream for one in line.streams} >= {"deals", "owners"}
    assert "canary" not in line.model_dump_json()


def test_webhook_lets_it_be_read_sooner_and_forged_ones_do_nothing(house: House) -> None:
    house.connect()
    later = datetime(2026, 3, 2, 13, tzinfo=UTC)
    body, url, stamp = b'[{"eventId": 1}]', "https://tenure.example/hook", str(int(NOON.timestamp() * 1000))
    good = signature(SecretStr("canary-app-secret-5d21"), body, url, stamp)
    for given, kind, due in ((good[:-2] + "A=", Forged, later), (good, Verified, NOON)):
        headers = {"X-HubSpot-Signature-v3": given, "X-HubSpot-Request-Timestamp": stamp}
        with house.engine.begin() as connection:
            service.set_due(connection, "hubspot", later)
            assert isinstance(receive(connection, house.means, "hubspot", headers, body, url, NOON), kind)
            assert connection.scalar(select(_system.c.due_at)) == due


def test_look_before_connecting_counts_shows_five_and_keeps_nothing(house: House) -> None:
    connected = house.connect()
    trial = look(connected.source(), NOON)
    assert trial.health.who == "portal 4242"
    assert len(trial.samples) == 5
    assert len({one.fields.get("kind") for one in trial.samples}) >= 4
    assert house.state()["activities"] == []


def test_look_with_a_wrong_credential_stops_there(house: House) -> None:
    trial = look(house.connect(token="wrong").source(), NOON)
    assert (trial.health.state, trial.amounts, trial.samples) == ("not_allowed", {}, ())
    assert len(house.fake.asked) == 1


def test_adapters_of_the_house_and_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"hubspot", "imap", "twilio"} <= {one.name for one in adapters()}
    assert adapter_of("hubspot").title == "HubSpot"
    monkeypatch.syspath_prepend("/nowhere")
    for place in ("no.such.module:X", "tools.base:Source", "tools.base:nothing"):
        with pytest.raises(BadSetting):
            adapter_of("own", (place,))
    with pytest.raises(BadInput, match="no adapter own"):
        adapter_of("own")


def test_secret_is_in_no_error_and_no_representation(house: House) -> None:
    connected = house.connect()
    assert READ not in repr(connected)
    assert READ not in repr(connected.source())
    assert READ not in repr(connected.writer())
