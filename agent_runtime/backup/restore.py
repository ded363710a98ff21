"""Restores a backup into an empty database: whole and verified, or not at all."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, exists, func, select, text
from sqlalchemy.exc import DBAPIError

from agent_runtime.actions import service as actions
from agent_runtime.actions.models import ActionState
from agent_runtime.audit import service as audit
from agent_runtime.backup.lines import write_lines
from agent_runtime.backup.write import MANIFEST, Manifest, kept_tables
from agent_runtime.errors import AuditBroken, BadInput, Refused
from agent_runtime.migrations.upgrade import standing, upgrade

RESTORED = "restored from a backup: it may have been done since"


def read_manifest(file: Path) -> Manifest:
    """What is in the backup `file`; raises BadInput when it is none."""
    try:
        with ZipFile(file) as archive:
            return Manifest(**orjson.loads(archive.read(MANIFEST)))
    except (OSError, BadZipFile, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise BadInput(f"{file} is no backup of Tenure: {error}.", fix="Nothing was restored.") from error


def restore_backup(engine: Engine, file: Path, *, install_key: SecretStr, now: datetime) -> Manifest:
    """Fills the empty database of `engine` from `file`, in one transaction; gives what was in the file.

    Verified before it is kept: the number of rows of each table, every foreign key, every audit chain. What was
    approved and due becomes unknown, so that it is read back before it is done: it may have gone out after the
    backup was made. Raises BadInput for a file that is damaged, Refused for a database that is not empty or a backup
    of another version, AuditBroken for a backup whose chains do not verify; then nothing was restored.
    """
    manifest = read_manifest(file)
    _refuse_filled(engine)
    upgrade(engine)
    with engine.begin() as connection:
        _refuse_other_version(connection, manifest)
        _fill(connection, file, manifest)
        _verify(connection)
        _hold_actions(connection, install_key, now)
    return manifest


def _refuse_filled(engine: Engine) -> None:
    with engine.connect() as connection:
        stand = standing(connection)
        if stand.filled and (not stand.current or any(_has_rows(connection, table) for table in kept_tables())):
            raise Refused(
                "The database is not empty; nothing was restored.", fix="Name an empty one in TENURE_DATABASE_URL."
            )


def _has_rows(connection: Connection, table: Table) -> bool:
    return bool(connection.scalar(select(exists(select(table)))))


def _refuse_other_version(connection: Connection, manifest: Manifest) -> None:
    wanted = standing(connection).wanted
    if manifest.revision != wanted:
        raise Refused(
            f"The backup has tables of revision {manifest.revision}, this version {wanted}; nothing was restored.",
            fix=f"Restore it with Tenure {manifest.version}, and run tenure db upgrade of this version then.",
        )


def _fill(connection: Connection, file: Path, manifest: Manifest) -> None:
    with ZipFile(file) as archive:
        for table in kept_tables():
            try:
                with archive.open(f"{table.name}.jsonl") as lines:
                    count = write_lines(connection, table, lines)
            except (KeyError, ValueError, BadZipFile, DBAPIError) as error:
                reason = str(error).splitlines()[0]
                raise BadInput(
                    f"{file}: {table.name} cannot be read: {reason}.", fix="Nothing was restored."
                ) from error
            if count != manifest.rows.get(table.name):
                raise BadInput(f"{file}: {table.name} is not whole.", fix="Nothing was restored.")
            _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    # PostgreSQL numbers new rows from a sequence, which knows nothing of rows that brought their number along.
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        last = select(func.max(column)).scalar_subquery()
        connection.execute(select(func.setval(sequence, last)))


def _verify(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise BadInput("Rows of the backup point nowhere.", fix="Nothing was restored.")
    if broken := audit.verify_all(connection):
        raise AuditBroken(f"The audit of the backup does not verify: {broken[0]}.", fix="Nothing was restored.")


def _hold_actions(connection: Connection, install_key: SecretStr, now: datetime) -> None:
    """Leaves nothing pending that may have been done after the backup: it is looked for first."""
    for claimed in actions.claim(connection, now):
        held: Any = actions.move(connection, claimed, ActionState.UNKNOWN, reason=RESTORED, now=now, again_at=now)
        audit.append(connection, held.account_id, [actions.told(held, now, reason=RESTORED)], install_key=install_key)
