"""The lists that give calls their meaning, as values: lines, campaigns, shifts and notes."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.week.context import Campaign, Context, Note, Shift
from agent_runtime.calls.week.rows import Line
from memory.records import Reference

Row = Mapping[str, Any]
_reference: Table = Reference.__table__  # type: ignore[attr-defined]
_STREAMS: Final = ("lines", "campaigns", "shifts", "notes")


def read_context(connection: Connection, is_holiday: Callable[[date], bool]) -> Context:
    """The lists as they were told last."""
    found: dict[str, list[Row]] = {stream: [] for stream in _STREAMS}
    query = select(_reference.c.stream, _reference.c.data).order_by(_reference.c.stream, _reference.c.source_id)
    for stream, data in connection.execute(query):
        if stream in found:
            found[stream].append(data)
    return Context(
        campaigns=[_campaign(row) for row in found["campaigns"]],
        shifts=[shift for row in found["shifts"] if (shift := _shift(row)) is not None],
        notes=sorted(note for row in found["notes"] if (note := _note(row)) is not None),
        lines=[_line(row) for row in found["lines"]],
        is_holiday=is_holiday,
    )


def _line(row: Row) -> Line:
    return Line(
        str(row["number"]),
        row.get("queue"),
        row.get("campaign"),
        row.get("owner"),
        _moment(row.get("valid_from")),
        _moment(row.get("valid_to")),
    )


def _campaign(row: Row) -> Campaign:
    spend = row.get("spend")
    return Campaign(
        str(row["campaign"]),
        row.get("source"),
        row.get("keyword"),
        _day(row.get("from")),
        _day(row.get("to")),
        float(spend) if isinstance(spend, int | float) else None,
    )


def _shift(row: Row) -> Shift | None:
    begins, ends = _moment(row.get("from")), _moment(row.get("to"))
    return Shift(row.get("queue"), begins, ends) if begins and ends else None


def _note(row: Row) -> Note | None:
    """What changed may stand under any heading."""
    at = _moment(row.get("at"))
    words = "; ".join(str(value) for key, value in row.items() if key != "at" and value)
    return Note(at, words) if at and words else None


def _moment(value: Any) -> datetime | None:
    """A day alone begins at midnight UTC; what is no time is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _day(value: Any) -> date | None:
    found = _moment(value)
    return found.date() if found else None
