"""Brings a database to this version: all revisions that it lacks in one transaction, or none."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from agent_runtime.errors import Refused
from agent_runtime.migrations.guards import drop_guards, make_guards
from agent_runtime.migrations.tables import VERSION_TABLE, differences

SCRIPTS = Path(__file__).parent
# A number of our own among the advisory locks of Postgres: two programs that start at once upgrade one after the other.
_LOCK = 7_305_117


@dataclass(frozen=True, slots=True)
class Standing:
    """The revision that a database has (None: none), the one that this version wants, and whether it has tables."""

    found: str | None
    wanted: str
    filled: bool

    @property
    def current(self) -> bool:
        """Whether nothing is to be done."""
        return self.found == self.wanted


def standing(connection: Connection, scripts: Path = SCRIPTS) -> Standing:
    """Where the database stands; nothing is written."""
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    wanted = ScriptDirectory.from_config(configuration(connection, scripts)).get_current_head()
    tables = inspect(connection).get_table_names()
    return Standing(context.get_current_revision(), wanted or "", "tenure_interaction" in tables)


def upgrade(engine: Engine, scripts: Path = SCRIPTS) -> Standing:
    """Makes or changes the tables, with their guards; gives where the database stood before.

    One transaction: a failure leaves the database as it was. A database without tables gets them; one of this
    version is not touched. Raises Refused for tables that no revision made, unless they are those of this version.
    """
    with engine.connect() as connection:
        before = standing(connection, scripts)
    if before.current:
        return before
    with engine.connect() as connection, _alone(connection):
        before = standing(connection, scripts)
        _bring_up(connection, before, scripts)
    return before


def configuration(connection: Connection, scripts: Path = SCRIPTS) -> Config:
    """What Alembic needs to know, without any file: where the revisions are, and on which connection they run."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config


def _bring_up(connection: Connection, before: Standing, scripts: Path) -> None:
    config = configuration(connection, scripts)
    if before.filled and before.found is None:
        _refuse_unknown(connection)
        command.stamp(config, "head")
        return
    drop_guards(connection)
    command.upgrade(config, "head")
    make_guards(connection)
    if connection.dialect.name == "sqlite":
        _refuse_dangling(connection)


def _refuse_unknown(connection: Connection) -> None:
    if differences(connection):
        raise Refused(
            "The tables of this database are of no known version; nothing was changed.",
            fix="Name another database in TENURE_DATABASE_URL and import the sources into it.",
        )


def _refuse_dangling(connection: Connection) -> None:
    # Foreign keys are not watched while tables are copied, so they are looked at once at the end.
    if rows := connection.execute(text("PRAGMA foreign_key_check")).all():
        raise Refused(
            f"{len(rows)} rows would point nowhere after the upgrade (the first in {rows[0][0]}); nothing was changed.",
            fix="Report this, with the version from which you upgrade.",
        )


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Only outside of a transaction; and the driver begins none by itself before a CREATE or DROP.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        if sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
