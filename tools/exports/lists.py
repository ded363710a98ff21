"""One CSV list of a CRM: found out whose it is, and read row by row with its columns by our names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.base import Rejected
from tools.exports import cells, hubspot, pipedrive, salesforce
from tools.exports.csv_rows import csv_rows
from tools.exports.gathered import Gathered
from tools.exports.presets import Preset
from tools.world.values import BadValue

PRESETS: tuple[Preset, ...] = (*hubspot.PRESETS, *salesforce.PRESETS, *pipedrive.PRESETS)
_DATED = re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")
_STAMPED = re.compile(r"(?<!\d)(1[0-9]{12})(?!\d)")
_TIMES = ("changed_at", "touched_at", "created_at", "stage_entered_at", "done_at")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Listed:
    """One row: its line, and the texts of its cells by our names; what is empty is missing."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")


@dataclass(slots=True)
class List:
    """One file that was recognised.

    `told_at`: the date in its name or the latest time in it, whichever is later: what lies after it, it could not
    show. `taken_at`: when it was made, as far as the folder tells.
    """

    path: Path
    preset: Preset
    rows: list[Listed]
    zone: ZoneInfo
    day_first: bool
    dated: bool = False
    told_at: datetime | None = None
    taken_at: datetime = _LONG_AGO

    def time(self, row: Listed, name: str) -> str | None:
        """A day or moment of a row as ISO text, None where the cell is empty; BadValue where it is neither."""
        return cells.time_of(row[name], name, self.zone, day_first=self.day_first) if row[name] else None

    def moment(self, row: Listed, name: str) -> datetime | None:
        """The same as a moment in UTC."""
        told = self.time(row, name)
        return cells.moment_of(told, self.zone) if told else None


def read_list(path: Path, gathered: Gathered) -> List | None:
    """The list in a CSV file; None where its header is that of none that is known."""
    lines = csv_rows(path, gathered.reject)
    _, header = next(lines, (0, []))
    preset, places = recognise(header)
    if preset is None:
        return None
    rows = list(_rows(lines, len(header), places, path.name, gathered))
    zone = ZoneInfo(preset.zone) if preset.zone else gathered.zone
    found = List(path, preset, rows, zone, _day_first(rows, preset, gathered))
    named = _named(path.stem, zone)
    found.dated, found.told_at = named is not None, _told_at(found, named)
    gathered.read.append((path.name, f"{preset.vendor} {preset.kind}", len(rows)))
    return found


def recognise(header: list[str]) -> tuple[Preset | None, dict[str, int]]:
    """The preset that knows most of the columns, with their places."""
    best: tuple[Preset | None, dict[str, int]] = (None, {})
    for preset in PRESETS:
        places = preset.places(header)
        if len(places) > len(best[1]):
            best = (preset, places)
    return best


def _rows(
    lines: Iterator[tuple[int, list[str]]], width: int, places: dict[str, int], file: str, gathered: Gathered
) -> Iterator[Listed]:
    for number, line in lines:
        if len(line) > width:
            gathered.reject(Rejected(file, number, "", f"{len(line)} cells under {width} columns"))
            continue
        told = {name: line[place].strip() for name, place in places.items() if place < len(line)}
        yield Listed(number, {name: text for name, text in told.items() if text})


def _day_first(rows: list[Listed], preset: Preset, gathered: Gathered) -> bool:
    times = [name for name in preset.columns if name.endswith(("_at", "_date")) or name == "at"]
    written = [text for row in rows for name in times if (text := row[name])]
    told = cells.is_day_first(written)
    if told is None and any("/" in text for text in written):
        gathered.assume("Dates such as 3/4/2025 were read month first: no date in the file tells which it is.")
    return bool(told)


def _told_at(found: List, named: datetime | None) -> datetime | None:
    times = [moment for row in found.rows for name in _TIMES if (moment := _readable(found, row, name))]
    latest = max(datetime.fromtimestamp(found.path.stat().st_mtime, UTC), named or _LONG_AGO)
    return max([x for x in (named, *times) if x is not None and x <= latest], default=None)


def _readable(found: List, row: Listed, name: str) -> datetime | None:
    try:
        return found.moment(row, name)
    except BadValue:
        return None


def _named(stem: str, zone: ZoneInfo) -> datetime | None:
    try:
        if stamped := _STAMPED.search(stem):
            return datetime.fromtimestamp(int(stamped[1]) / 1000, UTC)
        if dated := _DATED.search(stem):
            return datetime(int(dated[1]), int(dated[2]), int(dated[3]), tzinfo=zone).astimezone(UTC)
    except ValueError:
        return None
    return None
