"""A small company behind a real server, for the programs that come in by the doors."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.app.serve import Server
from tests.unit.agent_runtime.app.office import Office, opened


@contextmanager
def serving(office: Office) -> Iterator[str]:
    """The office behind a server on a port of its own; gives its address."""
    config = uvicorn.Config(office.app, log_level="error", timeout_graceful_shutdown=5)
    server = Server(config, office.app.state.feed)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=asyncio.run, args=(server.serve(sockets=[listening]),))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.handle_exit(15, None)
            thread.join()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office for a whole module, whose tests only read it."""
    folder = tmp_path_factory.mktemp("office")
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    db.create_schema(engine)
    with opened(engine, folder) as found:
        yield found
    engine.dispose()


@pytest.fixture(scope="module")
def address(house: Office) -> Iterator[str]:
    """The address of that office's server."""
    with serving(house) as found:
        yield found


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """An office of a test's own."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found
