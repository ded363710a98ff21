"""What a source tells that says nothing new: mails that we sent ourselves, and the end of what was never taken."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from memory.records import Activity
from memory.timeline import NewActivity

_activity = Activity.__table__  # type: ignore[attr-defined]
_OWN = (_activity.c.source == "tenure", _activity.c.stream == "outbox", _activity.c.kind == "email")


def without_echoes(
    connection: Connection, activities: Sequence[NewActivity], private: frozenset[str]
) -> list[NewActivity]:
    """The activities without mails that stand on the timeline since they were sent from here, known by Message-ID.

    A deletion in a `private` stream that deletes nothing is left out too: whose mail it was must not be kept.
    """
    sent = _sent_by_us(connection, activities)
    known = _known(connection, [one for one in activities if one.deleted and one.stream in private])
    return [
        one
        for one in activities
        if not (_message_id(one) in sent or (one.deleted and one.stream in private and one.source_id not in known))
    ]


def _message_id(one: NewActivity) -> str | None:
    return one.data.get("message_id") if one.kind == "email" and one.direction == "outbound" else None


def _sent_by_us(connection: Connection, activities: Sequence[NewActivity]) -> set[str]:
    accounts = {one.account_id for one in activities if one.account_id and _message_id(one)}
    if not accounts:
        return set()
    query = select(_activity.c.data).where(_activity.c.account_id.in_(sorted(accounts)), *_OWN)
    return {str(data["message_id"]) for data in connection.scalars(query) if data.get("message_id")}


def _known(connection: Connection, deleted: Sequence[NewActivity]) -> set[str]:
    """Those of the deleted records that were taken once."""
    found: set[str] = set()
    for source, stream in sorted({(one.source, one.stream) for one in deleted}):
        ids = sorted({one.source_id for one in deleted if (one.source, one.stream) == (source, stream)})
        key = (_activity.c.source == source, _activity.c.stream == stream, _activity.c.source_id.in_(ids))
        found |= set(connection.scalars(select(_activity.c.source_id).where(*key)))
    return found
