"""Mail goes out over SMTP with access tokens (XOAUTH2): one is asked for, and another when it is refused."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime.actions import reasons
from agent_runtime.actions.sign_in import RotatedOf, forget_rotated, nowhere, rotated_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.jobs import checkpoint
from agent_runtime.rotation import is_rotated
from agent_runtime.settings import MailServer, MailTokens
from tests.unit.agent_runtime.actions.desk import Desk, people
from tests.unit.agent_runtime.actions.providers import ANA, FakeSentFolder, Mails, free_port
from tests.unit.tools.loopback import served
from tools.fakes.token_office import TokenOffice
from tools.mail.bearer import xoauth2

SIGNED = replace(ANA, username="ana@we.test", password_ref="env:ANA_REFRESH")


@dataclass
class Door(Mails):
    """Lets in who shows the token that is good now; counts how often one was shown."""

    good: str = ""
    shown: list[str] = field(default_factory=list)

    async def auth_XOAUTH2(self, server: Server, args: list[str]) -> Any:
        self.shown.append(base64.b64decode(args[1]).decode())
        if self.shown[-1] == xoauth2("ana@we.test", self.good):
            return AuthResult(success=True)
        # A provider says why in a challenge, which the client has to answer with nothing.
        await server.push("334 eyJzdGF0dXMiOiI0MDEifQ==")
        line = await server._reader.readline()
        assert line == b"\r\n"
        return AuthResult(success=False, handled=False)


@contextmanager
def _posts(door: Door, token_address: str) -> Iterator[MailServer]:
    port = free_port()
    controller = Controller(door, hostname="127.0.0.1", port=port, auth_require_tls=False)
    controller.start()
    tokens = MailTokens(way="refresh", token_address=token_address, client_id="app", client_secret="env:APP_SECRET")
    try:
        yield MailServer(host="127.0.0.1", port=port, security="plain", tokens=tokens)
    finally:
        with suppress(OSError):
            controller.stop()


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    # Tokens are kept for the process: each test is another person's.
    monkeypatch.setenv("ANA_REFRESH", f"canary-refresh-{request.node.name}")
    monkeypatch.setenv("APP_SECRET", "canary-app")


def _office(door: Door) -> TokenOffice:
    def given(token: str) -> None:
        door.good = token

    return TokenOffice("refresh_token", {"client_id": "app", "client_secret": "canary-app"}, given)


def _desk(engine: Engine, server: MailServer, rotated_of: RotatedOf = nowhere) -> Desk:
    people(engine)
    kept = FakeSentFolder()
    return Desk(engine, SmtpExecutor(lambda _user: SIGNED, {"office": server}, lambda *_: kept, rotated_of))


def test_mails_go_out_with_one_token_and_with_another_when_it_was_revoked(sqlite_engine: Engine) -> None:
    door = Door()
    office = _office(door)
    with served(office) as address, _posts(door, f"{address}/token") as server:
        desk = _desk(sqlite_engine, server)
        assert desk.execute(desk.decide("it_1:1").id) == "sent"
        assert desk.execute(desk.decide("it_2:1", message_id="<b@we.test>").id) == "sent"
        assert (office.tokens, len(door.shown)) == (1, 2)
        door.good = "revoked"
        assert desk.execute(desk.decide("it_3:1", message_id="<c@we.test>").id) == "sent"
    assert (office.tokens, len(door.shown), len(door.taken)) == (2, 4, 3)


def test_a_refresh_token_that_is_replaced_with_each_token_is_kept(
    sqlite_engine: Engine, request: pytest.FixtureRequest
) -> None:
    door = Door()
    office = _office(door)
    office.wanted = {**office.wanted, "refresh_token": f"canary-refresh-{request.node.name}"}
    office.good, office.grace = [office.wanted["refresh_token"]], 0
    with served(office) as address, _posts(door, f"{address}/token") as server:
        desk = _desk(sqlite_engine, server, rotated_in(sqlite_engine, SecretStr("install key")))
        for number in range(3):
            assert desk.execute(desk.decide(f"it_{number}:1", message_id=f"<{number}@we.test>").id) == "sent"
            door.good = "revoked"
    assert (office.tokens, len(door.taken)) == (3, 3)
    with sqlite_engine.begin() as connection:
        assert "canary" not in str(checkpoint(connection, "rotated.sender u1.password"))
        assert is_rotated(connection, "sender u1", "password")
        forget_rotated(connection, "u1")
        assert not is_rotated(connection, "sender u1", "password")


def test_a_refresh_token_that_is_not_accepted_sends_nothing_and_says_so(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    door = Door()
    office = replace(_office(door), wanted={"client_id": "another"})
    with served(office) as address, _posts(door, f"{address}/token") as server:
        desk = _desk(sqlite_engine, server)
        action = desk.decide("it_1:1")
        desk.execute(action.id)
    row = desk.row(action.id)
    assert (row.state, row.reason, door.taken) == ("failed", reasons.SIGN_IN, [])
    assert "canary" not in caplog.text


def test_where_no_token_can_be_asked_for_it_is_tried_later(sqlite_engine: Engine) -> None:
    door = Door()
    with _posts(door, f"http://127.0.0.1:{free_port()}/token") as server:
        desk = _desk(sqlite_engine, server)
        action = desk.decide("it_1:1")
        desk.execute(action.id)
    assert (desk.row(action.id).reason, door.taken) == (reasons.UNREACHABLE, [])
