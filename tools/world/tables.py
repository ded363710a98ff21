"""The .csv files of a world: who is who, the stages, and the lists that give activities their meaning."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.base import Rejected, UnreadableSource
from tools.world.values import BadValue, day, moment, name, number

Row = dict[str, Any]
Reader = Callable[[Any, str], Any]

NOT_UTF8 = re.compile("[\udc80-\udcff]")


def text(value: str, _field: str) -> str:
    """The text of a cell without blanks around it."""
    return value.strip()


@dataclass(frozen=True, slots=True)
class Table:
    """One .csv file: its columns with their readers, and those without which a row says nothing."""

    columns: dict[str, Reader]
    required: tuple[str, ...]


def _columns(names: str, **readers: Reader) -> dict[str, Reader]:
    return {column: readers.get(column, text) for column in names.split()}


TABLES = {
    "users": Table(
        _columns("id name email role manager_id team timezone phone extension leaves_at language", leaves_at=moment),
        ("id",),
    ),
    "absences": Table({"user_id": text, "from": moment, "to": moment, "delegate_id": text}, ("user_id", "from", "to")),
    "accounts": Table(
        _columns(
            "id name domain industry country currency owner_id csm_id employees annual_revenue_musd parent"
            " segment renewal_date arr lifecycle language timezone phone",
            renewal_date=day,
            arr=number,
        ),
        ("id",),
    ),
    "contacts": Table(_columns("id account_id name title email phone role timezone language"), ("id",)),
    "stages": Table(
        _columns(
            "stage order category probability expected_days",
            order=number,
            probability=number,
            expected_days=number,
        ),
        ("stage",),
    ),
    "coverage": Table(
        _columns("source user_id line visible_from visible_until", visible_from=moment, visible_until=moment),
        ("source",),
    ),
    "lines": Table(
        _columns("number campaign queue owner valid_from valid_to", valid_from=moment, valid_to=moment),
        ("number",),
    ),
    "campaigns": Table(_columns("campaign source keyword from to spend", spend=number), ("campaign",)),
    "shifts": Table({"queue": text, "user_id": text, "from": moment, "to": moment}, ("from", "to")),
    "notes": Table(_columns("at", at=moment), ("at",)),
}


@dataclass(slots=True)
class Directory:
    """The rows of the .csv files, typed; what is empty is missing; unknown columns stand in `custom`."""

    users: list[Row] = field(default_factory=list)
    absences: list[Row] = field(default_factory=list)
    accounts: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    stages: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    campaigns: list[Row] = field(default_factory=list)
    shifts: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


def read_table(folder: Path, stem: str, reject: Callable[[Rejected], None]) -> list[Row]:
    """The readable rows of `folder`/`stem`.csv in their order; none where there is no such file.

    Without its required columns nothing of the file can be read: accounts.csv then stops everything
    (UnreadableSource), any other file is one reject.
    """
    path = folder / f"{stem}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as handle:
        lines = csv.reader(handle)
        missing = _missing_columns(header := next(lines, []), TABLES[stem])
        if not missing:
            return list(_rows(lines, header, stem, reject))
    if stem == "accounts":
        raise UnreadableSource(f"{path} has no column {missing!r}: nothing was read.")
    reject(Rejected(path.name, 1, missing, "the file has no such column; none of its rows was read"))
    return []


def _missing_columns(header: list[str], table: Table) -> str:
    present = {column.strip() for column in header}
    return ", ".join(column for column in table.required if column not in present)


def _rows(lines: Any, header: list[str], stem: str, reject: Callable[[Rejected], None]) -> Iterator[Row]:
    seen: set[str] = set()
    for cells in _cells(lines, stem, reject):
        try:
            row = _row(cells, header, TABLES[stem])
            if (key := row.get("id")) is not None:
                _refuse_second(key, seen)
            yield row
        except BadValue as error:
            reject(Rejected(f"{stem}.csv", lines.line_num, error.field, error.reason))


def _cells(lines: Any, stem: str, reject: Callable[[Rejected], None]) -> Iterator[list[str]]:
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            reject(Rejected(f"{stem}.csv", lines.line_num, "", f"not readable as CSV: {error}"))
            continue
        if any(cells):
            yield cells


def _refuse_second(key: str, seen: set[str]) -> None:
    if key in seen:
        raise BadValue("id", f"{key!r} stands twice in the file; the first row was kept")
    seen.add(key)


def _row(cells: list[str], header: list[str], table: Table) -> Row:
    if len(cells) > len(header):
        raise BadValue("", f"{len(cells)} cells under {len(header)} columns")
    row: Row = {}
    custom: Row = {}
    for column, cell in zip((column.strip() for column in header), cells, strict=False):
        if NOT_UTF8.search(cell):
            raise BadValue(column, "not valid UTF-8")
        if not cell.strip():
            continue
        if reader := table.columns.get(column):
            row[column] = reader(cell, column)
        elif column:
            custom[column] = cell.strip()
    for column in table.required:
        name(row.get(column), column) if table.columns[column] is text else _present(row, column)
    row["custom"] = custom
    return row


def _present(row: Row, column: str) -> None:
    if column not in row:
        raise BadValue(column, "missing")
