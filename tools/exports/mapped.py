"""Any CSV file as source records, by a mapping that says which column means what; nothing is guessed."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.exports.cells import amount_of, moment_of, seconds_of, time_of
from tools.exports.csv_rows import csv_rows
from tools.exports.presets import plain
from tools.world.lines import SOURCES
from tools.world.values import BadValue

FIXED = "="
_KNOWN = frozenset({
    "name", "stream", "zone", "region", "day_first", "id", "occurred_at", "account_id", "fields", "values", "lists",
})  # fmt: skip
_AMOUNTS = frozenset({"amount", "arr", "value", "strength"})


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column means what. `zone`: in which times without an offset are written; `region`: whose numbers without
    a country they are. `id`: the column of the key; without one, a row is known by all that stands in it.

    `fields`: by field a column, or "=something" that is the same for every row. `values`: by field what a cell's word
    means. `lists`: by field what stands between several.
    """

    name: str
    stream: str
    zone: ZoneInfo
    region: str
    occurred_at: str
    day_first: bool = False
    id: str = ""
    account_id: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)


def read_mapping(path: Path) -> ColumnMapping:
    """The mapping in a TOML file; UnreadableSource says in one line what to mend."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return _mapping(told, path.stem)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableSource(f"{path} cannot be read: {error}.") from None
    except BadValue as error:
        raise UnreadableSource(f"{path}: {error}.") from None


def _mapping(told: Mapping[str, Any], name: str) -> ColumnMapping:
    if unknown := sorted(set(told) - _KNOWN):
        raise BadValue(unknown[0], f"nobody asks for it; there are {', '.join(sorted(_KNOWN))}")
    if told.get("stream") not in SOURCES:
        raise BadValue("stream", f"write one of {', '.join(SOURCES)}")
    # A number or a time without them means something else in another country, so they are never assumed.
    for needed in ("zone", "region", "occurred_at", "fields"):
        if not told.get(needed):
            raise BadValue(needed, "missing")
    try:
        zone = ZoneInfo(str(told["zone"]))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadValue("zone", f"unknown zone {told['zone']!r}; wanted: Europe/Berlin") from None
    words = {x: {plain(a): str(b) for a, b in each.items()} for x, each in (told.get("values") or {}).items()}
    rest = {x: str(told[x]) for x in ("id", "account_id") if told.get(x)}
    return ColumnMapping(
        name=str(told.get("name") or name), stream=str(told["stream"]), zone=zone, region=str(told["region"]).upper(),
        occurred_at=str(told["occurred_at"]), day_first=bool(told.get("day_first")), values=words,
        fields={x: str(y) for x, y in told["fields"].items()}, lists=dict(told.get("lists") or {}), **rest,
    )  # fmt: skip


def read_mapped(
    path: Path, mapping: ColumnMapping, now: datetime, reject: Callable[[Rejected], None]
) -> Iterator[SourceRecord]:
    """The records of a file, one a row; a row that cannot be read is rejected with its number, and the rest goes on.

    The same row again is the same record. Raises UnreadableSource where the file lacks a column that is named.
    """
    lines = csv_rows(path, reject)
    _, header = next(lines, (0, []))
    names = {plain(cell): place for place, cell in enumerate(header)}
    _refuse_missing(path, mapping, names)
    for number, row in lines:
        try:
            yield _record(mapping, _Row(row, names), now)
        except BadValue as error:
            reject(Rejected(path.name, number, error.field, error.reason))


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    names: Mapping[str, int]

    def at(self, column: str) -> str:
        """What stands in a column; what is fixed stands nowhere."""
        if column.startswith(FIXED):
            return column.removeprefix(FIXED)
        place = self.names[plain(column)]
        return self.cells[place].strip() if place < len(self.cells) else ""


def _refuse_missing(path: Path, mapping: ColumnMapping, names: Mapping[str, int]) -> None:
    wanted = [mapping.id, mapping.occurred_at, mapping.account_id, *mapping.fields.values()]
    missing = next((x for x in wanted if x and not x.startswith(FIXED) and plain(x) not in names), None)
    if missing is not None:
        raise UnreadableSource(f"{path} has no column {missing!r}: nothing was read.")


def _record(mapping: ColumnMapping, row: _Row, now: datetime) -> SourceRecord:
    written = row.at(mapping.occurred_at)
    if not written:
        raise BadValue(mapping.occurred_at, "missing")
    happened = moment_of(
        time_of(written, mapping.occurred_at, mapping.zone, day_first=mapping.day_first), mapping.zone
    )  # fmt: skip
    fields = {name: value for name in mapping.fields if (value := _value(mapping, row, name)) is not None}
    if mapping.stream == "calls":
        fields.setdefault("started_at", happened.isoformat())
    return SourceRecord(
        source=SOURCES[mapping.stream],
        stream=mapping.stream,
        source_id=f"{mapping.name}:{_key(mapping, row)}",
        at=max(now, happened),
        occurred_at=happened,
        account_id=(row.at(mapping.account_id) or None) if mapping.account_id else None,
        fields=fields,
    )


def _key(mapping: ColumnMapping, row: _Row) -> str:
    if mapping.id:
        if not (told := row.at(mapping.id)):
            raise BadValue(mapping.id, "missing")
        return told
    return sha256("\x1f".join(plain(cell) for cell in row.cells).encode()).hexdigest()[:32]


def _value(mapping: ColumnMapping, row: _Row, name: str) -> Any:
    """What a row says of a field; None where it says nothing."""
    column = mapping.fields[name]
    told = row.at(column)
    if not told:
        return None
    if name in mapping.values and not column.startswith(FIXED):
        known = mapping.values[name]
        if plain(told) not in known:
            raise BadValue(name, f"nobody knows what {told[:60]!r} means; write it under [values.{name}]")
        return known[plain(told)]
    if name in mapping.lists:
        return [part.strip() for part in told.split(mapping.lists[name]) if part.strip()]
    if name.endswith("_s"):
        return seconds_of(told, name)
    if name.endswith("_at"):
        return time_of(told, name, mapping.zone, day_first=mapping.day_first)
    return amount_of(told, name) if name in _AMOUNTS else told
