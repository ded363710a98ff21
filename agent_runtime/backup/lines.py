"""The rows of a table as lines of JSON, and back: the same bytes go in again, whichever database they came from."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    insert,
    select,
)
from sqlalchemy import Date as DateType
from sqlalchemy import DateTime as TimeType
from sqlalchemy.types import TypeEngine

BATCH = 1000


class _StoredJson(TypeDecorator[str]):
    """JSON as the text that is stored, so that null inside of it stays apart from no value at all."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)


class _PostgresJson(_StoredJson):
    """PostgreSQL takes a text for JSON only with a cast."""

    cache_ok = True

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        return cast(bindparam, JSON)


def read_lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Each row of `table` as one line, in the order of the primary key; a column without a value is left out."""
    stored = _stored(table, connection.dialect.name)
    query = select(stored).order_by(*(stored.c[column.name] for column in table.primary_key))
    for row in connection.execute(query, execution_options={"yield_per": BATCH}).mappings():
        values = {str(name): _written(table.c[name], value) for name, value in row.items() if value is not None}
        yield orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def write_lines(connection: Connection, table: Table, lines: Iterable[bytes]) -> int:
    """Puts the rows back, in batches; gives their number. Raises ValueError for a line that is no row of `table`."""
    statement, count, remaining = insert(_stored(table, connection.dialect.name)), 0, iter(lines)
    while batch := list(islice(remaining, BATCH)):
        connection.execute(statement, [_row(table, orjson.loads(line)) for line in batch])
        count += len(batch)
    return count


def _stored(table: Table, dialect: str) -> Table:
    columns = [Column(each.name, _stored_type(each.type, dialect)) for each in table.columns]
    return Table(table.name, MetaData(), *columns)


def _stored_type(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _PostgresJson() if dialect == "postgresql" else _StoredJson()
    return kind


def _written(column: Column[Any], value: Any) -> Any:
    if isinstance(column.type, JSON):
        return orjson.Fragment(value)
    return b64encode(value).decode() if isinstance(value, bytes) else value


def _row(table: Table, line: dict[str, Any]) -> dict[str, Any]:
    if unknown := line.keys() - set(table.columns.keys()):
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    return {column.name: _value(column, line, column.name in line) for column in table.columns}


def _value(column: Column[Any], line: dict[str, Any], given: bool) -> Any:
    if not given:
        return None
    value, kind = line[column.name], column.type
    if isinstance(kind, JSON):
        return orjson.dumps(value).decode()
    if isinstance(kind, TimeType) or isinstance(getattr(kind, "impl", None), TimeType):
        return datetime.fromisoformat(value)
    if isinstance(kind, DateType):
        return date.fromisoformat(value)
    return b64decode(value) if isinstance(kind, LargeBinary) else value
