"""Writes audit entries in the caller's transaction, verifies the chains, exports them; never commits."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, RowMapping, Select, bindparam, insert, select, type_coerce, update
from sqlalchemy.types import NullType
from sqlmodel import SQLModel

from agent_runtime.audit.models import AuditEntry, AuditHead
from agent_runtime.audit.policy import BreakKind, Broken, Entry, Head, SealedEntry, chain, verify

_ENTRY = SQLModel.metadata.tables[str(AuditEntry.__tablename__)]
_HEAD = SQLModel.metadata.tables[str(AuditHead.__tablename__)]

# Built once: this is the hottest path of all services. Postgres locks the head; on SQLite the transaction
# holds the write lock already.
_OF_ACCOUNT = _HEAD.c.account_id == bindparam("account")
_READ_HEAD = select(_HEAD.c.seq, _HEAD.c.head_hash).where(_OF_ACCOUNT).with_for_update()
_MOVE_HEAD = update(_HEAD).where(_OF_ACCOUNT)
_ADD_HEAD = insert(_HEAD)
_ADD_ENTRY = insert(_ENTRY)

# Read as they are stored when verifying: a value that no longer parses must be found, not raised.
_RAW = {"at": NullType(), "payload": NullType()}


def append(connection: Connection, account_id: str, entries: Iterable[Entry], *, install_key: SecretStr) -> int:
    """Seals `entries` behind the account's chain, in the caller's transaction; returns the new last number.

    However many entries: one read of the head, one insert, one write of the head. Two transactions that
    append to one account at once wait for each other; the first two entries of an account cannot both win.
    Raises ValueError if a time is naive, TypeError if a payload is not JSON; then nothing was written.
    """
    head = _head(connection, account_id)
    sealed = chain(account_id, head, entries, install_key.get_secret_value().encode())
    if sealed:
        connection.execute(_ADD_ENTRY, [_row(each) for each in sealed])
        _write_head(connection, account_id, head, sealed[-1])
    return head.seq + len(sealed)


def verify_all(connection: Connection) -> list[Broken]:
    """The first broken record of each account whose chain is not as it was written; empty if all hold."""
    heads = {row.account_id: Head(row.seq, row.head_hash) for row in connection.execute(select(_HEAD))}
    broken = []
    query = select(*(type_coerce(column, _RAW.get(column.name, column.type)) for column in _ENTRY.c))
    for account_id, rows in groupby(_rows(connection, query), key=itemgetter("account_id")):
        found = verify(account_id, [_sealed(row) for row in rows], heads.pop(account_id, Head()))
        broken += [found] if found else []
    return broken + [Broken(account_id, 1, BreakKind.TRUNCATED) for account_id in heads]


def export_jsonl(connection: Connection, account_id: str | None = None) -> Iterator[bytes]:
    """Each entry as one line of JSON, by account and number; of one account if it is named."""
    query = select(_ENTRY)
    if account_id is not None:
        query = query.where(_ENTRY.c.account_id == account_id)
    for row in _rows(connection, query):
        yield orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def _head(connection: Connection, account_id: str) -> Head:
    row = connection.execute(_READ_HEAD, {"account": account_id}).one_or_none()
    return Head(row.seq, row.head_hash) if row else Head()


def _write_head(connection: Connection, account_id: str, before: Head, last: SealedEntry) -> None:
    values = {"seq": last.seq, "head_hash": last.entry_hash}
    if before.seq:
        connection.execute(_MOVE_HEAD, {"account": account_id, **values})
    else:
        connection.execute(_ADD_HEAD, {"account_id": account_id, **values})


def _rows(connection: Connection, query: Select[Any]) -> Iterator[RowMapping]:
    ordered = query.order_by(_ENTRY.c.account_id, _ENTRY.c.seq)
    return iter(connection.execute(ordered, execution_options={"yield_per": 1000}).mappings())


def _row(each: SealedEntry) -> dict[str, Any]:
    entry = each.entry
    return {
        "account_id": each.account_id,
        "seq": each.seq,
        "at": entry.at,
        "actor_kind": entry.actor_kind.value,
        "actor_id": entry.actor_id,
        "event": entry.event,
        "subject_id": entry.subject_id,
        "payload": entry.payload,
        "salt": each.salt,
        "previous_hash": each.previous_hash,
        "entry_hash": each.entry_hash,
    }


def _sealed(row: Mapping[Any, Any]) -> SealedEntry:
    entry = Entry(
        at=_time(row["at"]),
        actor_kind=row["actor_kind"],
        actor_id=row["actor_id"],
        event=row["event"],
        subject_id=row["subject_id"],
        payload=_payload(row["payload"]),
    )
    return SealedEntry(row["account_id"], row["seq"], entry, row["salt"], row["previous_hash"], row["entry_hash"])


def _time(stored: Any) -> datetime:
    # SQLite gives the text that it stores; what is no time stays naive, and so has no seal.
    if isinstance(stored, datetime):
        return stored
    try:
        return datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)
    except ValueError:
        return datetime(1, 1, 1)  # noqa: DTZ001


def _payload(stored: Any) -> Any:
    # What is no JSON is handed on as bytes, and so has no seal.
    if not isinstance(stored, str | bytes):
        return stored
    try:
        return orjson.loads(stored)
    except orjson.JSONDecodeError:
        return bytes(stored, "utf-8") if isinstance(stored, str) else stored
