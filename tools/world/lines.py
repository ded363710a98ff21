"""The .jsonl files of a world: one source record a line, read as a stream."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.world.values import BadValue, moment, name

# What kind of system a file comes from: coverage is asked by it.
SOURCES = {
    "crm": "crm",
    "emails": "email",
    "calls": "phone",
    "messages": "messages",
    "meetings": "calendar",
    "forms": "forms",
    "usage": "usage",
}
# A line beyond this is passed over in pieces and rejected; a text beyond this is cut, and the cut is noted.
LONGEST_LINE = 256 * 1024 * 1024
LONGEST_TEXT = 1024 * 1024
HEAD = ("id", "at", "occurred_at", "account_id", "deleted")


def read_lines(folder: Path, stem: str, reject: Callable[[Rejected], None]) -> Iterator[SourceRecord]:
    """The readable records of `folder`/`stem`.jsonl or .jsonl.gz in the file's order."""
    path = _file(folder, stem)
    if path is None:
        return
    with path.open("rb") as raw:
        packed = path.suffix == ".gz"
        handle = io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=raw))) if packed else raw
        for count, line in _numbered(handle, path.name, reject):
            try:
                yield _record(line, stem)
            except BadValue as error:
                reject(Rejected(path.name, count, error.field, error.reason))


def _file(folder: Path, stem: str) -> Path | None:
    present = [path for path in (folder / f"{stem}.jsonl", folder / f"{stem}.jsonl.gz") if path.is_file()]
    if len(present) > 1:
        raise UnreadableSource(f"{folder} has both {stem}.jsonl and {stem}.jsonl.gz: keep one of them.")
    return present[0] if present else None


def _numbered(
    handle: BinaryIO | io.BufferedReader, file: str, reject: Callable[[Rejected], None]
) -> Iterator[tuple[int, bytes]]:
    count = 0
    while True:
        try:
            line = handle.readline(LONGEST_LINE)
        except (EOFError, OSError, zlib.error) as error:
            reject(Rejected(file, count + 1, "", f"the file breaks off here, what follows is lost: {error}"))
            return
        if not line:
            return
        count += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _pass_over(handle)
            reject(Rejected(file, count, "", f"the line is longer than {LONGEST_LINE} bytes"))
        elif not line.isspace():
            yield count, line


def _pass_over(handle: BinaryIO | io.BufferedReader) -> None:
    while (piece := handle.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        pass


def _record(line: bytes, stem: str) -> SourceRecord:
    fields = _object(line)
    at = moment(fields.get("at"), "at")
    deleted = fields.get("deleted", False)
    if not isinstance(deleted, bool):
        raise BadValue("deleted", "must be true or false")
    account = fields.get("account_id")
    record = SourceRecord(
        source=SOURCES[stem],
        stream=stem,
        source_id=name(fields.get("id"), "id"),
        at=at,
        occurred_at=_occurred_at(fields, stem, at),
        account_id=None if account in (None, "") else name(account, "account_id"),
        deleted=deleted,
        fields=fields,
    )
    for key in HEAD:
        fields.pop(key, None)
    if len(line) > LONGEST_TEXT:
        _cut(fields)
    return record


def _object(line: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        # orjson looks at the encoding first; its message says so where that is what is wrong.
        raise BadValue("", f"not readable as JSON: {error}") from None
    if not isinstance(fields, dict):
        raise BadValue("", "not a JSON object")
    return fields


def _occurred_at(fields: dict[str, Any], stem: str, at: datetime) -> datetime:
    if (value := fields.get("occurred_at")) is not None:
        return moment(value, "occurred_at")
    if stem == "calls" and (value := fields.get("started_at")) is not None:
        return moment(value, "started_at")
    return at


def _cut(fields: dict[str, Any]) -> None:
    """Cuts what is too long and says in `cut` how long it was."""
    lengths = {}
    for key, value in fields.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            lengths[key] = len(value)
            fields[key] = value[:LONGEST_TEXT]
        elif isinstance(value, list):
            lengths.update(_cut_parts(key, value))
    if lengths:
        fields["cut"] = lengths


def _cut_parts(key: str, parts: list[Any]) -> Iterator[tuple[str, int]]:
    for place, part in enumerate(parts):
        long = part.get("text") if isinstance(part, dict) else None
        if isinstance(long, str) and len(long) > LONGEST_TEXT:
            part["text"] = long[:LONGEST_TEXT]
            yield f"{key}.{place}.text", len(long)
