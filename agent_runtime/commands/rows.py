"""`tenure import FILE --mapping MAP`: rows of any system, by a mapping, into the configured database."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from agent_runtime.clock import Clock, SystemClock
from agent_runtime.errors import BadInput
from agent_runtime.ingest.service import Ingest, write_rejects
from agent_runtime.installation import Installation, about, context_of, open_installation
from agent_runtime.settings import load
from tools.base import Rejected, SourceRecord, UnreadableSource
from tools.exports.mapped import read_mapped, read_mapping

BATCH = 500
_SHOWN = 20


def rows_command(file: Path, mapping: Path, rejects: Path | None, *, as_json: bool) -> None:
    """Imports a file, prints what became of its rows, and writes those that could not be read to `rejects`."""
    installation = open_installation(load())
    try:
        found = import_rows(installation, file, mapping, SystemClock())
    finally:
        installation.engine.dispose()
    told: list[dict[str, Any]] = found["rejects"]
    if rejects is not None:
        _write(rejects, told)
    console = Console()
    if as_json:
        shown = orjson.dumps(found | {"rejects": told[:_SHOWN]}, option=orjson.OPT_INDENT_2).decode()
        console.out(shown, highlight=False)
        return
    line = "{name}: {read:,} rows read, {added:,} new, {revised:,} revised, {duplicated:,} known already, "
    console.print((line + "{not_kept:,} not kept, {rejected:,} rejected.").format(**found), highlight=False)
    for one in told[:_SHOWN]:
        console.print(f"  line {one['line']} {one['field']}: {one['reason']}", highlight=False, markup=False)


def import_rows(installation: Installation, file: Path, mapping_file: Path, clock: Clock) -> dict[str, Any]:
    """Takes the rows of a file in batches that are whole or not there; the same file again changes nothing.

    The file is never held as a whole. Raises BadInput, with nothing written, where the mapping or the file cannot be
    used.
    """
    rejects: list[Rejected] = []
    try:
        mapping = read_mapping(mapping_file)
        rows = read_mapped(file, mapping, clock.now(), rejects.append)
        # With the first row its header is read, so that a file that cannot be used is told before anything is written.
        records = chain(list(islice(rows, 1)), rows)
    except (UnreadableSource, OSError) as error:
        raise BadInput(str(error), fix="Nothing was imported.") from None
    with installation.engine.begin() as connection:
        context = replace(context_of(about(connection), installation.playbook), default_region=mapping.region)
    found = dict.fromkeys(("read", "added", "revised", "duplicated", "not_kept"), 0)
    ingest, written = Ingest(context), 0
    for batch in _batches(records):
        with installation.engine.begin() as connection:
            write_rejects(connection, mapping.name, rejects[written:], clock.now())
            taken = ingest.take(connection, batch, clock.now())
        found["read"] += len(batch)
        found["added"] += taken.added
        found["revised"] += taken.revised
        found["duplicated"] += taken.duplicated
        found["not_kept"] += taken.internal + taken.never_logged + taken.unknown + taken.erased
        rejects += taken.rejected
        written = len(rejects)
    with installation.engine.begin() as connection:
        write_rejects(connection, mapping.name, rejects[written:], clock.now())
    found["read"] += _unread(rejects)
    return {"name": mapping.name, **found, "rejected": len(rejects), "rejects": _told(rejects)}


def _batches(records: Iterator[SourceRecord]) -> Iterator[Sequence[SourceRecord]]:
    while batch := list(islice(records, BATCH)):
        yield batch


def _unread(rejects: Sequence[Rejected]) -> int:
    """Rows of the file that never became records."""
    return sum(one.line > 0 for one in rejects)


def _told(rejects: Sequence[Rejected]) -> list[dict[str, Any]]:
    return [{"file": x.file, "line": x.line, "field": x.field, "reason": x.reason} for x in rejects]


def _write(path: Path, rejects: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["file", "line", "field", "reason"])
        writer.writeheader()
        writer.writerows(rejects)
