"""Imports a world folder into a database: who is who, then every record, in batches that are whole or not there."""

from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from agent_runtime import db
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.errors import BadInput
from agent_runtime.ingest.service import write_rejects
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.replay.counts import Counts
from agent_runtime.replay.setting import TakenWorld, open_world, take_in
from agent_runtime.settings import load as load_settings

BATCH = 500
SHOWN = 20


def import_world(world_path: Path, database: Path | str, playbook: str, clock: Clock | None = None) -> dict[str, Any]:
    """Reads a world into `database` (a file, or an SQLAlchemy address); gives what became of its records.

    One transaction for who is who and one for each batch: what fails is undone, what was taken before stays, and the
    same import again goes on there; a second one changes nothing. `rejects` lists the first of them. Raises BadWorld
    or BadInput, with nothing written.
    """
    world, clock = open_world(world_path), clock or SystemClock()
    try:
        engine = db.make_engine(_address(database))
        installation = take_in(world, engine, playbook, prepare=upgrade)
    except SQLAlchemyError as error:
        raise BadInput(f"The database cannot be used: {_first_line(error)}.", fix="Nothing was imported.") from error
    records = world.ordered()
    counts, added, revised, rejects = Counts(), 0, 0, list(world.rejects)
    try:
        with installation.engine.begin() as connection:
            write_rejects(connection, "world", world.rejects, clock.now())
        for start in range(0, len(records), BATCH):
            batch = records[start : start + BATCH]
            with installation.engine.begin() as connection:
                taken = installation.ingest.take(connection, batch, clock.now())
            counts.add(taken, len(batch))
            added, revised = added + taken.added, revised + taken.revised
            rejects += taken.rejected
    finally:
        installation.engine.dispose()
    counts.rejected += len(world.rejects)
    return _summary(installation, counts, added, revised) | {
        "rejects": [{"file": x.file, "line": x.line, "field": x.field, "reason": x.reason} for x in rejects[:SHOWN]]
    }


def import_command(world: Path, database: str | None, *, as_json: bool) -> None:
    """`tenure import`: imports and prints what became of the records."""
    settings = load_settings()
    if database is None and settings.database_url.startswith("sqlite:"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    summary = import_world(world, database or settings.database_url, settings.playbook)
    console = Console()
    if as_json:
        console.out(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    line = "{title}: {read:,} records read, {added:,} new, {revised:,} revised, {duplicated:,} known already, "
    console.print((line + "{not_kept:,} not kept, {rejected:,} rejected.").format(**summary), highlight=False)
    for one in summary["rejects"]:
        place = f"{one['file']}:{one['line']}" if one["line"] else one["file"]
        console.print(f"  {place} {one['field']}: {one['reason']}", highlight=False, markup=False)
    if summary["rejected"] > SHOWN:
        console.print(f"  … and {summary['rejected'] - SHOWN:,} more, all in the table tenure_reject.")


def _address(database: Path | str) -> str:
    if isinstance(database, str) and "://" in database:
        return database
    path = Path(database)
    if not path.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {path.parent} for the database.", fix="Make it, or name another file.")
    return f"sqlite:///{path}"


def _first_line(error: SQLAlchemyError) -> str:
    return str(error.__cause__ or error).partition("\n")[0].rstrip(".")


def _summary(installation: TakenWorld, counts: Counts, added: int, revised: int) -> dict[str, Any]:
    return {
        "title": installation.world.settings.title,
        "read": counts.read,
        "added": added,
        "revised": revised,
        "duplicated": counts.duplicated,
        "not_kept": counts.internal + counts.never_logged + counts.unknown,
        "ambiguous": counts.ambiguous,
        "rejected": counts.rejected,
    }
