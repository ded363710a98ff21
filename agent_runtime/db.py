"""The database: how it is opened, how its tables and guards are made."""

from importlib import import_module
from sqlite3 import Cursor, OperationalError
from typing import Any

import orjson
from sqlalchemy import Engine, Table, create_engine, event
from sqlmodel import SQLModel
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_random

# The first statement that a connection makes; it does not wait for others by itself, though only once in the life of a
# database it has something to do.
_WRITE_AHEAD = "PRAGMA journal_mode=WAL"
# WAL with NORMAL loses nothing that was committed when the program dies. The cache (in KiB) holds what a company's
# accounts touch in turn; a checkpoint of the log comes at each 40 MB, not at each 4.
_PRAGMAS = (
    "synchronous=NORMAL",
    "busy_timeout=30000",
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=10000",
)
# Every module that defines tables. An explicit list, because a table whose module nobody imported would be missing.
MODEL_MODULES = (
    "memory.records",
    "memory.merge",
    "memory.tombstones",
    "memory.vectors",
    "agent_runtime.jobs.mailbox",
    "agent_runtime.jobs.liveness",
    "agent_runtime.events",
    "agent_runtime.llm.models",
    "agent_runtime.users.models",
    "agent_runtime.http.idempotency",
    "agent_runtime.audit.models",
    "agent_runtime.ledger.models",
    "agent_runtime.actions.models",
    "agent_runtime.inbox.models",
    "agent_runtime.assistant.models",
    "agent_runtime.calls.labelling.models",
    "agent_runtime.calls.week.models",
    "agent_runtime.watchtower.models",
    "agent_runtime.doors.models",
    "agent_runtime.connectors.models",
)


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def make_engine(url: str) -> Engine:
    """Opens `url` (sqlite:///path or postgresql+psycopg://…); nothing is read or written yet."""
    engine = create_engine(url, json_serializer=_dumps, json_deserializer=orjson.loads)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # IMMEDIATE takes the write lock at BEGIN, so that two writers wait for each other instead of failing half-way.
    connection.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@retry(
    retry=retry_if_exception_type(OperationalError),
    wait=wait_random(0.005, 0.05),
    stop=stop_after_delay(30),
    reraise=True,
)
def _write_ahead(cursor: Cursor) -> None:
    cursor.execute(_WRITE_AHEAD)


def tables() -> list[Table]:
    """Every table of ours, in the order in which they can be made."""
    for name in MODEL_MODULES:
        import_module(name)
    return list(SQLModel.metadata.sorted_tables)


def create_schema(engine: Engine) -> None:
    """Creates all tables with their guards; what exists stays as it is."""
    SQLModel.metadata.create_all(engine, tables=tables())
