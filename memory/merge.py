"""Merging two accounts, or two contacts, that turned out to be one; every row that moves is logged and can go back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import JSON, Connection, Table, UniqueConstraint, bindparam, delete, insert, or_, select, update
from sqlmodel import Field, SQLModel

from memory.records import Account, Contact, Fact, Handle

ACCOUNT, CONTACT = "account", "contact"
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
_OF = {ACCOUNT: Account.__table__, CONTACT: Contact.__table__}  # type: ignore[attr-defined]


class Merge(SQLModel, table=True):
    """One merge: the rows of `loser` went to `winner`; kind `account` or `contact`."""

    __tablename__ = "tenure_merge"
    __table_args__ = (UniqueConstraint("loser", "merged_at", name="tenure_merge_once"),)

    id: str = Field(primary_key=True)
    kind: str
    loser: str
    winner: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None = None
    undone_by: str | None = None


class MergeChange(SQLModel, table=True):
    """One row that a merge changed, removed or added: its key, and what stood in it before."""

    __tablename__ = "tenure_merge_change"

    merge_id: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    table: str
    deed: str
    key: dict[str, Any] = Field(sa_type=JSON)
    before: dict[str, Any] = Field(sa_type=JSON)


_merge: Table = Merge.__table__  # type: ignore[attr-defined]
_change: Table = MergeChange.__table__  # type: ignore[attr-defined]


class CannotMerge(ValueError):
    """The two cannot be merged, or the merge cannot be undone; nothing was changed."""


@dataclass(slots=True)
class _Log:
    """What a merge did, in its order."""

    merge_id: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: Table, deed: str, key: dict[str, Any], before: dict[str, Any]) -> None:
        number = len(self.rows)
        self.rows.append(
            {"merge_id": self.merge_id, "number": number, "table": table.name, "deed": deed, "key": key}
            | {"before": before}
        )


def merge(
    connection: Connection, kind: str, loser: str, winner: str, tables: Iterable[Table], by: str, now: datetime
) -> str:
    """Takes every row of `loser` to `winner` in the caller's transaction; gives the merge's id.

    `tables`: all that have the column account_id, or contact_id. What is said of the losing account itself
    (slots `account.…`) stays with it. Raises CannotMerge where one of both is not there or is merged already.
    """
    _check(connection, kind, loser, winner)
    merge_id = f"mrg_{blake2b(f'{kind}|{loser}|{winner}|{now.isoformat()}'.encode(), digest_size=8).hexdigest()}"
    values = {"id": merge_id, "kind": kind, "loser": loser, "winner": winner, "merged_at": now, "merged_by": by}
    connection.execute(insert(_merge).values(**values))
    log = _Log(merge_id)
    column = f"{kind}_id"
    for table in tables:
        if column in table.primary_key.columns:
            _replace_keys(connection, table, column, (loser, winner), log)
        else:
            _move(connection, table, column, (loser, winner), log)
    if kind == CONTACT:
        _rename_facts(connection, loser, winner, log)
    _mark(connection, _OF[kind], loser, winner, log)
    connection.execute(insert(_change), log.rows)
    return merge_id


def undo(connection: Connection, merge_id: str, tables: Iterable[Table], by: str, now: datetime) -> None:
    """Puts back every row that the merge moved, as it stood before; what came later stays where it is.

    Raises CannotMerge where there is no such merge, or it is undone already.
    """
    row = connection.execute(select(_merge).where(_merge.c.id == merge_id)).one_or_none()
    if row is None or row.undone_at is not None:
        raise CannotMerge(f"There is no merge {merge_id} that could be undone.")
    named = {table.name: table for table in (*tables, *_OF.values(), _fact)}
    query = select(_change).where(_change.c.merge_id == merge_id).order_by(_change.c.number.desc())
    for change in connection.execute(query).all():
        _put_back(connection, named[change.table], change)
    values = {"undone_at": now, "undone_by": by}
    connection.execute(update(_merge).where(_merge.c.id == merge_id).values(**values))


def _check(connection: Connection, kind: str, loser: str, winner: str) -> None:
    table = _OF[kind]
    query = select(table.c.id, table.c.merged_into).where(table.c.id.in_((loser, winner)))
    found = {row[0]: row[1] for row in connection.execute(query)}
    if loser == winner or set(found) != {loser, winner}:
        raise CannotMerge(f"{loser} and {winner} are not two {kind}s.")
    if any(found.values()):
        raise CannotMerge(f"{loser} or {winner} is merged into another already.")


def _move(connection: Connection, table: Table, column: str, ends: tuple[str, str], log: _Log) -> None:
    loser, winner = ends
    condition = table.c[column] == loser
    if table is _fact:
        condition &= ~table.c.slot.like("account.%")
    keys = list(table.primary_key.columns)
    rows = connection.execute(select(*keys).where(condition)).mappings().all()
    for row in rows:
        log.add(table, "changed", dict(row), {column: loser})
    if rows:
        connection.execute(update(table).where(condition).values({column: winner}))


def _replace_keys(connection: Connection, table: Table, column: str, ends: tuple[str, str], log: _Log) -> None:
    """Where the column is a part of the key, the row is replaced, unless the winner has the same already."""
    loser, winner = ends
    names = [one.name for one in table.primary_key.columns]
    for row in connection.execute(select(table).where(table.c[column] == loser)).mappings().all():
        before = dict(row)
        key = {name: before[name] for name in names}
        connection.execute(delete(table).where(*_at(table, key)))
        log.add(table, "removed", key, before)
        after = before | {column: winner}
        new_key = {name: after[name] for name in names}
        if connection.execute(select(table).where(*_at(table, new_key))).first() is None:
            connection.execute(insert(table).values(**after))
            log.add(table, "added", new_key, {})


def _rename_facts(connection: Connection, loser: str, winner: str, log: _Log) -> None:
    """The slots that speak of the contact, and the values that name it."""
    slots = [_fact.c.slot.like(f"{kind}.{loser}.%") for kind in ("person", "contact")]
    query = select(_fact.c.id, _fact.c.slot, _fact.c.value).where(or_(_fact.c.value == loser, *slots))
    for fact_id, slot, value in connection.execute(query).all():
        renamed = slot.replace(f".{loser}.", f".{winner}.", 1)
        named = winner if value == loser else value
        log.add(_fact, "changed", {"id": fact_id}, {"slot": slot, "value": value})
        connection.execute(update(_fact).where(_fact.c.id == fact_id).values(slot=renamed, value=named))


def _mark(connection: Connection, table: Table, loser: str, winner: str, log: _Log) -> None:
    log.add(table, "changed", {"id": loser}, {"merged_into": None})
    connection.execute(update(table).where(table.c.id == loser).values(merged_into=winner))


def _at(table: Table, key: dict[str, Any]) -> Sequence[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _put_back(connection: Connection, table: Table, change: Any) -> None:
    if change.deed == "added":
        connection.execute(delete(table).where(*_at(table, change.key)))
    elif change.deed == "removed":
        connection.execute(insert(table).values(**change.before))
    else:
        connection.execute(update(table).where(*_at(table, change.key)).values(**change.before))


_GONE = select(_merge.c.loser, _merge.c.winner).where(_merge.c.kind == bindparam("kind"), _merge.c.undone_at.is_(None))


def redirects(connection: Connection, kind: str) -> dict[str, str]:
    """For each account, or contact, that was merged: where it went at last."""
    direct = {row[0]: row[1] for row in connection.execute(_GONE, {"kind": kind})}
    return {loser: _end(direct, loser) for loser in direct}


def _end(direct: dict[str, str], one: str) -> str:
    seen: set[str] = set()
    while one in direct and one not in seen:
        seen.add(one)
        one = direct[one]
    return one
