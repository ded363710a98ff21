"""A provider that replaces the refresh token with each answer: the newest is kept, whoever asks and whoever dies."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from agent_runtime.connectors import service
from agent_runtime.connectors.status import connector_lines
from agent_runtime.jobs import checkpoint, set_checkpoint
from agent_runtime.rotation import Rotation
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.connectors.house import KEY, HandClock
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import Hands
from tests.unit.tools.mail.imap.mailboxes import ANNA, Post, post_office
from tools.base import Health, NotAllowed, State, Unreachable
from tools.fakes.token_office import TokenOffice
from tools.fakes.wire import FakeTransport
from tools.http import Buckets

NAME, GIVEN = "imap:anna", "canary-refresh-given"
ROW = f"rotated.{NAME}.secret"
WANTED = {"client_id": "app", "refresh_token": GIVEN}


class Killed(Exception):
    """The process ends here."""


@dataclass(slots=True)
class House:
    """One installation; Anna's mailbox lets in who has a token of the office."""

    engine: Engine
    post: Post
    office: TokenOffice
    hands: Hands = field(default_factory=Hands)

    def process(self, buckets: Buckets | None = None) -> service.Means:
        """What a process of its own has: nothing that another one remembers."""
        clock, transport = HandClock(self.hands), FakeTransport(self.office)
        return service.Means(Settings(), KEY, clock, buckets or still(), transport)

    def connect(self, secret: str = GIVEN) -> None:
        told = {"host": "127.0.0.1", "port": str(self.post.port), "security": "plain", "user": ANNA,
                "sign_in": "refresh", "token_address": "https://login.example/token", "client_id": "app",
                "secret": secret}  # fmt: skip
        with self.engine.begin() as connection:
            since = self.hands.at - timedelta(days=30)
            service.connect(connection, self.process(), NAME, told, since, "ops").close()

    def check(self, means: service.Means | None = None) -> Health:
        """How the mailbox stands for a process."""
        with self.engine.connect() as connection:
            connected = service.opened(connection, means or self.process(), NAME)
        try:
            return connected.source().check()
        finally:
            connected.close()

    def rotation(self) -> Rotation:
        return Rotation(self.engine, KEY, HandClock(self.hands), NAME, "secret", SecretStr(GIVEN), lambda _: None)


def _house(engine: Engine, post: Post, grace: int) -> House:
    def given(token: str) -> None:
        post.box.secret = token

    return House(engine, post, TokenOffice("refresh_token", WANTED, given, grace=grace))


@pytest.fixture
def house(sqlite_engine: Engine) -> Iterator[House]:
    """The provider takes the old one back with each answer."""
    with post_office() as post:
        yield _house(sqlite_engine, post, grace=0)


def _said(house: House) -> str:
    with house.engine.connect() as connection:
        (line,) = connector_lines(connection, house.hands.at)
    return line.said


def test_the_newest_is_kept_for_every_process_and_asked_with_once_an_hour(house: House) -> None:
    house.connect()
    worker = house.process()
    for hour in range(4):
        assert house.check(worker).state is State.WELL
        assert house.check(worker).state is State.WELL
        assert house.office.tokens == 1 + 2 * hour
        assert house.check(house.process()).state is State.WELL
        house.hands.on(hours=1)
    with house.engine.connect() as connection:
        kept = connection.scalar(text(f"SELECT value FROM tenure_checkpoint WHERE name = '{ROW}'"))
    assert "sealed:" in kept
    assert "canary" not in kept
    assert _said(house) == ""


def test_both_databases_keep_it(postgres_engine: Engine) -> None:
    with post_office() as post:
        house = _house(postgres_engine, post, grace=0)
        house.connect()
        assert [house.check().state for _ in range(3)] == [State.WELL] * 3


def test_what_a_reference_leads_to_is_not_written_back_and_that_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANNA_REFRESH", GIVEN)
    house.connect("env:ANNA_REFRESH")
    assert "ANNA_REFRESH" not in _said(house)
    for _ in range(2):
        assert house.check().state is State.WELL
        assert "replaced what env:ANNA_REFRESH holds" in _said(house)
    # Connected anew, as with another answer: the same reference leads to the old one still.
    house.connect("env:ANNA_REFRESH")
    assert house.check().state is State.WELL
    monkeypatch.setenv("ANNA_REFRESH", "canary-refresh-anew")
    house.office.good = ["canary-refresh-anew"]
    assert [house.check().state for _ in range(2)] == [State.WELL] * 2
    assert "canary" not in _said(house)


def test_what_was_kept_is_forgotten_with_the_connection(house: House) -> None:
    house.connect()
    house.check()
    with house.engine.begin() as connection:
        service.disconnect(connection, house.process(), NAME, "ops")
    with house.engine.connect() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM tenure_checkpoint WHERE name = '{ROW}'")) == 0


@pytest.mark.parametrize(("grace", "state"), [(1, State.WELL), (0, State.NOT_ALLOWED)])
def test_killed_between_the_answer_and_keeping_it(
    house: House, monkeypatch: pytest.MonkeyPatch, grace: int, state: State
) -> None:
    def dies(*_: object) -> None:
        raise Killed

    house.office.grace = grace
    house.connect()
    house.check()
    house.hands.on(hours=1)
    with monkeypatch.context() as dying:
        dying.setattr(Rotation, "keep", dies)
        with pytest.raises(Killed):
            house.check()
    # Where the provider lets the old one be good for a while, nothing happened.
    health = house.check()
    assert health.state is state
    assert "canary" not in health.said + health.fix
    assert house.check().state is state


def test_two_who_ask_at_once_ask_with_the_newest_one_after_the_other(house: House) -> None:
    house.connect()
    begin, found = Barrier(4), []

    def work() -> None:
        begin.wait()
        found.append(house.check(house.process(Buckets())).state)

    # Each shows the mailbox a token; the last that was given is not the last that is shown.
    house.post.box.secret = "any"
    house.office.given = lambda _: None
    threads = [Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert house.office.tokens >= 4
    assert set(found) == {State.NOT_ALLOWED}
    house.office.given = lambda token: setattr(house.post.box, "secret", token)
    assert house.check().state is State.WELL


def test_who_comes_late_does_not_put_an_older_one_in_the_place_of_a_newer(house: House) -> None:
    slow, quick = house.rotation(), house.rotation()
    with slow.turn() as used:
        house.hands.on(minutes=2)
        with quick.turn() as same:
            quick.keep(same, SecretStr("newer"))
        slow.keep(used, SecretStr("older"))
    assert slow.newest() == SecretStr("newer")


def test_who_was_killed_in_its_turn_holds_nobody_up_for_long(house: House) -> None:
    dead = house.rotation().turn()
    dead.__enter__()
    with pytest.raises(Unreachable, match="another process"), house.rotation().turn():
        pass
    house.hands.on(seconds=61)
    with house.rotation().turn() as newest:
        assert newest == SecretStr(GIVEN)


def test_what_does_not_open_is_told(house: House) -> None:
    house.rotation().keep(SecretStr(GIVEN), SecretStr("newer"))
    with house.engine.begin() as connection:
        (mark,) = checkpoint(connection, ROW) or {}
        set_checkpoint(connection, ROW, {mark: "sealed:AAAA"})
    with pytest.raises(NotAllowed, match="cannot be opened") as told:
        house.rotation().newest()
    assert "canary" not in str(told.value)
    other = replace(house.rotation(), given=SecretStr("given anew"))
    assert other.newest() == SecretStr("given anew")
