"""The demo as a command: makes a company or takes a world folder, replays it, shows the morning."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from rich.console import Console
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from agent_runtime import db
from agent_runtime.clock import SystemClock
from agent_runtime.connectors.status import connector_lines
from agent_runtime.demo.generator import ACCOUNTS, FEWEST_ACCOUNTS, generate
from agent_runtime.demo.morning import print_morning
from agent_runtime.demo.serving import HOST, serve_demo
from agent_runtime.demo.vendors import MAIL_STORM, STORM, feed_of
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from agent_runtime.replay.command import ledger_line, run_with_progress
from agent_runtime.replay.engine import Replay
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.setting import open_world
from memory.records import Account, User
from tools.fakes.lived import Lived, numbered, rest_of
from tools.fakes.wire import Faults

MARK = ".tenure-demo"


def run_demo(
    *, folder: Path, data: Path | None, seed: int, as_json: bool, port: int | None, vendors: bool = False
) -> None:
    """Replays a generated company, or the world in `data`, into `folder`, and prints what a person would read.

    Then it serves the pages on `port` of this machine until it is stopped; with None it does not. With `vendors` the
    company's CRM, mailboxes and phone system are stand-ins, and its past is read from them by the adapters.
    """
    _fresh(folder)
    world = data or folder / "world"
    console = Console()
    if data is None:
        accounts = FEWEST_ACCOUNTS if vendors else ACCOUNTS
        Console(stderr=True, quiet=as_json).print(f"Making a company: {accounts} accounts, six months …")
        generate(seed, world, accounts=accounts)
    options = ReplayOptions(out=folder / "out", database=folder / "tenure.db", daily_scores=True)
    lived = None
    with ExitStack() as stack:
        replay = Replay(world, options)
        if vendors:
            world = numbered(world, folder / "numbered")
            lived = Lived(open_world(world))
            feed = stack.enter_context(feed_of(lived, Faults(STORM), Faults(MAIL_STORM)))
            replay = Replay(rest_of(world, folder / "rest"), options, feed=feed)
        summary = run_with_progress(replay, "Living through it", quiet=as_json)
    if as_json:
        console.out(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode(), highlight=False)
        return
    _show(console, world, folder)
    console.print(f"\n{ledger_line(summary['ledger'])}", highlight=False)
    if vendors:
        _show_connected(console, folder)
    console.print(f"Nothing was sent: drafts wait for a person. Files: {options.out}, database: {options.database}.")
    if port is not None:
        console.print(
            f"\n[bold]Open http://{HOST}:{port}/[/bold] and choose who you are. Ctrl+C ends it.\n"
            "Five moments worth a look, from another terminal: tenure demo tour", highlight=False,
        )  # fmt: skip
        serve_demo(folder, open_world(world).settings, options.playbook, port, lived)


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


def _show_connected(console: Console, folder: Path) -> None:
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    with engine.connect() as connection:
        lines = connector_lines(connection, SystemClock().now())
    engine.dispose()
    console.print("Connected, each a stand-in that sometimes fails, as vendors do:")
    for one in lines:
        records, left = sum(x.records for x in one.streams), sum(x.rejected for x in one.streams)
        whose = f", {owner}" if (owner := one.name.partition(":")[2]) else ""
        read = f"{records:,} records of {len(one.streams)} kinds read, {left:,} not taken."
        console.print(f"  {one.title}{whose}: {one.said} {read}", highlight=False, markup=False)


def _names(engine: Engine) -> Mapping[str, str]:
    with engine.connect() as connection:
        found: dict[str, Any] = {}
        for name in (User.__tablename__, Account.__tablename__):
            table = SQLModel.metadata.tables[str(name)]
            found.update((row.id, row.name) for row in connection.execute(select(table.c.id, table.c.name)))
    return found
