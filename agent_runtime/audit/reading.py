"""What people read of the audit: entries by account, subject, actor, event and time, the latest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel
from sqlalchemy import Connection, Table, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from agent_runtime.audit.models import AuditEntry
from agent_runtime.http.paging import cursor_of, read_cursor
from agent_runtime.permissions import Reach, within
from memory.records import Account

_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries; what is None does not matter. Without `reach` the caller has seen to the account's."""

    reach: Reach | None = None
    account_id: str | None = None
    subject_id: str | None = None
    actor_id: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class EntryLine(BaseModel):
    """One line of an account's audit."""

    account_id: str
    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    event: str
    subject_id: str
    payload: dict[str, Any]
    entry_hash: str


class Entries(BaseModel):
    """A page of the audit; `next` is the cursor of the following one."""

    entries: list[EntryLine]
    next: str | None


def page(connection: Connection, sought: Sought, cursor: str | None, limit: int) -> Entries:
    """The entries, the latest first."""
    after = cast(tuple[str, str, int] | None, read_cursor(cursor, str, str, int))
    query = select(*(_entry.c[name] for name in EntryLine.model_fields)).where(*_where(sought))
    if after is not None:
        query = query.where(_before(datetime.fromisoformat(after[0]), after[1], after[2]))
    ordered = query.order_by(_entry.c.at.desc(), _entry.c.account_id, _entry.c.seq.desc()).limit(limit)
    found = [EntryLine(**row) for row in connection.execute(ordered).mappings()]
    last = found[-1] if len(found) == limit else None
    return Entries(entries=found, next=cursor_of(last.at.isoformat(), last.account_id, last.seq) if last else None)


def _before(at: datetime, account_id: str, seq: int) -> ColumnElement[bool]:
    same = and_(_entry.c.account_id == account_id, _entry.c.seq < seq)
    return or_(_entry.c.at < at, and_(_entry.c.at == at, or_(_entry.c.account_id > account_id, same)))


def _where(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.reach is not None and not sought.reach.everything:
        yield _entry.c.account_id.in_(select(_account.c.id).where(within(sought.reach, _account.c)))
    for column, value in (
        (_entry.c.account_id, sought.account_id),
        (_entry.c.subject_id, sought.subject_id),
        (_entry.c.actor_id, sought.actor_id),
        (_entry.c.event, sought.event),
    ):
        if value is not None:
            yield column == value
    if sought.since is not None:
        yield _entry.c.at >= sought.since
    if sought.until is not None:
        yield _entry.c.at < sought.until
