"""Makes an installation out of a world: schema, directory, company, install key."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.calendars import BusinessCalendar, holiday_dates, parse_hours
from agent_runtime.errors import BadWorld
from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest
from agent_runtime.playbook import Playbook, load
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.service import load_company
from tools.base import UnreadableSource
from tools.world import World, WorldSettings

# A replay fixes the key from which audit salts are made, so that the same world gives the same bytes.
REPLAY_KEY = SecretStr("tenure replay")


@dataclass(frozen=True, slots=True)
class Installation:
    """A world taken into a database, ready to run."""

    world: World
    engine: Engine
    company: Company
    ingest: Ingest
    install_key: SecretStr


def open_world(path: Path) -> World:
    """The world folder at `path`; raises BadWorld with one clear line."""
    try:
        return World.open(path)
    except UnreadableSource as error:
        raise BadWorld(str(error), fix="Nothing was imported.") from error


def install(world: World, database: Path, playbook_name: str) -> Installation:
    """Makes or opens the SQLite file of a replay and takes the directory."""
    return take_in(world, db.make_engine(f"sqlite:///{database}"), playbook_name)


def take_in(world: World, engine: Engine, playbook_name: str, install_key: SecretStr = REPLAY_KEY) -> Installation:
    """Makes the schema where it is missing and takes the directory; the same world again changes nothing.

    Raises BadWorld or BadPlaybook before anything is written.
    """
    playbook = load(playbook_name)
    context = context_of(world.settings, playbook)
    try:
        directory, coverage = world.directory(), world.coverage()
    except UnreadableSource as error:
        raise BadWorld(str(error), fix="Nothing was imported.") from error
    db.create_schema(engine)
    ingest = Ingest(context)
    with engine.begin() as connection:
        take_directory(connection, directory, coverage, context)
        ingest.refresh(connection)
        company = load_company(
            connection,
            playbook,
            calendar_of(world.settings, playbook),
            fallback_owner=world.settings.fallback_owner or playbook.fallback.owner,
            manager=world.settings.fallback_manager or playbook.fallback.manager,
            currency=world.settings.currency or None,
        )
    return Installation(world, engine, company, ingest, install_key)


def context_of(settings: WorldSettings, playbook: Playbook) -> IngestContext:
    """How ingest tells the company from its customers."""
    return IngestContext(
        zone=ZoneInfo(settings.timezone),
        default_region=settings.default_region,
        own_domains=frozenset(settings.own_domains),
        intake=frozenset(settings.intake),
        never_log=frozenset(playbook.never_log),
    )


def calendar_of(settings: WorldSettings, playbook: Playbook) -> BusinessCalendar:
    """The world's working time, the playbook's where the world says nothing."""
    hours = parse_hours(settings.business_hours or playbook.calendar.hours)
    years = range(settings.start.year - 1, settings.end.year + 3)
    if settings.holidays is not None:
        closed = frozenset(settings.holidays)
    else:
        closed = holiday_dates(settings.default_region or playbook.calendar.holidays, years)
    return BusinessCalendar(ZoneInfo(settings.timezone), hours, closed)
