"""What the doctor looks at in the database and around it: tables, guards, chains, anchor, workers, senders, sight."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from agent_runtime import db
from agent_runtime.audit.anchor import check_anchor, read_anchors
from agent_runtime.audit.service import verify_all
from agent_runtime.doctor.connections import examine_connections
from agent_runtime.doctor.finding import Finding
from agent_runtime.errors import TenureError
from agent_runtime.installation import install_key
from agent_runtime.jobs.deaths import MOST_DEATHS
from agent_runtime.migrations.guards import GUARDED, guards
from agent_runtime.migrations.tables import metadata
from agent_runtime.migrations.upgrade import standing
from agent_runtime.settings import Settings

# Looked at without being made, as installation.install_key would.
KEY_FILE = "install.key"
MOST_SKEW = timedelta(seconds=2)
# A worker that stands still longer than this is frozen or dead.
MOST_SILENCE = timedelta(minutes=1)
OLDEST_ANCHOR = timedelta(hours=25)
OLDEST_SIGHT = timedelta(days=1)
SHOWN = 5


def examine_database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Looks at the database, in an order in which each finding explains the next."""
    engine = db.make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            yield from _reachable(connection)
        with engine.connect() as connection:
            if standing(connection).current:
                yield from _contents(connection, settings, now)
    except SQLAlchemyError as error:
        yield Finding(
            "database", False, str(error).splitlines()[0], "Set TENURE_DATABASE_URL to a database that answers."
        )
    engine.dispose()


def _reachable(connection: Connection) -> Iterator[Finding]:
    stand = standing(connection)
    connection.rollback()
    yield _writable(connection)
    if not stand.filled:
        yield Finding("tables", True, "none yet: the first start makes them")
    elif stand.current:
        yield Finding("tables", True, f"of this version, revision {stand.found}")
    else:
        found = f"of revision {stand.found or 'none'}; this version has {stand.wanted}"
        yield Finding("tables", False, found, "Stop the workers, run tenure backup FILE, then tenure db upgrade.")


def _writable(connection: Connection) -> Finding:
    try:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("CREATE TABLE tenure_writable (id INTEGER)")
    except SQLAlchemyError as error:
        fix = "Give the database's user the right to write, or end the program that holds the lock."
        return Finding("database", False, str(error).splitlines()[0], fix)
    finally:
        connection.rollback()
    return Finding("database", True, f"{connection.dialect.name}, readable and writable")


def _contents(connection: Connection, settings: Settings, now: datetime) -> Iterator[Finding]:
    yield from _clock(connection, now)
    yield _guards(connection)
    yield _chains(connection)
    key = _key(connection, settings.data_dir)
    yield key
    yield _anchor(connection, settings, now, key.ok)
    yield _workers(connection, now)
    yield _held_back(connection, now)
    yield _senders(connection, now)
    yield _sight(connection, now)
    yield from examine_connections(connection, now, settings.adapters)


def _clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        return
    there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs(there - now)
    found = f"the database's clock differs by {skew.total_seconds():.1f} s"
    yield Finding("clock", skew <= MOST_SKEW, found, "Let NTP set the clock of both machines.")


def _guards(connection: Connection) -> Finding:
    guarded = {table for table, _ in guards(connection)}
    missing = [name for name in GUARDED if name not in guarded]
    found = f"missing on {', '.join(missing)}" if missing else "in place"
    return Finding("guards of ledger and audit", not missing, found, "Restore the database from a backup.")


def _chains(connection: Connection) -> Finding:
    broken = verify_all(connection)
    found = "; ".join(map(str, broken[:SHOWN])) or "verify"
    return Finding("audit chains", not broken, found, "Compare with a backup; somebody changed the audit.")


def _key(connection: Connection, folder: Path) -> Finding:
    path = folder / KEY_FILE
    if not path.exists():
        entries = connection.execute(select(func.count()).select_from(_table("tenure_audit_head"))).scalar_one()
        fix = f"Put {path} back from where you keep it; without it no anchor can be checked."
        return Finding("install key", not entries, "none" if entries else "none yet: the first start makes it", fix)
    mode = path.stat().st_mode & 0o777
    return Finding("install key", not mode & 0o077, f"{path}, mode {mode:o}", f"chmod 600 {path}")


def _anchor(connection: Connection, settings: Settings, now: datetime, has_key: bool) -> Finding:
    file = settings.anchor_file
    fix = "Set TENURE_ANCHOR_FILE to a file on another machine's disk, and let tenure audit anchor run every hour."
    if file is None or not file.exists() or not has_key:
        return Finding("audit anchor", False, "none", fix, needed=False)
    try:
        return _anchored(connection, file, install_key(settings.data_dir), now)
    except TenureError as error:
        return Finding("audit anchor", False, error.what, error.fix)


def _anchored(connection: Connection, file: Path, key: SecretStr, now: datetime) -> Finding:
    if broken := check_anchor(connection, file, install_key=key):
        found = "; ".join(map(str, broken[:SHOWN]))
        return Finding("audit anchor", False, found, "The database is older than its anchor, or was changed.")
    last = datetime.fromisoformat(read_anchors(file, install_key=key)[-1].at)
    found = f"agrees; the last is of {last:%Y-%m-%d %H:%M} UTC"
    return Finding("audit anchor", now - last <= OLDEST_ANCHOR, found, "Run tenure audit anchor.", needed=False)


def _workers(connection: Connection, now: datetime) -> Finding:
    worker = _table("tenure_worker")
    beats = list(connection.scalars(select(worker.c.heartbeat)))
    alive = sum(now - beat <= MOST_SILENCE for beat in beats)
    found = f"{alive} at work" + (f", {len(beats) - alive} silent" if alive < len(beats) else "")
    return Finding("workers", alive > 0, found, "Start tenure work; nothing is watched or sent without.", needed=False)


def _held_back(connection: Connection, now: datetime) -> Finding:
    loop = _table("tenure_account_loop")
    query = select(loop.c.account_id).where(loop.c.failures >= MOST_DEATHS, loop.c.retry_at > now)
    held = list(connection.scalars(query.order_by(loop.c.account_id)))
    found = f"held back, because their runs failed or killed the worker: {_some(held)}" if held else "none is held back"
    fix = "Look into the worker's log for the cause; each is tried again by itself, less and less often."
    return Finding("accounts", not held, found, fix, needed=False)


def _senders(connection: Connection, now: datetime) -> Finding:
    user, account, sender = _table("tenure_user"), _table("tenure_account"), _table("tenure_sender")
    query = select(user.c.id).where(
        user.c.id.in_(select(account.c.owner_id)),
        user.c.id.not_in(select(sender.c.user_id)),
        (user.c.leaves_at.is_(None)) | (user.c.leaves_at > now),
    )
    without = list(connection.scalars(query.order_by(user.c.id)))
    found = f"none for {_some(without)}" if without else "each owner of accounts has a profile"
    fix = "Set up a sender profile for each; until then nothing is sent in their name."
    return Finding("senders", not without, found, fix, needed=False)


def _sight(connection: Connection, now: datetime) -> Finding:
    coverage = _table("tenure_coverage")
    ends = func.max(coverage.c.visible_until).label("ends")
    query = select(coverage.c.source, coverage.c.holder, ends).group_by(coverage.c.source, coverage.c.holder)
    rows = connection.execute(query.order_by("ends"))
    stale = [f"{row.source} {row.holder}".strip() for row in rows if now - row.ends > OLDEST_SIGHT]
    found = f"nothing seen for a day or more: {_some(stale)}" if stale else "no source is stale"
    return Finding("sight", not stale, found, "Import or sync these sources; until then no silence is claimed there.",
                   needed=False)  # fmt: skip


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _table(name: str) -> Table:
    return metadata().tables[name]
