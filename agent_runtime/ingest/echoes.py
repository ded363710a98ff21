"""What says nothing new: a mail under a second id, a meeting in a second calendar, the end of what was never taken."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from agent_runtime.ingest.copies import each_mail_once
from memory.records import Activity
from memory.timeline import NewActivity

_activity = Activity.__table__  # type: ignore[attr-defined]


def without_echoes(
    connection: Connection, activities: Sequence[NewActivity], traceless: frozenset[str]
) -> list[NewActivity]:
    """The activities, each mail and each meeting once, whoever tells of it.

    A meeting that is in the calendars of several of ours is one meeting; of mails see `copies`.
    A deletion in a `traceless` stream that deletes nothing is left out too: that there was such a mail or such a
    private talk must not be kept.
    """
    told = each_mail_once(connection, activities)
    known = _known(connection, [one for one in told if one.deleted and one.stream in traceless])
    known |= {one.source_id for one in told if not one.deleted}
    told = [one for one in told if not (one.deleted and one.stream in traceless and one.source_id not in known)]
    return _each_meeting_once(connection, told)


def _each_meeting_once(connection: Connection, activities: Sequence[NewActivity]) -> list[NewActivity]:
    """Without meetings that stand on the account's timeline already, out of the calendar of another who took part."""
    found = _meetings(connection, activities)
    kept = []
    for one in activities:
        occurrence = one.data.get("occurrence")
        if not occurrence or found.setdefault((one.account_id, occurrence), one.source_id) == one.source_id:
            kept.append(one)
    return kept


def _meetings(connection: Connection, activities: Sequence[NewActivity]) -> dict[tuple[str | None, str], str]:
    """By account and occurrence, under which id a meeting stands on the timeline."""
    accounts = {one.account_id for one in activities if one.account_id and one.data.get("occurrence")}
    if not accounts:
        return {}
    columns = (_activity.c.account_id, _activity.c.source_id, _activity.c.data)
    chosen = (_activity.c.account_id.in_(sorted(accounts)), _activity.c.kind == "meeting", _activity.c.current)
    rows = connection.execute(select(*columns).where(*chosen, ~_activity.c.deleted).order_by(_activity.c.id))
    found: dict[tuple[str | None, str], str] = {}
    for account_id, source_id, data in rows:
        if data.get("occurrence"):
            found.setdefault((account_id, data["occurrence"]), source_id)
    return found


def _known(connection: Connection, deleted: Sequence[NewActivity]) -> set[str]:
    """Those of the deleted records that were taken once."""
    found: set[str] = set()
    for source, stream in sorted({(one.source, one.stream) for one in deleted}):
        ids = sorted({one.source_id for one in deleted if (one.source, one.stream) == (source, stream)})
        key = (_activity.c.source == source, _activity.c.stream == stream, _activity.c.source_id.in_(ids))
        found |= set(connection.scalars(select(_activity.c.source_id).where(*key)))
    return found
