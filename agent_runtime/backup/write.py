"""Writes a backup: every table as it stood at one moment, with a list of what is in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from sqlalchemy import Connection, Engine, Table, text

from agent_runtime.backup.lines import read_lines
from agent_runtime.errors import BadInput, Refused
from agent_runtime.migrations.tables import metadata
from agent_runtime.migrations.upgrade import standing

# What means nothing after a restore: the feed of changes and the workers of that moment; and what must not come to
# life again: signed-in sessions and tokens, some of them revoked since.
NOT_KEPT = frozenset(
    {
        "tenure_event", "tenure_worker", "tenure_token", "tenure_attempt", "tenure_idempotency",
        "tenure_webhook_place", "tenure_webhook_delivery",
    }
)  # fmt: skip
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup: who made it when, the revision of the tables, and the number of rows of each."""

    version: str
    revision: str
    dialect: str
    made_at: str
    rows: dict[str, int]


def kept_tables() -> list[Table]:
    """The tables of a backup, in an order in which each finds what it refers to."""
    return [table for table in metadata().sorted_tables if table.name not in NOT_KEPT]


def write_backup(engine: Engine, file: Path, now: datetime) -> Manifest:
    """Writes everything to `file`, readable by its owner alone; it appears only when it is whole.

    Nothing has to be stopped for it. Raises BadInput when the file is there already, Refused when the database is
    damaged or not of this version.
    """
    if file.exists():
        raise BadInput(f"{file} is there already; nothing was written.", fix="Name a new file.")
    partial = file.with_name(f"{file.name}.partial")
    partial.touch(mode=0o600)
    try:
        with engine.connect() as connection, _one_moment(connection):
            manifest = _write(connection, partial, now)
        partial.rename(file)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _write(connection: Connection, file: Path, now: datetime) -> Manifest:
    stand = standing(connection)
    if not stand.current:
        raise Refused("The database is not of this version; nothing was written.", fix="Run tenure db upgrade first.")
    rows = {}
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        for table in kept_tables():
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                rows[str(table.name)] = sum(member.write(line) > 0 for line in read_lines(connection, table))
        manifest = Manifest(version("tenure"), stand.wanted, connection.dialect.name, now.isoformat(), rows)
        archive.writestr(MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
    return manifest


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """All tables are read as they stood at the same moment, while others go on writing."""
    if connection.dialect.name == "sqlite":
        _refuse_damaged(connection)
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    yield


def _refuse_damaged(connection: Connection) -> None:
    found = connection.scalar(text("PRAGMA integrity_check(1)"))
    if found != "ok":
        raise Refused(f"The database file is damaged ({found}); nothing was written.", fix="Restore an older backup.")
