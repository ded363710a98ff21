"""What a replay refuses before it writes anything: a file that is in use, is missing, or holds something else."""

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson

from agent_runtime.errors import BadInput
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.standing import STANDING
from tools.world import World

_SQLITE = b"SQLite format 3\0"


def refuse_mixing(world: World, database: Path, options: ReplayOptions) -> None:
    """A replay begins in a file of its own, and is resumed in one that holds a replay of the same world."""
    if options.out.exists() and not options.out.is_dir():
        raise BadInput(f"{options.out} is no folder; nothing was replayed.", fix="Name another one with --out.")
    if options.resume:
        _refuse_to_resume(world, database, options)
    elif database.exists():
        raise BadInput(f"{database} exists already; nothing was replayed.", fix="Add --resume, or name another file.")
    elif not database.parent.is_dir():
        raise BadInput(f"There is no folder {database.parent} for the database.", fix="Make it, or name another file.")


def _refuse_to_resume(world: World, database: Path, options: ReplayOptions) -> None:
    if options.database is None:
        raise BadInput("--resume needs the file that holds the replay.", fix="Name it with --db.")
    if not database.is_file():
        raise BadInput(f"There is nothing to resume: {database} is missing.", fix="Name the file with --db.")
    with database.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            raise BadInput(f"{database} is no SQLite database; nothing was replayed.", fix="Name another file.")
    held = _held(database)
    if held is None:
        raise BadInput(f"{database} holds no replay; nothing was replayed.", fix="Name another file with --db.")
    if held not in ("", name_of(world)):
        raise BadInput(f"{database} holds the replay of another world.", fix="Name its own file with --db.")


def _held(database: Path) -> str | None:
    """The world of the replay in `database`; "" where it died before its first record, None where there is none."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "tenure_checkpoint" not in tables or "tenure_activity" not in tables:
            return None
        row = connection.execute("SELECT value FROM tenure_checkpoint WHERE name = ?", (STANDING,)).fetchone()
        if row is None:
            return None if connection.execute("SELECT 1 FROM tenure_activity LIMIT 1").fetchone() else ""
        return str(orjson.loads(row[0])["world"])


def name_of(world: World) -> str:
    """What tells a world from others: its title and beginning; its end may move on as the export grows."""
    return f"{world.settings.title} from {world.settings.start.isoformat()}"
