"""Entries handed to a log outside: over real sockets, each at least once, in order, and nothing lost on the way."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.audit.service import append
from agent_runtime.audit.sinks import ATTEMPTS, BATCH, Sink, forward, open_sink
from agent_runtime.errors import BadSetting, Refused, TenureError

KEY = SecretStr("a key of this test")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RAW = bytes(range(32))
SECRET = SecretStr("whsec_" + base64.b64encode(RAW).decode())


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Three accounts, one of them with more entries than a batch, on each database."""
    engine: Engine = request.getfixturevalue(request.param)
    for account, count in (("acme", BATCH + 20), ("globex", 3), ("initech", 1)):
        add(engine, account, count)
    return engine


def add(engine: Engine, account: str, count: int) -> None:
    """`count` entries behind the chain of an account."""
    entries = [Entry(NOON, ActorKind.AGENT, "agent", "item.proposed", f"ü-{number}") for number in range(count)]
    with engine.begin() as connection:
        append(connection, account, entries, install_key=KEY)


class Receiver:
    """A web server of this machine that keeps what it is sent and answers what it is told to, 204 in the end."""

    def __init__(self, *answers: int) -> None:
        self.answers = list(answers)
        self.posts: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("content-length", "0")
                self.send_header("location", "https://elsewhere.example/")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/audit"

    def ids(self) -> list[str]:
        """The entries of all posts, in the order in which they came."""
        return [entry["id"] for _, body in self.posts for entry in orjson.loads(body)["entries"]]


@contextmanager
def receiving(*answers: int) -> Iterator[tuple[Receiver, Sink]]:
    """A receiver that runs, and the sink that posts to it without waiting between attempts."""
    receiver = Receiver(*answers)
    thread = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver, open_sink(receiver.address, SECRET, pause=lambda _seconds: None)
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


def all_ids(**counts: int) -> list[str]:
    """What a receiver must have in the end, by account and number."""
    return [f"{account}:{number}" for account, count in counts.items() for number in range(1, count + 1)]


def test_each_entry_is_posted_once_and_signed(engine: Engine) -> None:
    with receiving() as (receiver, sink):
        assert forward(engine, sink, receiver.address, NOON) == BATCH + 24
        assert forward(engine, sink, receiver.address, NOON) == 0
        assert receiver.ids() == all_ids(acme=BATCH + 20, globex=3, initech=1)
        headers, body = receiver.posts[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(RAW, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))


def test_new_entries_are_posted_alone(engine: Engine) -> None:
    with receiving() as (receiver, sink):
        forward(engine, sink, receiver.address, NOON)
        receiver.posts.clear()
        add(engine, "globex", 2)
        assert forward(engine, sink, receiver.address, NOON) == 2
        assert receiver.ids() == ["globex:4", "globex:5"]


@pytest.mark.parametrize("answers", [[503], [429, 500], [502] * (ATTEMPTS - 1)])
def test_a_receiver_that_stumbles_gets_everything(engine: Engine, answers: list[int]) -> None:
    with receiving(*answers) as (receiver, sink):
        forward(engine, sink, receiver.address, NOON)
        taken = receiver.posts[len(answers) :]
        assert {headers["webhook-id"] for headers, _ in receiver.posts[: len(answers)]} == {taken[0][0]["webhook-id"]}
        receiver.posts = taken
        assert receiver.ids() == all_ids(acme=BATCH + 20, globex=3, initech=1)


def test_what_breaks_off_goes_on_where_it_was(engine: Engine) -> None:
    with receiving(204, *[500] * ATTEMPTS) as (receiver, sink):
        with pytest.raises(TenureError, match="not reached"):
            forward(engine, sink, receiver.address, NOON)
        receiver.posts = receiver.posts[:1]
        forward(engine, sink, receiver.address, NOON)
        assert receiver.ids() == all_ids(acme=BATCH + 20, globex=3, initech=1)


@pytest.mark.parametrize("answer", [301, 302, 401, 404])
def test_a_refusal_is_not_repeated_nor_a_redirect_followed(engine: Engine, answer: int) -> None:
    with receiving(answer) as (receiver, sink), pytest.raises(Refused, match=str(answer)):
        forward(engine, sink, receiver.address, NOON)
    assert len(receiver.posts) == 1


def test_another_receiver_gets_everything_from_the_beginning(engine: Engine) -> None:
    for _ in range(2):
        with receiving() as (receiver, sink):
            assert forward(engine, sink, receiver.address, NOON) == BATCH + 24


def test_syslog_over_tcp_has_lengths_and_the_header_of_rfc_5424(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        received: list[bytes] = []
        address = f"syslog://127.0.0.1:{server.getsockname()[1]}"

        def listen() -> None:
            for _ in range(2):
                channel, _peer = server.accept()
                with channel, channel.makefile("rb") as stream:
                    received.append(stream.read())

        thread = Thread(target=listen)
        thread.start()
        assert forward(engine, open_sink(address), address, NOON) == BATCH + 24
        thread.join()
    messages = list(unframed(b"".join(received)))
    assert [orjson.loads(each.split(b" - audit - ")[1])["id"] for each in messages] == all_ids(
        acme=BATCH + 20, globex=3, initech=1
    )
    assert messages[0].startswith(f"<110>1 2026-03-02T12:00:00+00:00 {socket.gethostname()} tenure - ".encode())


def unframed(stream: bytes) -> Iterator[bytes]:
    """The messages of a stream in which each stands behind its length."""
    while stream:
        length, _, stream = stream.partition(b" ")
        yield stream[: int(length)]
        stream = stream[int(length) :]


def test_syslog_on_this_machine(sqlite_engine: Engine, tmp_path: Path) -> None:
    add(sqlite_engine, "acme", 2)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "log"))
        address = f"syslog+unix:{tmp_path / 'log'}"
        assert forward(sqlite_engine, open_sink(address), address, NOON) == 2
        assert b'"id":"acme:1"' in server.recv(65536)
        assert b'"id":"acme:2"' in server.recv(65536)


@pytest.mark.parametrize("scheme", ["syslog://127.0.0.1:1", "syslog+tls://127.0.0.1:1", "syslog+unix:/nowhere/log"])
def test_a_log_that_is_not_there_loses_nothing(sqlite_engine: Engine, scheme: str) -> None:
    add(sqlite_engine, "acme", 2)
    with pytest.raises(TenureError, match="not reached"):
        forward(sqlite_engine, open_sink(scheme), "log", NOON)
    with receiving() as (_receiver, sink):
        assert forward(sqlite_engine, sink, "log", NOON) == 2


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("http://logs.example/", SECRET),
        ("ftp://logs.example/", SECRET),
        ("logs.example:514", SECRET),
        ("https://logs.example/", None),
        ("https://logs.example/", SecretStr("")),
        ("https://logs.example/", SecretStr("whsec_short")),
        ("https://logs.example/", SecretStr(base64.b64encode(RAW).decode())),
        ("https://me:secret@logs.example/", SECRET),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str, secret: SecretStr | None) -> None:
    with pytest.raises(BadSetting) as error:
        open_sink(address, secret)
    assert RAW.hex() not in str(error.value)
    assert "secret@" not in str(error.value)
