"""CSV files as spreadsheets and systems write them: comma, semicolon or tab; a broken row is a reject."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.base import Rejected


def csv_rows(path: Path, reject: Callable[[Rejected], None]) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something, the header first, each with the line on which it ends."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as handle:
        first = handle.readline()
        handle.seek(0)
        lines = csv.reader(handle, delimiter=max(",;\t", key=first.count))
        while True:
            try:
                row = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                reject(Rejected(path.name, lines.line_num, "", f"not readable as CSV: {error}"))
                continue
            if any(cell.strip() for cell in row):
                yield lines.line_num, row
