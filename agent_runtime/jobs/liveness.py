"""Who of the workers is alive: each holds a lock that dies with it, and shows by a heartbeat that it is moving."""

import fcntl
import os
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table, bindparam, delete, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Field, SQLModel


class Worker(SQLModel, table=True):
    """One row for each process that works; whoever finds its lock free takes the row out."""

    __tablename__ = "tenure_worker"

    executor_id: str = Field(primary_key=True)
    started_at: datetime
    heartbeat: datetime


_worker: Table = Worker.__table__  # type: ignore[attr-defined]
_BEAT = update(_worker).where(_worker.c.executor_id == bindparam("executor")).values(heartbeat=bindparam("now"))
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock_all()")
# How long PostgreSQL lets a worker that stands still keep its open transaction, and with it an account's row.
_IDLE_IN_TRANSACTION = "SET idle_in_transaction_session_timeout = '30s'"


class Lock(Protocol):
    """The lock that a worker holds for as long as its process lives."""

    def take(self, executor_id: str) -> None:
        """Takes the lock of this process."""
        ...

    def held(self) -> bool:
        """Whether this process has it still."""
        ...

    def release(self) -> None:
        """Gives it back."""
        ...

    def is_free(self, executor_id: str) -> bool:
        """Whether nobody holds the lock of `executor_id`: its process is dead."""
        ...


class FileLock:
    """A locked file for each worker in `folder`: for SQLite, where all workers stand on one machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None
        self._path: Path | None = None

    def take(self, executor_id: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = self._path_of(executor_id)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def held(self) -> bool:
        return self._descriptor is not None

    def release(self) -> None:
        if self._descriptor is not None and self._path is not None:
            self._path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def is_free(self, executor_id: str) -> bool:
        path = self._path_of(executor_id)
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            path.unlink(missing_ok=True)
            return True
        finally:
            os.close(descriptor)

    def _path_of(self, executor_id: str) -> Path:
        return self._folder / f"{executor_id}.lock"


class SessionLock:
    """An advisory lock of a session of its own: PostgreSQL lets go of it when the process or its line is gone."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self, executor_id: str) -> None:
        self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _key(executor_id)})

    def held(self) -> bool:
        if self._connection is None or self._connection.invalidated:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False  # the session is gone, and whoever looks finds the lock free
        return True

    def release(self) -> None:
        if self._connection is not None:
            if self.held():
                # The server notices only after a moment that a session has ended; the lock is to be free at once.
                self._connection.execute(_UNLOCK)
            # Not back into the pool: the session ends, and the lock with it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def is_free(self, executor_id: str) -> bool:
        with self._engine.begin() as connection:
            return bool(connection.scalar(_TRY_LOCK, {"key": _key(executor_id)}))


def lock_for(engine: Engine, folder: Path) -> Lock:
    """The kind of lock that serves all workers of this database; `folder` is for SQLite."""
    return FileLock(folder) if engine.dialect.name == "sqlite" else SessionLock(engine)


def end_idle_transactions(engine: Engine) -> None:
    """On PostgreSQL, ends transactions in which nothing happens; SQLite has no such thing."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _limit_idling)


def register(connection: Connection, executor_id: str, now: datetime) -> None:
    """Enters a worker, before it takes any work."""
    connection.execute(insert(_worker), {"executor_id": executor_id, "started_at": now, "heartbeat": now})


def sign_off(connection: Connection, executor_id: str) -> None:
    """Takes a worker out: what it had begun and not ended goes to the others."""
    connection.execute(delete(_worker).where(_worker.c.executor_id == executor_id))


def beat(connection: Connection, executor_id: str, now: datetime) -> bool:
    """Notes that the worker is moving; False when it was taken for dead meanwhile."""
    return connection.execute(_BEAT, {"executor": executor_id, "now": now}).rowcount == 1


def workers(connection: Connection) -> dict[str, datetime]:
    """Each worker with its last heartbeat."""
    return {name: at for name, at in connection.execute(select(_worker.c.executor_id, _worker.c.heartbeat))}


def strike_off(connection: Connection, executor_id: str, unless_after: datetime | None = None) -> bool:
    """Takes a dead worker out, or one that stood still, `unless_after` this it showed itself."""
    gone = delete(_worker).where(_worker.c.executor_id == executor_id)
    if unless_after is not None:
        gone = gone.where(_worker.c.heartbeat <= unless_after)
    return connection.execute(gone).rowcount == 1


def strike_off_lost(engine: Engine, lock: Lock, own: str, now: datetime, frozen_after: timedelta) -> list[str]:
    """Takes out every other worker whose lock is free, or that has stood still for too long; gives their names."""
    with engine.connect() as connection:
        others = [(name, at) for name, at in workers(connection).items() if name != own]
    lost = []
    for name, heartbeat in others:
        dead = lock.is_free(name)
        if dead or heartbeat <= now - frozen_after:
            with engine.begin() as connection:
                if strike_off(connection, name, None if dead else now - frozen_after):
                    lost.append(name)
    return lost


def _key(executor_id: str) -> int:
    return int.from_bytes(blake2b(executor_id.encode(), digest_size=8).digest(), "big", signed=True)


def _limit_idling(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_IDLE_IN_TRANSACTION)
    connection.commit()
