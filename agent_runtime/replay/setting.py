"""Makes an installation out of a world: schema, directory, company, install key."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Engine

from agent_runtime import db
from agent_runtime.errors import BadWorld
from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest
from agent_runtime.installation import company_of, context_of, keep_about
from agent_runtime.playbook import load
from agent_runtime.watchtower.company import Company
from tools.base import UnreadableSource
from tools.world import World

# A replay fixes the key from which audit salts are made, so that the same world gives the same bytes.
REPLAY_KEY = SecretStr("tenure replay")


@dataclass(frozen=True, slots=True)
class TakenWorld:
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


def install(world: World, database: Path, playbook_name: str) -> TakenWorld:
    """Makes or opens the SQLite file of a replay and takes the directory."""
    return take_in(world, db.make_engine(f"sqlite:///{database}"), playbook_name)


def take_in(
    world: World, engine: Engine, playbook_name: str, install_key: SecretStr = REPLAY_KEY,
    prepare: Callable[[Engine], object] = db.create_schema,
) -> TakenWorld:  # fmt: skip
    """Makes the schema where it is missing and takes the directory; the same world again changes nothing.

    Raises BadWorld or BadPlaybook before anything is written.
    """
    playbook = load(playbook_name)
    context = context_of(world.settings, playbook)
    settings = world.settings
    try:
        directory, coverage = world.directory(), world.coverage()
    except UnreadableSource as error:
        raise BadWorld(str(error), fix="Nothing was imported.") from error
    prepare(engine)
    ingest = Ingest(context)
    with engine.begin() as connection:
        take_directory(connection, directory, coverage, context)
        ingest.refresh(connection)
        keep_about(connection, settings)
        company = company_of(connection, settings, playbook, settings.start.year, settings.end.year)
    return TakenWorld(world, engine, company, ingest, install_key)
