"""No secret of any adapter stands in a log, an error, a dump, a backup or an answer, also where the vendor repeats it.

Every adapter of the registry is tried against a system that answers each request with all that the request held.
"""

import logging
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from traceback import format_exception
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.backup.write import write_backup
from agent_runtime.connectors import service
from agent_runtime.connectors.hooks import receive
from agent_runtime.connectors.registry import HOUSE, adapter_of
from agent_runtime.connectors.status import connector_lines
from agent_runtime.connectors.sync import Reading
from agent_runtime.connectors.trial import look
from agent_runtime.doctor.installed import examine_database
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.settings import Settings
from tests.unit.agent_runtime.connectors.callers import PEMS, URL
from tests.unit.agent_runtime.connectors.house import CONTEXT, KEY, HandClock
from tests.unit.agent_runtime.connectors.vendors import VENDORS, VendorHouse
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import key_of
from tools.adapter import Adapter, Ask
from tools.base import ApprovedWrite
from tools.fakes.wire import Answered, Asked, FakeTransport, Faults
from tools.notices import Notice

STATUSES = (200, 302, 400, 401, 404, 429, 500)
# What is no secret, where an adapter asks for it: so that as much of it as possible is opened.
TOLD = {
    "address": "https://vendor.example/a/", "host": "127.0.0.1", "port": "9", "security": "plain",
    "mailbox": "ada@ours.example", "user": "ada@ours.example", "username": "ada@ours.example",
    "holder": "ada@ours.example", "registered_number": "+493012345670", "consent": "all_party",
    "recorded": "yes", "channels": "C1=a1",
    "write_client_id": "w", "write_username": "ada@ours.example", "write_api_key": "SK1",
    "topic": "projects/p/topics/t", "call_address": URL,
}  # fmt: skip
FIELDS = {"subject": "x", "text": "x", "at": "1772452800000"}
WRITE = ApprovedWrite("out_1", "task", ("companies", "501"), FIELDS, "a", "h")
SMS = ApprovedWrite("out_2", "message", ("phone", "+4930999001"), FIELDS, "a", "h")


@dataclass(slots=True)
class Echo:
    """A system that answers with everything that it was asked with."""

    status: int = 200
    asked: list[Asked] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answered:
        held = quote(repr((asked.method, asked.path, asked.query, dict(asked.headers), asked.body)), safe=" -_.")
        told = {"message": held, "error_description": held, "detail": [held], "ok": False}
        headers = {"www-authenticate": held, "location": f"https://elsewhere.example/?{quote(held)}", "x-echo": held}
        return Answered(self.status, told, headers)


def _value(adapter: Adapter, ask: Ask, how: str) -> str:
    """What is given: for a secret a canary, and for a key one that can be used, none, or one that is broken."""
    if not ask.secret:
        return TOLD.get(ask.name, "" if ask.default or not ask.needed else "x1")
    canary = f"canary-{adapter.name}-{ask.name}-e5c1"
    if ask.name == "address":
        return f"https://vendor.example/{canary}"
    if not _is_key(ask) or how == "broken":
        return canary
    if how == "words" and not ask.needed:
        return ""
    return PEMS[0] if ask.name.endswith("private_key") else key_of("reader@ours.iam.example")


def _answers(adapter: Adapter, how: str) -> dict[str, str]:
    return {ask.name: value for ask in adapter.asks if (value := _value(adapter, ask, how))}


def _marks(secrets: Mapping[str, str]) -> set[str]:
    """By what a secret is known: its own canary, also as it stands in a basic authorization, or a line of its key."""
    found = set[str]()
    for value in secrets.values():
        lines = value.replace("\\n", "\n").split("\n")
        mark = lines[len(lines) // 2] if "PRIVATE KEY" in value else value.rpartition("/")[2]
        # What stands before it moves it by none, one or two bytes.
        found |= {mark, *(b64encode(b"x" * by + mark.encode())[4:-4].decode() for by in range(3))}
    return found


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@dataclass(slots=True)
class Witness:
    """Hears everything that is said: what comes back, and what goes wrong with all that led to it."""

    said: list[str] = field(default_factory=list)

    def hear(self, call: Callable[[], Any]) -> Any:
        """What a call gives; None where it goes wrong, as it often must here."""
        try:
            found = call()
        except Exception as error:  # noqa: BLE001  every one is recorded, which is what this is for
            self.said += [*format_exception(error), repr(error), getattr(error, "fix", "")]
            return None
        self.said.append(repr(found))
        return found


@dataclass(slots=True)
class Place:
    """One database with one connection to a system that repeats everything."""

    engine: Engine
    name: str
    answers: Mapping[str, str]
    echo: Echo = field(default_factory=Echo)
    faults: Faults | None = None
    witness: Witness = field(default_factory=Witness)

    @property
    def means(self) -> service.Means:
        transport = FakeTransport(self.echo, self.faults)
        return service.Means(Settings(), KEY, HandClock(Hands()), still(), transport)

    def connect(self) -> None:
        with self.engine.begin() as connection:
            since = NOON - timedelta(days=9)
            service.connect(connection, self.means, self.name, self.answers, since, "ops").close()

    def opened(self) -> service.Connected:
        with self.engine.begin() as connection:
            return service.opened(connection, self.means, self.name)

    def every_flow(self) -> None:
        """Opens all that there is of it, and does everything with it that can be done."""
        hear = self.witness.hear
        hear(self.connect)
        connected = hear(self.opened)
        if connected is None:
            return
        source = hear(connected.source)
        hear(lambda: [source.check(), look(source, NOON), source.estimate("calls", None)])
        hear(lambda: Reading(self.engine, connected, CONTEXT, HandClock(Hands())).run())
        writer, notifier = hear(connected.writer), hear(connected.notifier)
        for approved in (WRITE, SMS):
            hear(lambda one=approved: writer.write(one))  # type: ignore[misc]
            hear(lambda one=approved: writer.find(one))  # type: ignore[misc]
        hear(lambda: writer.prepare())
        hear(lambda: writer.remove("task", "1"))
        hear(lambda: notifier.notify(Notice("k", "U1", "t", "x"), None))
        hear(lambda: connected.drafts().find("m"))
        hear(connected.verifier)
        hear(self.called)
        connected.close()

    def called(self) -> None:
        """Somebody calls who knows nothing, and says so with everything that they have."""
        with self.engine.begin() as connection:
            told = receive(connection, self.means, self.name, {"authorization": "Bearer a.b.c"}, b"{}", URL, NOON)
        self.witness.said.append(repr(told))

    def shown(self) -> str:
        """What the API, the pages and the doctor say, and what a dump holds."""
        with self.engine.connect() as connection:
            lines = [one.model_dump_json() for one in connector_lines(connection, NOON)]
            dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
        settings = Settings(database_url=str(self.engine.url))
        return "\n".join([*lines, dump, *map(repr, examine_database(settings, NOON))])


def _is_key(ask: Ask) -> bool:
    return "service_account" in ask.name or ask.name.endswith("private_key")


# Every adapter with words, and those that ask for a key with one that can be used and with one that is broken.
KEYED = [name for name in HOUSE if any(_is_key(ask) for ask in adapter_of(name).asks)]
TRIED = [*((name, "words") for name in HOUSE), *((name, how) for name in KEYED for how in ("keys", "broken"))]


@pytest.fixture(autouse=True)
def _loud(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Every log that there is, as loud as it can be."""
    with caplog.at_level(logging.DEBUG):
        yield


@pytest.mark.parametrize(("name", "how"), TRIED)
def test_no_secret_is_told_anywhere_though_the_vendor_repeats_it(
    sqlite_engine: Engine, tmp_path: Path, name: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    adapter = adapter_of(name)
    answers = _answers(adapter, how)
    marks = _marks({ask.name: answers[ask.name] for ask in adapter.asks if ask.secret and ask.name in answers})
    assert marks
    place = Place(sqlite_engine, name, answers)
    # With a key each request is slow, and the keys of others are tried with them.
    for status in STATUSES if how == "words" and name not in KEYED else (200, 401):
        place.echo.status = status
        place.every_flow()
    place.faults = Faults({"dropped": 30, "late": 30, "broken": 30}, in_a_row=3)
    place.every_flow()
    texts = "\n".join([*place.witness.said, caplog.text, place.shown()])
    with sqlite_engine.begin() as connection:
        service.disconnect(connection, place.means, name, "ops")
    bytes_left = _files(tmp_path)
    for mark in marks:
        assert mark not in texts, f"{mark} is told"
        assert mark.encode() not in bytes_left, f"{mark} is kept"
        assert quote(mark) not in texts
    # It was asked with the secret, where there was one that can be used and it is asked over HTTP.
    assert bool(place.echo.asked) is (name != "imap" and how != "broken")


def test_no_secret_stands_in_a_backup(sqlite_engine: Engine, tmp_path: Path) -> None:
    for name in HOUSE:
        Place(sqlite_engine, name, _answers(adapter_of(name), "words")).connect()
    file = tmp_path / "backup.zip"
    upgrade(sqlite_engine)
    write_backup(sqlite_engine, file, NOON)
    with ZipFile(file) as archive:
        kept = b"".join(archive.read(one) for one in archive.namelist())
    assert b"sealed:" in kept
    assert b"canary" not in kept


def test_a_key_that_does_not_fit_tells_nothing(sqlite_engine: Engine) -> None:
    place = Place(sqlite_engine, "slack", {"token": "canary-slack-token"})
    place.connect()
    other = service.Means(Settings(), type(KEY)("another"), HandClock(Hands()), still(), FakeTransport(Echo()))
    with sqlite_engine.begin() as connection:
        place.witness.hear(lambda: service.opened(connection, other, "slack"))
    assert "cannot be opened" in place.witness.said[0] + place.witness.said[-2]
    assert not any("canary" in one for one in place.witness.said)


@pytest.mark.parametrize("name", VENDORS)
def test_no_secret_is_told_anywhere_while_it_is_read(
    sqlite_engine: Engine, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    house = VendorHouse(sqlite_engine, name, faults=Faults({"limit": 5, "error": 8, "late": 8, "broken": 5}))
    house.connect()
    reports = [house.sync(), house.sync()]
    said = repr([reports, house.reading().connected, house.reading().connected.source()])
    with house.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
        lines = repr(connector_lines(connection, NOON))
    with house.engine.begin() as connection:
        service.disconnect(connection, house.means, name, "ops")
    texts = said + dump + lines + caplog.text + _files(tmp_path).decode(errors="replace")
    assert "canary" not in texts
    assert "PRIVATE KEY" not in texts


def test_a_database_that_holds_a_secret_would_be_found_out(tmp_path: Path) -> None:
    """The scan itself can fail."""
    engine = db.make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    db.create_schema(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE leak (word TEXT)")
        connection.exec_driver_sql("INSERT INTO leak VALUES ('canary-slack-token-e5c1')")
    place = Place(engine, "slack", {})
    assert "canary-slack-token-e5c1" in place.shown()
    engine.dispose()
    assert b"canary-slack-token-e5c1" in _files(tmp_path)
