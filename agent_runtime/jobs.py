"""The mailbox of every account and the wake flag of its loop: the truth about what is still to be done."""

from collections.abc import Iterable
from typing import Any

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
    """One row an account: `seq` counts its runs, `woken` says that one is due."""

    __tablename__ = "tenure_account_loop"
    __table_args__ = (
        Index(
            "tenure_account_loop_woken",
            "account_id",
            sqlite_where=text("woken"),
            postgresql_where=text("woken"),
        ),
    )

    account_id: str = Field(primary_key=True)
    seq: int = 0
    woken: bool = False


class Checkpoint(SQLModel, table=True):
    """Where something long stands, by name, so that it goes on from there."""

    __tablename__ = "tenure_checkpoint"

    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(sa_type=JSON)


_letter = Letter.__table__  # type: ignore[attr-defined]
_loop = AccountLoop.__table__  # type: ignore[attr-defined]
_checkpoint = Checkpoint.__table__  # type: ignore[attr-defined]
_WAKE = text(
    "INSERT INTO tenure_account_loop (account_id, seq, woken) VALUES (:account_id, 0, true)"
    " ON CONFLICT (account_id) DO UPDATE SET woken = true"
)


_PUT = insert(_letter)
# As text, because "woken = 1" would not be found in the partial index.
_WOKEN = text("SELECT account_id FROM tenure_account_loop WHERE woken ORDER BY account_id")
_BEGIN = text("UPDATE tenure_account_loop SET seq = seq + 1, woken = false WHERE account_id = :account RETURNING seq")
_EMPTY = delete(_letter).where(_letter.c.account_id == bindparam("account"))
_NOTED = select(_checkpoint.c.value).where(_checkpoint.c.name == bindparam("wanted"))
_NOTE = update(_checkpoint).where(_checkpoint.c.name == bindparam("wanted")).values(value=bindparam("state"))


def post(connection: Connection, letters: Iterable[tuple[str, str]]) -> None:
    """Puts (account_id, activity_id) pairs into the mailboxes and wakes the accounts."""
    rows = [{"account_id": account, "activity_id": activity} for account, activity in letters]
    if not rows:
        return
    connection.execute(_PUT, rows)
    wake(connection, {row["account_id"] for row in rows})


def wake(connection: Connection, account_ids: Iterable[str]) -> None:
    """Asks for a run of each account; asking twice is asking once."""
    rows = [{"account_id": account} for account in sorted(set(account_ids))]
    if rows:
        connection.execute(_WAKE, rows)


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


def checkpoint(connection: Connection, name: str) -> dict[str, Any] | None:
    """Where `name` stands, or None when it never began."""
    found: dict[str, Any] | None = connection.scalar(_NOTED, {"wanted": name})
    return found


def set_checkpoint(connection: Connection, name: str, value: dict[str, Any]) -> None:
    """Notes where `name` stands, in the transaction that did the work."""
    if connection.execute(_NOTE, {"wanted": name, "state": value}).rowcount == 0:
        connection.execute(insert(_checkpoint), {"name": name, "value": value})
