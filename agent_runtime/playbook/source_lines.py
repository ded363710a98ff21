"""Finds the line of a TOML text where a table, a key or an item of a list stands."""

import json
import re

HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
STRING_OR_COMMENT = re.compile(r"""("[^"]*"|'[^']*'|\#.*)""")

Path = tuple[str | int, ...]


def line_of(source: str, path: Path, value: object = None) -> int:
    """The line (from 1) of what `path` names, else of the nearest table above it, else 1.

    A number in the path is the place in a list: its inline table is counted, or `value` is looked for.
    """
    lines = source.split("\n")
    named = _named_lines(lines)
    for length in range(len(path), 0, -1):
        if path[:length] in named:
            first = named[path[:length]]
            rest = path[length:]
            return _line_of_item(lines, first, rest, value) if rest and isinstance(rest[0], int) else first
    return 1


def _named_lines(lines: list[str]) -> dict[Path, int]:
    """The first line of each table and key, by its full path."""
    found: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(lines, start=1):
        if header := HEADER.fullmatch(line.rstrip("\r")):
            table = _parts(header[1])
            _add(found, table, number)
        elif key := KEY.match(line):
            _add(found, table + _parts(key[1]), number)
    return found


def _add(found: dict[Path, int], path: Path, number: int) -> None:
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], number)


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _line_of_item(lines: list[str], first: int, rest: Path, value: object) -> int:
    place, *inside = rest
    wanted = json.dumps(value, ensure_ascii=False) if isinstance(value, str) and not inside else None
    opened = 0
    for number, line in enumerate(lines[first - 1 :], start=first):
        opened += STRING_OR_COMMENT.sub("", line).count("{")
        if wanted in line if wanted else opened > int(place):
            return number
    return first
