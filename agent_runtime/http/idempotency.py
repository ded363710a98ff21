"""Idempotency keys: a change that is asked for twice with the same key happens once and gets the same answer."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, LargeBinary, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from agent_runtime.http.refusals import KeyReused

KEPT = timedelta(hours=24)


class Idempotent(SQLModel, table=True):
    """The answer to one change. It is written in the transaction of the change, so that both are there or neither.

    Whoever comes with the same key meanwhile waits for that transaction and then finds the answer.
    """

    __tablename__ = "tenure_idempotency"

    key_hash: str = Field(primary_key=True)
    request_hash: str
    status: int = 0
    body: bytes = Field(default=b"", sa_type=LargeBinary)
    created_at: datetime = Field(index=True)


class Answer(NamedTuple):
    """An answer as it was given the first time."""

    status: int
    body: bytes


_row: Table = Idempotent.__table__  # type: ignore[attr-defined]
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def key_hash(user_id: str, route: str, key: str) -> str:
    """One key for one person and one route."""
    return _digest(user_id, route, key)


def begin(connection: Connection, key: str, path: str, body: bytes, now: datetime) -> Answer | None:
    """The answer that was given under this key, or None when this request is the first.

    Raises KeyReused when the first one was another request.
    """
    connection.execute(delete(_row).where(_row.c.created_at <= now - KEPT))
    request_hash = _digest(path, hashlib.sha256(body).hexdigest())
    if _claimed(connection, key, request_hash, now):
        return None
    first = connection.execute(select(_row).where(_row.c.key_hash == key)).one()
    if first.request_hash != request_hash:
        raise KeyReused("This Idempotency-Key came with another request before.", fix="Use a new key for each change.")
    return Answer(first.status, bytes(first.body))


def finish(connection: Connection, key: str, answer: Answer) -> None:
    """Keeps the answer under its key."""
    values = {"status": answer.status, "body": answer.body}
    connection.execute(update(_row).where(_row.c.key_hash == key).values(**values))


def _claimed(connection: Connection, key: str, request_hash: str, now: datetime) -> bool:
    values = {"key_hash": key, "request_hash": request_hash, "created_at": now, "body": b"", "status": 0}
    statement = _INSERT[connection.dialect.name](_row).values(**values).on_conflict_do_nothing()
    return connection.execute(statement.returning(_row.c.key_hash)).first() is not None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
