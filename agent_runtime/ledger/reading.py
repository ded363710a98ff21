"""Reads ledgers: of one account, or of many at once; a hot read, so what SQLite keeps as text is parsed here."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Executable, bindparam, column, text

from agent_runtime.ledger.book import Book, BreachRow, ExpectationRow, InteractionRow


class _Table(NamedTuple):
    """How the rows of one table are read: of one account and of many, and which of their columns are more than text."""

    one: Executable
    many: Executable
    make: type
    moments: tuple[int, ...]
    documents: tuple[int, ...]


def _table(name: str, make: Any, moments: set[str], documents: set[str], order: str = "") -> _Table:
    columns = [slot for slot in make.__slots__ if slot not in ("new", "changed")]
    read = f"SELECT {', '.join(columns)} FROM {name} WHERE account_id"
    # So that what a result looks like is found out once and not at each call.
    named: list[ColumnElement[Any]] = [column(name) for name in columns]
    return _Table(
        text(f"{read} = :account{order}").columns(*named),
        text(f"{read} IN :accounts{order}").bindparams(bindparam("accounts", expanding=True)).columns(*named),
        make,
        tuple(columns.index(slot) for slot in columns if slot in moments),
        tuple(columns.index(slot) for slot in columns if slot in documents),
    )


_INTERACTION = _table(
    "tenure_interaction", InteractionRow, {"opened_at", "next_due_at", "ended_at", "wake_at"}, {"evidence"},
    " ORDER BY opened_at",
)  # fmt: skip
_EXPECTATION = _table(
    "tenure_expectation", ExpectationRow, {"opened_at", "due_at", "look_at", "settled_at"},
    {"channels", "evidence", "blind"}, " ORDER BY opened_at",
)  # fmt: skip
_BREACH = _table("tenure_breach", BreachRow, {"due_at", "detected_at", "retracted_at"}, set())


def load(connection: Connection, account_id: str) -> Book:
    """The whole ledger of one account."""
    book = Book(account_id)
    account = {"account": account_id}
    book.interactions = _rows(connection, _INTERACTION, _INTERACTION.one, account)
    if book.interactions:
        for expectation in _rows(connection, _EXPECTATION, _EXPECTATION.one, account):
            book.expectations.setdefault(expectation.interaction_id, []).append(expectation)
        book.breaches = {x.expectation_id: x for x in _rows(connection, _BREACH, _BREACH.one, account)}
    return book


def load_each(connection: Connection, account_ids: Sequence[str]) -> dict[str, Book]:
    """The ledgers of many accounts, in one reading."""
    books = {account_id: Book(account_id) for account_id in account_ids}
    wanted = {"accounts": list(books)}
    for interaction in _rows(connection, _INTERACTION, _INTERACTION.many, wanted):
        books[interaction.account_id].interactions.append(interaction)
    for expectation in _rows(connection, _EXPECTATION, _EXPECTATION.many, wanted):
        books[expectation.account_id].expectations.setdefault(expectation.interaction_id, []).append(expectation)
    for breach in _rows(connection, _BREACH, _BREACH.many, wanted):
        books[breach.account_id].breaches[breach.expectation_id] = breach
    return books


def _rows(connection: Connection, table: _Table, statement: Executable, wanted: dict[str, Any]) -> list[Any]:
    found = connection.execute(statement, wanted).fetchall()
    if connection.dialect.name == "sqlite":
        return _made(table, found, _moment, orjson.loads)
    return _made(table, found, _in_utc, lambda document: document)


def _made(
    table: _Table, rows: Sequence[Any], moment: Callable[[Any], datetime], document: Callable[[Any], Any]
) -> list[Any]:
    """The rows, made column by column, which is twice as fast as one by one."""
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    if not columns:
        return []
    for places, read in ((table.moments, moment), (table.documents, document)):
        for place in places:
            columns[place] = [None if value is None else read(value) for value in columns[place]]
    return list(map(table.make, *columns))


def _moment(text_in_utc: str) -> datetime:
    return datetime.fromisoformat(text_in_utc + "+00:00")


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
