"""The live feed over a real socket: what one may see, from where one stopped, until the server or the key ends."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from sqlalchemy import text

from agent_runtime import events
from agent_runtime.app.feed import Feed
from agent_runtime.app.serve import Server
from agent_runtime.users import service as users
from tests.unit.agent_runtime.app.office import NOW, Office

Seen = tuple[str, str, str]


@contextmanager
def _served(office: Office, heartbeat: float = 15.0) -> Iterator[tuple[str, Server]]:
    """The office behind a real server on a port of its own."""
    office.app.state.feed = Feed(office.app.state.site, poll=0.02, heartbeat=heartbeat)
    config = uvicorn.Config(office.app, log_level="error", timeout_graceful_shutdown=5)
    server = Server(config, office.app.state.feed)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listening]),))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", server
        finally:
            server.handle_exit(15, None)
            thread.join()


def _publish(office: Office, *names: str) -> None:
    for name in names:
        with office.engine.begin() as connection:
            events.publish(connection, "item.delivered", f"acc-{name}", f"item-{name}", NOW)


def _place(office: Office) -> str:
    with office.engine.connect() as connection:
        return str(events.latest(connection))


@contextmanager
def _listening(office: Office, address: str, user: str, after: str | None = None) -> Iterator[Iterator[str]]:
    headers = {"Authorization": f"Bearer {office.tokens[user]}"} | ({"Last-Event-ID": after} if after else {})
    with httpx.stream("GET", f"{address}/api/events", headers=headers, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.iter_lines()


def _next(lines: Iterator[str], number: int) -> list[dict[str, Any]]:
    """The data of the next events, each with its place."""
    found: list[dict[str, Any]] = []
    place = ""
    for line in lines:
        name, _, value = line.partition(": ")
        place = value if name == "id" else place
        if name == "data":
            found.append(orjson.loads(value) | {"place": place})
            if len(found) == number:
                break
    return found


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_one_hears_of_ones_own_accounts_only_and_goes_on_where_one_stopped(
    request: pytest.FixtureRequest, kind: str
) -> None:
    office: Office = request.getfixturevalue(kind)
    start = _place(office)
    with _served(office) as (address, _):
        _publish(office, "anna", "ben", "pool")
        with _listening(office, address, "anna", start) as lines:
            first = _next(lines, 2)
            _publish(office, "ben", "anna")
            first += _next(lines, 1)
        assert [x["account_id"] for x in first] == ["acc-anna", "acc-pool", "acc-anna"]
        assert set(first[0]) == {"kind", "account_id", "subject_id", "at", "place"}
        with _listening(office, address, "anna", first[0]["place"]) as lines:
            assert _next(lines, 2) == first[1:]


def test_a_right_that_was_lost_counts_at_the_next_event(office: Office) -> None:
    with _served(office) as (address, _), _listening(office, address, "ben", _place(office)) as lines:
        _publish(office, "ben")
        assert [x["account_id"] for x in _next(lines, 1)] == ["acc-ben"]
        with office.engine.begin() as connection:
            connection.execute(text("UPDATE tenure_account SET owner_id = 'ben' WHERE id = 'acc-anna'"))
            connection.execute(text("UPDATE tenure_account SET owner_id = 'anna' WHERE id = 'acc-ben'"))
            connection.execute(text("UPDATE tenure_item SET state = 'done' WHERE id = 'item-ben'"))
        _publish(office, "ben", "anna")
        assert [x["account_id"] for x in _next(lines, 1)] == ["acc-anna"]


def test_a_key_that_is_revoked_ends_its_stream(office: Office) -> None:
    with _served(office, heartbeat=0.05) as (address, _), _listening(office, address, "anna") as lines:
        assert next(lines).startswith("id: ")
        assert next(lines) == "retry: 2000"
        with office.engine.begin() as connection:
            users.revoke(connection, office.tokens["anna"].split("_")[1], NOW + timedelta(seconds=1))
        assert "event: signed_out" in list(lines)


def test_a_silent_stream_shows_that_it_lives(office: Office) -> None:
    with _served(office, heartbeat=0.02) as (address, _), _listening(office, address, "anna") as lines:
        assert next(line for line in lines if line.startswith(":")) == ": still here"


def test_a_server_that_is_told_to_stop_does_not_wait_for_listeners(office: Office) -> None:
    with _served(office) as (address, server), _listening(office, address, "anna") as lines:
        assert [next(lines)[:3] for _ in range(2)] == ["id:", "ret"]
        server.handle_exit(15, None)
        assert list(lines) == [""]
    assert office.app.state.feed.listeners == 0


def test_a_place_that_no_feed_gave_is_refused(office: Office) -> None:
    answer = office.ask("anna", "GET", "/api/events", headers={"Last-Event-ID": "yesterday"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
