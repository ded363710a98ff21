"""Whose turn it is: accounts that nobody looked at for long, and work that one worker does for all."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.jobs.mailbox import AccountLoop, Checkpoint

_checkpoint = Checkpoint.__table__  # type: ignore[attr-defined]
_visited_at = AccountLoop.__table__.c.visited_at  # type: ignore[attr-defined]
_VISIT = text(
    "UPDATE tenure_account_loop SET woken = true, visited_at = :now WHERE account_id IN ("
    " SELECT account_id FROM tenure_account_loop WHERE visited_at IS NULL OR visited_at < :before"
    " ORDER BY visited_at LIMIT :most) RETURNING account_id"
).bindparams(bindparam("now", type_=_visited_at.type), bindparam("before", type_=_visited_at.type))
_OVERDUE = text(
    "SELECT 1 FROM tenure_account_loop WHERE visited_at IS NULL OR visited_at < :before LIMIT 1"
).bindparams(bindparam("before", type_=_visited_at.type))


def visit(connection: Connection, before: datetime, most: int, now: datetime) -> list[str]:
    """Wakes up to `most` accounts that were last visited before `before`, the longest unvisited first.

    So every account is evaluated in every cycle, however quiet it is and however loud the others are.
    """
    if connection.execute(_OVERDUE, {"before": before}).first() is None:
        return []
    return list(connection.scalars(_VISIT, {"now": now, "before": before, "most": most}))


def take_turn(connection: Connection, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Whether `holder` may do the work `name` until `length` from now; asked again, the turn is prolonged."""
    value = {"holder": holder, "until": (now + length).isoformat()}
    query = select(_checkpoint.c.value).where(_checkpoint.c.name == name).with_for_update()
    found = connection.scalar(query)
    if found is None:
        return _first(connection, name, value)
    if found["holder"] != holder and datetime.fromisoformat(found["until"]) > now:
        return False
    connection.execute(update(_checkpoint).where(_checkpoint.c.name == name).values(value=value))
    return True


def _first(connection: Connection, name: str, value: dict[str, str]) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(insert(_checkpoint), {"name": name, "value": value})
    except IntegrityError:
        return False  # somebody else was first
    return True
