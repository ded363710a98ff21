"""Everything at once: what it costs to evaluate every account anew, as a changed playbook asks for."""

from collections import defaultdict
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy import RowMapping as Row

from agent_runtime import db, jobs
from agent_runtime.demo.generator import generate
from agent_runtime.installation import about, company_of
from agent_runtime.ledger import service as ledger
from agent_runtime.loop import visits
from agent_runtime.playbook import default
from agent_runtime.replay.setting import install, open_world
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.evaluate import evaluate
from memory.records import Account, Activity, Contact
from tests.bench.figures import Figure

PROCESSES = 2
AT_ONCE = 2_000
_ACCOUNT: Table = Account.__table__  # type: ignore[attr-defined]
_CONTACT: Table = Contact.__table__  # type: ignore[attr-defined]
_ACTIVITY: Table = Activity.__table__  # type: ignore[attr-defined]
_NAMES = ("id", "account_id", "source_id", "contact_id", "opportunity_id")


def everything(runs: int, *, accounts: int = 100_000, activities: int = 10) -> list[Figure]:
    """Two workers visit every account of a large company, of which most need nothing."""
    with TemporaryDirectory() as scratch:
        now = _grow(Path(scratch), accounts, activities)
        url = f"sqlite:///{Path(scratch) / 'tenure.db'}"
        visits_made = [_visit_all(url, now, accounts) for _ in range(runs)]
    over = f"{accounts:,} accounts with {accounts * activities:,} activities, {PROCESSES} processes"
    return [
        Figure(f"evaluate every account anew: {over}", "s", tuple(x.seconds for x in visits_made), 20),
        Figure("the same: processor time of each process", "s", tuple(x.cpu / PROCESSES for x in visits_made)),
        Figure("the same: most memory of one process", "MB", tuple(x.megabytes for x in visits_made)),
    ]


class _Visited(NamedTuple):
    """`cpu`: seconds of all processes together; `megabytes`: the most that one of them held."""

    seconds: float
    cpu: float
    megabytes: float


def _visit_all(url: str, now: datetime, accounts: int) -> _Visited:
    engine = db.make_engine(url)
    with engine.begin() as connection:
        jobs.forget_visits(connection)
    engine.dispose()
    context = get_context("spawn")
    ready, go, counted = context.Barrier(PROCESSES + 1), context.Event(), context.Queue()
    workers = [context.Process(target=_worker, args=(url, now, ready, go, counted)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    ready.wait()
    begun = perf_counter()
    go.set()
    counts = [counted.get() for _ in workers]
    taken = perf_counter() - begun
    for worker in workers:
        worker.join()
    if (visited := sum(x[0] for x in counts)) != accounts:
        raise ValueError(f"{visited} accounts were visited, {accounts} are there")
    return _Visited(taken, sum(x[1] for x in counts), max(x[2] for x in counts))


def _worker(url: str, now: datetime, ready: Any, go: Any, counted: Any) -> None:
    """A worker from the moment on at which all are ready; its start is no part of the figure."""
    engine = db.make_engine(url)
    with engine.connect() as connection:
        company = company_of(connection, about(connection), default(), now.year)
    ready.wait()
    go.wait()
    visited, begun = 0, process_time()
    while number := visits.visit(engine, company, now):
        visited += number
    counted.put((visited, process_time() - begun, getrusage(RUSAGE_SELF).ru_maxrss / 1024))


def _grow(folder: Path, accounts: int, activities: int) -> datetime:
    """A company of so many accounts: each has a stretch of the history of an invented one, under names of its own."""
    generate(7, folder / "world")
    world = open_world(folder / "world")
    installation = install(world, folder / "tenure.db", "b2b_sales")
    engine, now = installation.engine, world.settings.end
    with engine.begin() as connection:
        installation.ingest.take(connection, world.ordered(), now)
        patterns = _patterns(connection, activities)
        for table in (_ACTIVITY, _CONTACT, _ACCOUNT):
            connection.execute(table.delete())
        connection.exec_driver_sql("DELETE FROM tenure_account_loop")
    rng = Random(1)
    for first in range(0, accounts, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, accounts))
        copies = [_copy(*rng.choice(patterns), f"~{number}", activities, rng) for number in numbers]
        _store(engine, installation.company, copies, now)
    engine.dispose()
    return now


def _patterns(connection: Connection, activities: int) -> list[tuple[Row, list[Row], list[Row]]]:
    """Each account that has so much history, with its contacts and its activities in order."""
    contacts, events = defaultdict(list), defaultdict(list)
    for row in connection.execute(select(_CONTACT)).mappings():
        contacts[row["account_id"]].append(row)
    for row in connection.execute(select(_ACTIVITY).order_by(_ACTIVITY.c.occurred_at)).mappings():
        events[row["account_id"]].append(row)
    rows = connection.execute(select(_ACCOUNT)).mappings()
    return [(row, contacts[row["id"]], events[row["id"]]) for row in rows if len(events[row["id"]]) >= activities]


def _copy(
    account: Row, contacts: list[Row], events: list[Row], mark: str, activities: int, rng: Random
) -> dict[Table, list[dict[str, Any]]]:
    """One of its stretches as another account's whole history; `mark` tells its names apart."""
    since = rng.randrange(len(events) - activities + 1)
    return {
        _ACCOUNT: [_renamed(account, mark, "id")],
        _CONTACT: [_renamed(row, mark, "id", "account_id") for row in contacts],
        _ACTIVITY: [_renamed(row, mark, *_NAMES) for row in events[since : since + activities]],
    }


def _renamed(row: Row, mark: str, *names: str) -> dict[str, Any]:
    return dict(row) | {name: row[name] + mark for name in names if row[name]}


def _store(engine: Engine, company: Company, copies: list[dict[Table, list[dict[str, Any]]]], now: datetime) -> None:
    """Stores the accounts with the ledger that an evaluation makes of them."""
    names = [copy[_ACCOUNT][0]["id"] for copy in copies]
    with engine.begin() as connection:
        for table in (_ACCOUNT, _CONTACT, _ACTIVITY):
            if rows := [row for copy in copies for row in copy[table]]:
                connection.execute(insert(table), rows)
        jobs.wake(connection, names)
        for view, book in visits.views(connection, company, names, now):
            evaluate(view, book)
            ledger.save(connection, book)
        connection.exec_driver_sql("UPDATE tenure_account_loop SET woken = false")
