"""That vendors call us when something changed: each is asked to go on in time, and where it does not, that is told."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Table, delete, select, update

from agent_runtime.connectors.models import VendorCalls
from agent_runtime.ingest.upsert import upsert
from tools.base import CallsBack, Source, VendorError

_calls: Table = VendorCalls.__table__  # type: ignore[attr-defined]
# A promise is renewed when half of it is over, twice a day at least; after a refusal, sooner.
_EVERY, _AFTER_REFUSAL = timedelta(hours=12), timedelta(minutes=15)


class CallsLine(BaseModel):
    """For which stream a system calls us: `until` when it said so, or why it does not and what helps.

    `problem` without an end; `failing_since`: when it was first refused; both empty while it calls.
    """

    stream: str
    until: datetime | None
    due_at: datetime
    problem: str
    fix: str
    failing_since: datetime | None


def keep_calls(engine: Engine, name: str, source: Source, now: datetime) -> None:
    """Asks a system to go on calling us, where it is time; a refusal is kept to be told, polling goes on all the same.

    No transaction is open while the vendor is asked.
    """
    streams = source.called_for() if isinstance(source, CallsBack) else ()
    with engine.begin() as connection:
        # What it is no longer to call for is not told any more.
        connection.execute(delete(_calls).where(_calls.c.connection == name, _calls.c.stream.not_in(streams)))
        known = {row["stream"]: dict(row) for row in _rows(connection, name)}
    if not isinstance(source, CallsBack):
        return
    for stream in streams:
        before = known.get(stream)
        if before is None or before["due_at"] <= now:
            row = _asked(source, stream, before or {"connection": name, "stream": stream, "mark": ""}, now)
            with engine.begin() as connection:
                upsert(connection, _calls, [row])


def ask_anew(connection: Connection, name: str, now: datetime) -> None:
    """Lets a system be asked at its next read: it said that it will not go on calling otherwise."""
    connection.execute(update(_calls).where(_calls.c.connection == name).values(due_at=now))


def end_calls(engine: Engine, name: str, source: Source) -> list[str]:
    """Tells a system that it need not call any more; gives the streams for which it could not be told.

    Those end by themselves, at the latest when their time is over.
    """
    with engine.connect() as connection:
        rows = [dict(row) for row in _rows(connection, name)]
    left = [row["stream"] for row in rows if isinstance(source, CallsBack) and not _ended(source, row)]
    with engine.begin() as connection:
        connection.execute(delete(_calls).where(_calls.c.connection == name))
    return left


def calls_lines(connection: Connection) -> dict[str, list[CallsLine]]:
    """By connection, for what each system calls us or should."""
    found: dict[str, list[CallsLine]] = {}
    for row in connection.execute(select(_calls).order_by(_calls.c.connection, _calls.c.stream)).mappings():
        found.setdefault(row["connection"], []).append(CallsLine.model_validate(dict(row)))
    return found


def _rows(connection: Connection, name: str) -> list[Any]:
    query = select(_calls).where(_calls.c.connection == name).order_by(_calls.c.stream)
    return list(connection.execute(query).mappings())


def _ended(source: CallsBack, row: dict[str, Any]) -> bool:
    try:
        source.end_calling(row["stream"], row["mark"])
    except VendorError:
        return False
    return True


def _asked(source: CallsBack, stream: str, before: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The row of a stream after the system was asked."""
    try:
        promised = source.keep_calling(stream, before["mark"])
    except VendorError as error:
        refused = {"problem": error.what, "fix": error.fix, "failing_since": before.get("failing_since") or now}
        return before | refused | {"until": before.get("until"), "due_at": now + _AFTER_REFUSAL}
    due = now + min(_EVERY, (promised.until - now) / 2)
    agreed = {"mark": promised.mark, "until": promised.until, "due_at": due}
    return before | agreed | {"problem": "", "fix": "", "failing_since": None}
