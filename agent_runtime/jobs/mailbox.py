"""The mailbox of every account and the wake flag of its loop: the truth about what is still to be done."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Index, bindparam, delete, insert, select, text, update
from sqlmodel import Field, SQLModel


class Letter(SQLModel, table=True):
    """An activity that the account's loop has not looked at yet."""

    __tablename__ = "tenure_letter"
    __table_args__ = (Index("tenure_letter_account", "account_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: str
    activity_id: str


class AccountLoop(SQLModel, table=True):
    """One row an account: `seq` counts its runs, `woken` says that one is due.

    `dispatched` is the highest run that was put into the queue: above `seq` it waits there or has just begun.
    `failures` and `retry_at` hold back an account whose run raised; nothing else sets them. `visited_at`: when its
    turn came last although nothing asked for it.
    """

    __tablename__ = "tenure_account_loop"
    __table_args__ = (
        Index(
            "tenure_account_loop_woken",
            "account_id",
            sqlite_where=text("woken"),
            postgresql_where=text("woken"),
        ),
        Index(
            "tenure_account_loop_queued",
            "account_id",
            sqlite_where=text("woken AND dispatched > seq"),
            postgresql_where=text("woken AND dispatched > seq"),
        ),
        Index("tenure_account_loop_visited", "visited_at"),
    )

    account_id: str = Field(primary_key=True)
    seq: int = 0
    woken: bool = False
    dispatched: int = 0
    failures: int = 0
    retry_at: datetime | None = None
    visited_at: datetime | None = None


class Checkpoint(SQLModel, table=True):
    """Where something long stands, by name, so that it goes on from there."""

    __tablename__ = "tenure_checkpoint"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)


_letter = Letter.__table__  # type: ignore[attr-defined]
_loop = AccountLoop.__table__  # type: ignore[attr-defined]
_checkpoint = Checkpoint.__table__  # type: ignore[attr-defined]
# Rows go over as one JSON value and come in by one statement: three times as fast as row by row.
_PUT = {
    "sqlite": text(
        "INSERT INTO tenure_letter (account_id, activity_id)"
        " SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:rows)"
    ),
    "postgresql": text(
        "INSERT INTO tenure_letter (account_id, activity_id)"
        " SELECT value ->> 0, value ->> 1 FROM json_array_elements(CAST(:rows AS json))"
    ),
}
# What is awake already is locked, so that it cannot fall asleep meanwhile, and not written. SQLite needs the WHERE.
_WAKE = {
    dialect: text(
        "INSERT INTO tenure_account_loop (account_id, seq, woken, dispatched, failures)"
        f" SELECT value, 0, true, 0, 0 FROM {elements} WHERE true"
        " ON CONFLICT (account_id) DO UPDATE SET woken = true WHERE NOT tenure_account_loop.woken"
    )
    for dialect, elements in (
        ("sqlite", "json_each(:rows)"),
        ("postgresql", "json_array_elements_text(CAST(:rows AS json))"),
    )
}
# As text, because "woken = 1" would not be found in the partial index.
_WOKEN = text("SELECT account_id FROM tenure_account_loop WHERE woken ORDER BY account_id")
_BEGIN = text("UPDATE tenure_account_loop SET seq = seq + 1, woken = false WHERE account_id = :account RETURNING seq")
_HOLD = text("UPDATE tenure_account_loop SET seq = seq WHERE account_id = :account AND seq = :seq")
_LATEST = text("SELECT seq FROM tenure_account_loop WHERE account_id = :account")
_EMPTY = delete(_letter).where(_letter.c.account_id == bindparam("account"))
_NOTED = select(_checkpoint.c.value).where(_checkpoint.c.name == bindparam("wanted"))
_NOTE = update(_checkpoint).where(_checkpoint.c.name == bindparam("wanted")).values(value=bindparam("state"))


def post(connection: Connection, letters: Iterable[tuple[str, str]]) -> None:
    """Puts (account_id, activity_id) pairs into the mailboxes and wakes the accounts."""
    rows = list(letters)
    if rows:
        connection.execute(_PUT[connection.dialect.name], {"rows": orjson.dumps(rows).decode()})
        wake(connection, {account for account, _ in rows})


def wake(connection: Connection, account_ids: Iterable[str]) -> None:
    """Asks for a run of each account; asking twice is asking once."""
    # In one order, so that two that wake the same accounts wait for each other, not each for the other.
    rows = sorted(set(account_ids))
    if rows:
        connection.execute(_WAKE[connection.dialect.name], {"rows": orjson.dumps(rows).decode()})


def woken(connection: Connection) -> list[str]:
    """The accounts that wait for a run, in a fixed order."""
    return list(connection.scalars(_WOKEN))


def all_accounts(connection: Connection) -> list[str]:
    """Every account whose loop was ever woken, in a fixed order."""
    return list(connection.scalars(select(_loop.c.account_id).order_by(_loop.c.account_id)))


def begin_run(connection: Connection, account_id: str) -> int:
    """Clears the wake flag, counts the run and empties the mailbox; gives the run's number.

    The flag falls before the account is read, so that what arrives during the run wakes it again.
    """
    seq = connection.scalar(_BEGIN, {"account": account_id})
    connection.execute(_EMPTY, {"account": account_id})
    return int(seq or 0)


def latest_run(connection: Connection, account_id: str) -> int:
    """The number of the account's latest run; 0 where none has begun."""
    return int(connection.scalar(_LATEST, {"account": account_id}) or 0)


def hold(connection: Connection, account_id: str, seq: int) -> bool:
    """Locks the account for the rest of the transaction if run `seq` is still its latest.

    False: another run has begun since, because this one's worker stood still for so long that it was taken for dead;
    what this one found out is old, and it writes nothing.
    """
    return connection.execute(_HOLD, {"account": account_id, "seq": seq}).rowcount == 1


def checkpoint(connection: Connection, name: str) -> dict[str, Any] | None:
    """Where `name` stands, or None when it never began."""
    found: dict[str, Any] | None = connection.scalar(_NOTED, {"wanted": name})
    return found


def set_checkpoint(connection: Connection, name: str, value: dict[str, Any]) -> None:
    """Notes where `name` stands, in the transaction that did the work."""
    if connection.execute(_NOTE, {"wanted": name, "state": value}).rowcount == 0:
        connection.execute(insert(_checkpoint), {"name": name, "value": value})
