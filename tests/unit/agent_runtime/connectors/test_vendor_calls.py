"""A call of a vendor over HTTP: believed only with its signature, answered with little; nothing forged is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, select

from agent_runtime.app import create_app
from agent_runtime.connectors import service
from agent_runtime.connectors.models import ChatPress, ConnectedSystem
from agent_runtime.installation import Installation
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.tools.chat.workspace import READ, SIGNING, WRITE
from tests.unit.tools.hands import NOON, Hands
from tools.chat.slack.signature import signature
from tools.crm.hubspot.signature import signature as hubspot_signature

AT = str(int(NOON.timestamp()))
PRESS = urlencode({"payload": orjson.dumps({
    "type": "block_actions", "user": {"id": "UADA"}, "channel": {"id": "D1"}, "message": {"ts": "1.2"},
    "actions": [{"action_id": "press_0", "action_ts": "9.1", "value": "{}"}],
}).decode()}).encode()  # fmt: skip


@dataclass(slots=True)
class Door:
    """The application, and the database behind it."""

    client: TestClient
    engine: Engine

    def call(self, name: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        told = self.client.post(f"/hooks/vendors/{name}?x=1", content=body, headers=headers)
        return told.status_code, told.text

    def presses(self) -> int:
        with self.engine.connect() as connection:
            return len(connection.execute(select(ChatPress.__table__)).all())  # type: ignore[attr-defined]


@pytest.fixture
def door(sqlite_engine: Engine) -> Iterator[Door]:
    settings = Settings(public_url="https://tenure.example/")
    installation = Installation(settings, sqlite_engine, KEY, load("b2b_sales"))
    clock = HandClock(Hands())
    means = service.Means(settings, KEY, clock)
    since = NOON - timedelta(days=9)
    with sqlite_engine.begin() as connection:
        told = {"token": READ, "write_token": WRITE, "signing_secret": SIGNING}
        service.connect(connection, means, "slack", told, since, "ops")
        service.connect(connection, means, "hubspot", {"token": READ, "app_secret": "canary-app"}, since, "ops")
        service.connect(connection, means, "aircall", {"api_id": "1", "api_token": "canary-air"}, since, "ops")
    with TestClient(create_app(installation, clock)) as client:
        yield Door(client, sqlite_engine)


def _slack(body: bytes, *, secret: str = SIGNING, form: bool = True) -> dict[str, str]:
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    made = signature(SecretStr(secret), body, AT)
    return {"x-slack-signature": made, "x-slack-request-timestamp": AT, "content-type": kind}


def test_a_press_is_kept_once_and_answered_with_nothing(door: Door) -> None:
    assert door.call("slack", PRESS, _slack(PRESS)) == (200, "")
    assert door.call("slack", PRESS, _slack(PRESS)) == (200, "")
    assert door.presses() == 1


def test_the_handshake_is_echoed(door: Door) -> None:
    body = orjson.dumps({"type": "url_verification", "challenge": "abc123"})
    assert door.call("slack", body, _slack(body, form=False)) == (200, "abc123")


def test_the_address_that_people_know_is_what_is_signed(door: Door) -> None:
    body, stamp = b'[{"eventId": 1}]', str(int(AT) * 1000)
    url = "https://tenure.example/hooks/vendors/hubspot?x=1"
    made = hubspot_signature(SecretStr("canary-app"), body, url, stamp)
    headers = {"x-hubspot-signature-v3": made, "x-hubspot-request-timestamp": stamp}
    assert door.call("hubspot", body, headers) == (200, "")
    table = ConnectedSystem.__table__  # type: ignore[attr-defined]
    with door.engine.connect() as connection:
        assert connection.scalar(select(table.c.due_at).where(table.c.name == "hubspot")) == NOON


@pytest.mark.parametrize("name", ["slack", "hubspot", "aircall", "twilio", "nobody"])
def test_what_is_forged_or_for_nobody_is_answered_alike_and_leaves_nothing(
    door: Door, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, text = door.call(name, PRESS, _slack(PRESS, secret="another"))
    assert status == 401
    assert "cannot be believed" in text
    assert door.presses() == 0
    said = text + caplog.text
    assert not any(secret in said for secret in (READ, WRITE, SIGNING, "canary-app", "canary-air"))
