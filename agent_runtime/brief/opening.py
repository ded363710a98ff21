"""Opens any installation or replay database to read one account of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, inspect, select

from agent_runtime import db
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.playbook import load as load_playbook
from agent_runtime.settings import load as load_settings
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.service import load_company
from memory.people import current_id
from memory.records import Account

_account: Table = Account.__table__  # type: ignore[attr-defined]


def open_database(database: str | None) -> Engine:
    """The engine of `database` (a SQLite file, an SQLAlchemy address; the configured one for None).

    Raises BadInput where there is no such file, or where nothing of ours is in it.
    """
    url = database or load_settings().database_url
    if "://" not in url:
        if not Path(url).is_file():
            raise BadInput(f"There is no database {url}.", fix="Name another with --db, or import first.")
        url = f"sqlite:///{url}"
    engine = db.make_engine(url)
    if not inspect(engine).has_table("tenure_account"):
        engine.dispose()
        raise BadInput("There is nothing of Tenure in this database.", fix="Name one with --db, or import first.")
    return engine


@contextmanager
def reading(database: str | None) -> Iterator[Connection]:
    """A connection for reading; the engine is given back at the end."""
    engine = open_database(database)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def company_of(connection: Connection, now: datetime) -> Company:
    """The company of a database, with the configured playbook's rules and working time."""
    playbook = load_playbook(load_settings().playbook)
    years = range(now.year - 10, now.year + 3)
    return load_company(
        connection,
        playbook,
        playbook.calendar.build(years),
        fallback_owner=playbook.fallback.owner,
        manager=playbook.fallback.manager,
        currency=None,
    )


def account_named(connection: Connection, wanted: str) -> str:
    """The id of the account with this id or exactly this name; of one that was merged, where it went.

    Raises NotThere for none, BadInput for a name that several bear: nothing is guessed between look-alikes.
    """
    found = connection.scalar(select(_account.c.id).where(_account.c.id == wanted))
    if found is None:
        ids = list(connection.scalars(select(_account.c.id).where(func.lower(_account.c.name) == wanted.lower())))
        ids = sorted({current_id(connection, one) for one in ids})
        if len(ids) > 1:
            raise BadInput(f"Several accounts are named {wanted}: {', '.join(ids)}.", fix="Give the id.")
        if not ids:
            raise NotThere(f"There is no account {wanted}.", fix="Give its id, or its name as it is written.")
        found = ids[0]
    return current_id(connection, found)


def moment_of(text: str | None, now: datetime) -> datetime:
    """The moment that was given, else `now`; a time without its offset is UTC, a day alone means its end."""
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is not a time.", fix="Write it as 2026-03-01 or 2026-03-01T09:00+01:00.") from None
    if len(text) == 10:
        moment = moment.replace(hour=23, minute=59, second=59)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
