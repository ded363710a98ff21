"""`tenure backup`, `tenure restore` and `tenure db upgrade`."""

from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console

from agent_runtime import db
from agent_runtime.backup.restore import restore_backup
from agent_runtime.backup.write import Manifest, write_backup
from agent_runtime.clock import SystemClock
from agent_runtime.installation import install_key
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.settings import Settings
from agent_runtime.settings import load as load_settings


def backup_command(file: Path, *, as_json: bool) -> None:
    """Writes a backup of the configured database and prints what is in it."""
    engine = db.make_engine(load_settings().database_url)
    manifest = write_backup(engine, file, SystemClock().now())
    engine.dispose()
    _print(asdict(manifest), as_json, f"{file}: {_counted(manifest)}. It holds personal data: guard it as the CRM.")


def restore_command(file: Path, *, as_json: bool) -> None:
    """Restores a backup into the configured database, which must be empty, and prints what came back."""
    settings = _with_data_dir()
    engine = db.make_engine(settings.database_url)
    key, now = install_key(settings.data_dir), SystemClock().now()
    manifest = restore_backup(engine, file, install_key=key, now=now)
    engine.dispose()
    said = f"Restored {_counted(manifest)}, as of {manifest.made_at}. The audit verifies."
    _print(asdict(manifest), as_json, f"{said} Make new tokens: those of the backup do not come back.")


def upgrade_command(*, as_json: bool) -> None:
    """Brings the configured database to this version and prints where it stood."""
    engine = db.make_engine(_with_data_dir().database_url)
    before = upgrade(engine)
    engine.dispose()
    said = "is of this version" if before.current else f"is now at revision {before.wanted}"
    _print(asdict(before), as_json, f"The database {said}.")


def _with_data_dir() -> Settings:
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return settings


def _counted(manifest: Manifest) -> str:
    return f"{sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables"


def _print(plain: object, as_json: bool, said: str) -> None:
    shown = orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode() if as_json else said
    Console().out(shown, highlight=False)
