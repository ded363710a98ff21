"""Writes the ledger of an account and asks what is due, in the caller's transaction; it is read by `reading`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, select, update

from agent_runtime.ledger.book import Book, BreachRow, ExpectationRow, InteractionRow
from agent_runtime.ledger.models import Breach, Expectation, Interaction
from agent_runtime.ledger.reading import load, load_each

__all__ = ["counts", "due_accounts", "load", "load_each", "next_look", "save"]

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_breach: Table = Breach.__table__  # type: ignore[attr-defined]


def _columns(table: Table, row: type) -> list[str]:
    return [name for name in row.__slots__ if name in table.c]  # type: ignore[attr-defined]


_INTERACTION = _columns(_interaction, InteractionRow)
_EXPECTATION = _columns(_expectation, ExpectationRow)
_BREACH = _columns(_breach, BreachRow)


def _update(table: Table, columns: Sequence[str], key: str, fixed: Sequence[str]) -> Any:
    values: dict[str, Any] = {name: bindparam(f"v_{name}") for name in columns if name not in fixed}
    return update(table).where(table.c[key] == bindparam("row_key")).values(values)


_FIXED_INTERACTION = ("id", "continues_id", "account_id", "kind", "key", "opened_at", "opened_by")
_FIXED_EXPECTATION = ("id", "interaction_id", "account_id", "rule")
_FIXED_BREACH = ("expectation_id", "interaction_id", "account_id", "rule", "detected_at")
_INSERT = {table.name: insert(table) for table in (_interaction, _expectation, _breach)}
_WRITE_INTERACTION = _update(_interaction, _INTERACTION, "id", _FIXED_INTERACTION)
_WRITE_EXPECTATION = _update(_expectation, _EXPECTATION, "id", _FIXED_EXPECTATION)
_WRITE_BREACH = _update(_breach, _BREACH, "expectation_id", _FIXED_BREACH)


def save(connection: Connection, book: Book) -> None:
    """Writes what is new or changed in `book`; all of it or, when the database refuses, nothing."""
    expectations = [row for rows in book.expectations.values() for row in rows]
    _write(connection, book.interactions, _interaction, _INTERACTION, _WRITE_INTERACTION, _FIXED_INTERACTION)
    _write(connection, expectations, _expectation, _EXPECTATION, _WRITE_EXPECTATION, _FIXED_EXPECTATION)
    _write(connection, book.breaches.values(), _breach, _BREACH, _WRITE_BREACH, _FIXED_BREACH)


def _write(
    connection: Connection,
    rows: Iterable[Any],
    table: Table,
    columns: Sequence[str],
    statement: Any,
    fixed: Sequence[str],
) -> None:
    new = [row for row in rows if row.new]
    changed = [row for row in rows if row.changed and not row.new]
    if new:
        connection.execute(_INSERT[table.name], [{name: getattr(row, name) for name in columns} for row in new])
    if changed:
        connection.execute(statement, [_values(row, columns, fixed) for row in changed])
    for row in (*new, *changed):
        row.new = row.changed = False


def _values(row: Any, columns: Sequence[str], fixed: Sequence[str]) -> dict[str, Any]:
    values = {f"v_{name}": getattr(row, name) for name in columns if name not in fixed}
    values["row_key"] = row.expectation_id if isinstance(row, BreachRow) else row.id
    return values


# Without DISTINCT, for which SQLite would rather walk the whole index of accounts.
_DUE = select(_expectation.c.account_id).where(_expectation.c.look_at <= bindparam("now"))
_NEXT_LOOK = select(func.min(_expectation.c.look_at)).where(_expectation.c.look_at.is_not(None))


def due_accounts(connection: Connection, now: datetime) -> list[str]:
    """The accounts where an expectation's time has come, in a fixed order: a range scan over `look_at`."""
    return sorted(set(connection.scalars(_DUE, {"now": now})))


def counts(connection: Connection) -> dict[str, int]:
    """How much was begun, ended and stands open; `missing` is what is neither, and always nothing."""
    rows = connection.execute(select(_interaction.c.state, func.count()).group_by(_interaction.c.state))
    states = {str(state): int(number) for state, number in rows}
    begun, ended, still_open = sum(states.values()), states.get("ended", 0), states.get("open", 0)
    return {"begun": begun, "ended": ended, "open": still_open, "missing": begun - ended - still_open}


def next_look(connection: Connection) -> datetime | None:
    """When the next expectation is due to be looked at."""
    found: datetime | None = connection.scalar(_NEXT_LOOK)
    return found
