"""Reading the timeline: the events of one account as rules want them, and their texts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Result, bindparam, column, select, text

from memory.records import Activity, Episode
from memory.scope import AccountScope
from memory.timeline.chunks import chunks

_activity = Activity.__table__  # type: ignore[attr-defined]
_episode = Episode.__table__  # type: ignore[attr-defined]
_COLUMNS = (
    "id, account_id, source, stream, source_id, kind, direction, occurred_at, known_at, "
    "contact_id, user_id, opportunity_id, caused_by, subject, data"
)
# So that what a result looks like is found out once and not at each call.
_NAMED: list[ColumnElement[Any]] = [column(name) for name in _COLUMNS.split(", ")]
_READ = text(
    f"SELECT {_COLUMNS} FROM tenure_activity"
    " WHERE account_id = :account_id AND current AND NOT deleted"
    " ORDER BY occurred_at"
).columns(*_NAMED)
_READ_EACH = (
    text(
        f"SELECT {_COLUMNS} FROM tenure_activity"
        " WHERE account_id IN :account_ids AND current AND NOT deleted"
        " ORDER BY account_id, occurred_at"
    )
    .bindparams(bindparam("account_ids", expanding=True))
    .columns(*_NAMED)
)
_READ_KINDS = text(
    f"SELECT {_COLUMNS} FROM tenure_activity"
    " WHERE kind IN :kinds AND current AND NOT deleted"
    " ORDER BY occurred_at, stream, source_id"
).bindparams(bindparam("kinds", expanding=True))
_READ_BARE = text(
    "SELECT id, account_id, source_id, direction, occurred_at, known_at, contact_id, user_id, data"
    " FROM tenure_activity WHERE kind = :kind AND current AND NOT deleted"
    " AND known_at <= :known_by AND occurred_at >= :since"
).bindparams(
    bindparam("known_by", type_=_activity.c.known_at.type), bindparam("since", type_=_activity.c.occurred_at.type)
)
_EVER = datetime(1, 1, 1, tzinfo=UTC)
_HEARD = text(
    "SELECT id, contact_id, data FROM tenure_activity WHERE account_id = :account_id AND current AND NOT deleted"
    " AND direction = 'inbound' AND known_at > :since AND kind IN ('email', 'message', 'call', 'form')"
    " ORDER BY occurred_at, id"
).bindparams(bindparam("since", type_=_activity.c.known_at.type))
_TEXTS = select(_episode.c.activity_id, _episode.c.text).where(
    _episode.c.account_id == bindparam("account_id"),
    _episode.c.activity_id.in_(bindparam("activity_ids", expanding=True)),
)


class Event(NamedTuple):
    """An activity as rules read it; times are aware UTC."""

    id: str
    account_id: str | None
    source: str
    stream: str
    source_id: str
    kind: str
    direction: str | None
    occurred_at: datetime
    known_at: datetime
    contact_id: str | None
    user_id: str | None
    opportunity_id: str | None
    caused_by: str
    subject: str | None
    data: dict[str, Any]


class BareEvent(NamedTuple):
    """As much of an activity as its records alone tell."""

    id: str
    account_id: str | None
    source_id: str
    direction: str | None
    occurred_at: datetime
    known_at: datetime
    contact_id: str | None
    user_id: str | None
    data: dict[str, Any]


# An index gives the moments in order; to put right what happened at one moment costs less here than in a database.
_ORDER = attrgetter("occurred_at", "stream", "source_id")
_make = Event._make
_parse = datetime.fromisoformat
_loads = orjson.loads


def read(connection: Connection, scope: AccountScope) -> list[Event]:
    """The current activities of one account that were not deleted, by occurred_at, stream and source_id."""
    found = _events(connection, connection.execute(_READ, {"account_id": scope.account_id}))
    found.sort(key=_ORDER)
    return found


def read_each(connection: Connection, scopes: Sequence[AccountScope]) -> dict[str, list[Event]]:
    """The same for each of many accounts, in one reading; an account without activities has an empty list."""
    found: dict[str, list[Event]] = {scope.account_id: [] for scope in scopes}
    for event in _events(connection, connection.execute(_READ_EACH, {"account_ids": list(found)})):
        found[event.account_id or ""].append(event)
    for events in found.values():
        events.sort(key=_ORDER)
    return found


def read_kinds(connection: Connection, kinds: Sequence[str]) -> list[Event]:
    """The current activities of these kinds of the whole installation: for exports, never for one reader."""
    return _events(connection, connection.execute(_READ_KINDS, {"kinds": list(kinds)}))


def read_bare(connection: Connection, kind: str, known_by: datetime, since: datetime | None = None) -> list[BareEvent]:
    """The same of one kind with what many need, in no order: for those who read a million at once.

    As far as it was known by `known_by`, and happened since `since`.
    """
    found = connection.execute(_READ_BARE, {"kind": kind, "known_by": known_by, "since": since or _EVER})
    if connection.dialect.name == "sqlite":
        return [
            BareEvent(name, account, source_id, direction, _parse(f"{occurred_at}+00:00"), _parse(f"{known_at}+00:00"),
                      contact, user, _loads(data))
            for name, account, source_id, direction, occurred_at, known_at, contact, user, data in found.fetchall()
        ]  # fmt: skip
    return [BareEvent._make((*row[:4], row[4].astimezone(UTC), row[5].astimezone(UTC), *row[6:])) for row in found]


def heard_since(connection: Connection, scope: AccountScope, since: datetime, contact_id: str | None) -> str | None:
    """The first activity with which a customer turned to us that became known after `since`; None where none did.

    Of that contact, or of somebody whom nobody could name; of anybody where `contact_id` is None. What a machine
    wrote is no word of a customer.
    """
    for row in connection.execute(_HEARD, {"account_id": scope.account_id, "since": since}):
        data = orjson.loads(row.data) if isinstance(row.data, str) else row.data
        if not data.get("auto") and (contact_id is None or row.contact_id in (None, contact_id)):
            return str(row.id)
    return None


def texts(connection: Connection, scope: AccountScope, activity_ids: Sequence[str]) -> dict[str, str]:
    """The verbatim text of those activities of one account that have one, by activity id."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(set(activity_ids))):
        parameters = {"account_id": scope.account_id, "activity_ids": chunk}
        found.update((row[0], row[1]) for row in connection.execute(_TEXTS, parameters))
    return found


def _events(connection: Connection, found: Result[Any]) -> list[Event]:
    if connection.dialect.name == "sqlite":
        return _from_texts(found.fetchall())
    return [_event_from_values(*row) for row in found]


def _from_texts(rows: Iterable[Any]) -> list[Event]:
    # SQLite keeps moments as UTC text without an offset, and JSON as text; a hot read does this a million times.
    return [
        _make((
            name, account, source, stream, source_id, kind, direction,
            _parse(f"{occurred_at}+00:00"), _parse(f"{known_at}+00:00"),
            contact, user, opportunity, caused_by, subject, _loads(data),
        ))
        for name, account, source, stream, source_id, kind, direction, occurred_at, known_at,
            contact, user, opportunity, caused_by, subject, data in rows
    ]  # fmt: skip


def _event_from_values(*row: Any) -> Event:
    return _make((*row[:7], row[7].astimezone(UTC), row[8].astimezone(UTC), *row[9:]))
