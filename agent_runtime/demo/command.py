"""The demo as a command: makes a company or takes a world folder, replays it, shows the morning."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from agent_runtime import db
from agent_runtime.demo.generator import generate
from agent_runtime.demo.morning import print_morning
from agent_runtime.demo.serving import HOST, serve_demo
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from agent_runtime.replay.command import ledger_line, run_with_progress
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import open_world
from memory.records import Account, User

MARK = ".tenure-demo"


def run_demo(*, folder: Path, data: Path | None, seed: int, as_json: bool, port: int | None) -> None:
    """Replays a generated company, or the world in `data`, into `folder`, and prints what a person would read.

    Then it serves the pages on `port` of this machine until it is stopped; with None it does not.
    """
    _fresh(folder)
    world = data or folder / "world"
    console = Console()
    if data is None:
        Console(stderr=True, quiet=as_json).print("Making a company: 120 accounts, six months …")
        generate(seed, world)
    options = ReplayOptions(out=folder / "out", database=folder / "tenure.db", daily_scores=True)
    summary = run_with_progress(Replay(world, options), "Living through it", quiet=as_json)
    if as_json:
        console.out(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    _show(console, world, folder)
    console.print(f"\n{ledger_line(summary['ledger'])}", highlight=False)
    console.print(f"Nothing was sent: drafts wait for a person. Files: {options.out}, database: {options.database}.")
    if port is not None:
        console.print(
            f"\n[bold]Open http://{HOST}:{port}/[/bold] and choose who you are. Ctrl+C ends it.\n"
            "Five moments worth a look, from another terminal: tenure demo tour", highlight=False,
        )  # fmt: skip
        serve_demo(folder, open_world(world).settings, options.playbook, port)


def _fresh(folder: Path) -> None:
    """Empties the demo's own folder; a folder that somebody else filled is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise BadInput(f"{folder} holds other files; nothing was changed.", fix="Name an empty folder with --dir.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("Made by tenure demo; emptied by the next one.\n")


def _show(console: Console, world: Path, folder: Path) -> None:
    settings = open_world(world).settings
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    with engine.connect() as connection:
        items = inbox.waiting(connection)
    console.print(f"[bold]{settings.title}[/bold]", highlight=False)
    print_morning(console, items, _names(engine), settings.end, ZoneInfo(settings.timezone))
    engine.dispose()


def _names(engine: Engine) -> Mapping[str, str]:
    with engine.connect() as connection:
        found: dict[str, Any] = {}
        for name in (User.__tablename__, Account.__tablename__):
            table = SQLModel.metadata.tables[str(name)]
            found.update((row.id, row.name) for row in connection.execute(select(table.c.id, table.c.name)))
    return found
