"""Replays an export in a place that is thrown away, and gathers what the page says."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.diagnosis.hand_offs import hand_offs
from agent_runtime.errors import BadWorld
from agent_runtime.installation import company_of
from agent_runtime.look.audits import audits, movement, open_deals
from agent_runtime.look.book import LookBook
from agent_runtime.look.differences import differences
from agent_runtime.look.figures import Findings
from agent_runtime.look.limits import is_blind, limits
from agent_runtime.look.open_ends import begun_by_kind, never_ended, promises_not_kept, unanswered
from agent_runtime.look.said import said_by_day
from agent_runtime.playbook import Playbook
from agent_runtime.playbook import load as load_playbook
from agent_runtime.replay import Replay, ReplayOptions
from tools.base import UnreadableSource
from tools.exports import Export
from tools.world import World

Run = Callable[[Replay], dict[str, Any]]


def read_folder(folder: Path, zone: str | None, playbook: Playbook) -> World:
    """A world folder as it is, anything else as an export; its times without an offset are in `zone`.

    Raises BadWorld with one clear line.
    """
    try:
        if (folder / "world.toml").is_file():
            return World.open(folder)
        country = playbook.calendar.holidays.partition("-")[0]
        return Export.read(folder, zone or playbook.calendar.zone, country)
    except UnreadableSource as error:
        raise BadWorld(str(error), fix="Nothing was written.") from error


def look_through(folder: Path, zone: str | None, playbook: str, run: Run) -> Findings:
    """Reads `folder`, replays it by `run`, and gives what was found; nothing of it stays but the findings."""
    world = read_folder(folder, zone, load_playbook(playbook))
    with TemporaryDirectory(prefix="tenure-look-") as scratch:
        database = Path(scratch) / "look.db"
        options = ReplayOptions(out=Path(scratch) / "out", database=database, playbook=playbook, files=False)
        summary = run(Replay(world, options))
        engine = db.make_engine(f"sqlite:///{database}")
        try:
            return _findings(engine, world, load_playbook(playbook), summary)
        finally:
            engine.dispose()


def _findings(engine: Engine, world: World, playbook: Playbook, summary: dict[str, Any]) -> Findings:
    settings = world.settings
    with engine.connect() as connection:
        company = company_of(connection, settings, playbook, settings.start.year, settings.end.year)
        book = LookBook.read(connection, company, settings.end)
        deals = open_deals(book.views, blind=is_blind(world))
        days, said = said_by_day(book, ZoneInfo(settings.timezone))
        return Findings(
            title=settings.title,
            zone=settings.timezone,
            start=settings.start,
            end=settings.end,
            read=int(summary["records_read"]),
            ledger=summary["ledger"],
            begun=begun_by_kind(book),
            open=never_ended(book),
            promises=promises_not_kept(book),
            unanswered=unanswered(book),
            hand_offs=hand_offs(book.passed_on()),
            audits=audits(deals),
            movement=movement(book.views, deals, settings.end),
            differences=differences(world.ordered()),
            days=days,
            said=said,
            limits=limits(world, summary),
        )
