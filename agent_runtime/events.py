"""The feed of what changed, for pages and programs that watch: written in the transaction that made the change."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Index,
    Integer,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel

from agent_runtime.errors import BadInput

# SQLite counts by itself only in a column of exactly this type.
_Count = BigInteger().with_variant(Integer, "sqlite")


class Event(SQLModel, table=True):
    """One change: `kind` says what, `subject_id` of which row; never any content, for that is asked for by right.

    `transaction`: the writer's number on PostgreSQL, 0 on SQLite, where writers already stand in line.
    """

    __tablename__ = "tenure_event"
    __table_args__ = (Index("tenure_event_order", "transaction", "id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True, sa_type=_Count)
    transaction: int = Field(default=0, sa_type=BigInteger)
    at: datetime
    kind: str
    account_id: str
    subject_id: str


class Place(NamedTuple):
    """How far a reader of the feed has come."""

    transaction: int
    id: int

    def __str__(self) -> str:
        return f"{self.transaction}-{self.id}"


class EventRow(NamedTuple):
    """One row of the feed."""

    place: Place
    at: datetime
    kind: str
    account_id: str
    subject_id: str


START = Place(0, 0)
_event: Table = Event.__table__  # type: ignore[attr-defined]
_ORDER = (_event.c.transaction, _event.c.id)


def publish(connection: Connection, kind: str, account_id: str, subject_id: str, now: datetime) -> None:
    """Tells the feed that `subject_id` of an account changed, if and when the caller's transaction commits."""
    values = {"at": now, "kind": kind, "account_id": account_id, "subject_id": subject_id}
    connection.execute(insert(_event).values(transaction=_writer(connection), **values))


def after(connection: Connection, place: Place, limit: int) -> list[EventRow]:
    """What came after `place`, oldest first; what commits later always stands later.

    On PostgreSQL numbers are given before the commit, so rows of transactions that may still be open, and all that
    began after them, wait.
    """
    query = select(*_ORDER, _event.c.at, _event.c.kind, _event.c.account_id, _event.c.subject_id)
    query = query.where(tuple_(*_ORDER) > tuple_(*map(literal, place)), _settled(connection))
    rows = connection.execute(query.order_by(*_ORDER).limit(limit))
    return [EventRow(Place(row[0], row[1]), *row[2:]) for row in rows]


def latest(connection: Connection) -> Place:
    """Where the feed ends at present: what a reader who only wants news begins from."""
    row = connection.execute(
        select(*_ORDER).where(_settled(connection)).order_by(*(x.desc() for x in _ORDER)).limit(1)
    ).first()
    return Place(*row) if row else START


def place_of(text: str) -> Place:
    """Reads what `str(place)` wrote; raises BadInput for anything else."""
    parts = text.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts):
        raise BadInput("Last-Event-ID is not one that this feed gave.", fix="Begin without it.")
    return Place(int(parts[0]), int(parts[1]))


def forget_before(connection: Connection, moment: datetime) -> int:
    """Deletes what happened before `moment`; a feed is no archive. Gives the number of rows."""
    return connection.execute(delete(_event).where(_event.c.at < moment)).rowcount


def _writer(connection: Connection) -> ColumnElement[int]:
    if connection.dialect.name != "postgresql":
        return literal(0)
    return _number(func.pg_current_xact_id())


def _settled(connection: Connection) -> ColumnElement[bool]:
    if connection.dialect.name != "postgresql":
        return literal(True)
    return _event.c.transaction < _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))


def _number(transaction: ColumnElement[int]) -> ColumnElement[int]:
    # PostgreSQL casts its transaction numbers to text only.
    return cast(cast(transaction, Text), BigInteger)
