"""The timeline as it was known at a moment in the past."""

from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, select

from memory.records import Activity
from memory.scope import AccountScope
from memory.timeline.reading import Event

_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_other = _activity.alias("other")
_KEY = ("source", "stream", "source_id")
_COLUMNS = [_activity.c[name] for name in Event._fields]
# Every revision of what this account ever had: a later one may have gone to another account.
_REVISIONS = (
    select(_activity.c.revision, _activity.c.deleted, *_COLUMNS)
    .where(
        _activity.c.known_at <= bindparam("moment"),
        select(_other.c.id)
        .where(*(_other.c[name] == _activity.c[name] for name in _KEY), _other.c.account_id == bindparam("account_id"))
        .exists(),
    )
    .order_by(_activity.c.known_at, _activity.c.revision)
)


def read_as_of(connection: Connection, scope: AccountScope, moment: datetime) -> list[Event]:
    """The activities of one account as they could be known at `moment`, by occurred_at, stream and source_id."""
    last: dict[tuple[str, str, str], tuple[bool, Event]] = {}
    for _revision, deleted, *columns in connection.execute(
        _REVISIONS, {"account_id": scope.account_id, "moment": moment}
    ):
        event = Event(*columns)
        last[event.source, event.stream, event.source_id] = (deleted, event)
    found = [event for deleted, event in last.values() if not deleted and event.account_id == scope.account_id]
    return sorted(found, key=lambda x: (x.occurred_at, x.stream, x.source_id))
