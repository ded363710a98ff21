"""Whose turn it is: accounts that nobody looked at for long, and work that one worker does for all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from agent_runtime.jobs.mailbox import AccountLoop, Checkpoint

_checkpoint = Checkpoint.__table__  # type: ignore[attr-defined]
_visited_at = AccountLoop.__table__.c.visited_at  # type: ignore[attr-defined]
_BEGIN_VISIT = text(
    "UPDATE tenure_account_loop SET visited_at = :begun WHERE account_id IN ("
    " SELECT account_id FROM tenure_account_loop WHERE visited_at IS NULL OR visited_at < :before"
    " ORDER BY visited_at LIMIT :most) RETURNING account_id"
).bindparams(bindparam("begun", type_=_visited_at.type), bindparam("before", type_=_visited_at.type))
_END_VISIT = {
    dialect: text(
        f"UPDATE tenure_account_loop SET visited_at = :now WHERE account_id IN (SELECT value FROM {elements})"
    ).bindparams(bindparam("now", type_=_visited_at.type))
    for dialect, elements in (
        ("sqlite", "json_each(:rows)"),
        ("postgresql", "json_array_elements_text(CAST(:rows AS json))"),
    )
}
_FORGET_VISITS = text("UPDATE tenure_account_loop SET visited_at = NULL")
_OVERDUE = text(
    "SELECT 1 FROM tenure_account_loop WHERE visited_at IS NULL OR visited_at < :before LIMIT 1"
).bindparams(bindparam("before", type_=_visited_at.type))


def begin_visit(connection: Connection, before: datetime, most: int, begun: datetime) -> list[str]:
    """Takes up to `most` accounts that were last visited before `before`, the longest unvisited first.

    So every account is evaluated in every cycle, however quiet it is and however loud the others are. Until the visit
    has ended they count as visited at `begun`: so far ahead of `before` that nobody else takes them meanwhile, and no
    further, so that they come again where whoever took them died.
    """
    if connection.execute(_OVERDUE, {"before": before}).first() is None:
        return []
    return sorted(connection.scalars(_BEGIN_VISIT, {"begun": begun, "before": before, "most": most}))


def end_visit(connection: Connection, account_ids: Sequence[str], now: datetime) -> None:
    """Notes that these accounts were evaluated now."""
    rows = orjson.dumps(sorted(account_ids)).decode()
    connection.execute(_END_VISIT[connection.dialect.name], {"rows": rows, "now": now})


def forget_visits(connection: Connection) -> None:
    """Gives every account its turn anew, because what it is judged by has changed."""
    connection.execute(_FORGET_VISITS)


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
