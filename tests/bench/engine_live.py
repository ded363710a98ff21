"""The living worker, `tenure work`, on an installation: what it costs idle, and what real runs cost it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from sqlalchemy import Connection, Engine, insert, text

from agent_runtime import db, jobs
from agent_runtime.demo.generator import generate
from agent_runtime.installation import open_installation
from agent_runtime.jobs import liveness
from agent_runtime.jobs.mailbox import AccountLoop
from agent_runtime.ledger.models import Expectation, Interaction
from agent_runtime.settings import Settings
from tests.bench.figures import Figure
from tests.bench.servers import address_of, children, cpu_seconds, memory

_TENURE = (sys.executable, "-c", "from agent_runtime.cli import main; main()")
_MEGABYTE = 1024**2
_FAR = datetime(2100, 1, 1, tzinfo=UTC)
_PATIENCE = 300.0


def idle(
    kind: str, server: str | None, *, accounts: int = 100_000, deadlines: int = 300_000, seconds: float = 30.0
) -> list[Figure]:
    """What a worker costs that has nothing to do, with so many accounts and deadlines that lie ahead."""
    with _installation(server) as (settings, engine):
        with engine.begin() as connection:
            _fill(connection, accounts, deadlines)
        with _worker(settings, engine) as pids:
            Event().wait(65)  # until it has calmed down; DBOS looks for schedules every second for the first minute
            before = sum(map(cpu_seconds, pids))
            Event().wait(seconds)
            spent = (sum(map(cpu_seconds, pids)) - before) / seconds * 100
            held = memory(pids[-1]) / _MEGABYTE
    name = f"idle worker, {accounts:,} accounts, {deadlines:,} deadlines, {kind}"
    return [Figure(f"{name}: CPU", "%", (spent,), 2), Figure(f"{name}: memory", "MB", (held,), 200)]


def real_runs(kind: str, server: str | None, *, waves: int = 3) -> list[Figure]:
    """Every account of the invented company is run, wave after wave."""
    taken, spent = [], []
    with TemporaryDirectory() as scratch, _installation(server) as (settings, engine):
        generate(1, Path(scratch))
        subprocess.run([*_TENURE, "import", scratch], env=_environment(settings), check=True, stdout=subprocess.DEVNULL)
        with _worker(settings, engine) as pids:
            _wait(lambda: _is_asleep(engine))
            with engine.connect() as connection:
                accounts = jobs.all_accounts(connection)
            for _ in range(waves):
                before, begun = sum(map(cpu_seconds, pids)), perf_counter()
                with engine.begin() as connection:
                    jobs.wake(connection, accounts)
                _wait(lambda: _is_asleep(engine))
                taken.append(len(accounts) / (perf_counter() - begun))
                spent.append((sum(map(cpu_seconds, pids)) - before) * 1000 / len(accounts))
            restarts = [_restart(engine, pids[0], account) for account in accounts[:waves]]
    name = f"real runs of {len(accounts)} invented accounts, 1 worker, {kind}"
    return [
        Figure(f"{name}: rate", "runs/s", tuple(taken)),
        Figure(f"{name}: CPU a run", "ms", tuple(spent), 10),
        Figure(f"kill -9 of tenure work to the next run that began, {kind}", "s", tuple(restarts), 1),
    ]


def _restart(engine: Engine, parent: int, account_id: str) -> float:
    """Seconds from the death of the worker to the first run of the one that follows it."""
    with engine.begin() as connection:
        seq = jobs.latest_run(connection, account_id)
        jobs.wake(connection, [account_id])
        # In the transaction, so that the one that dies cannot begin the run.
        os.kill(children(parent)[0], signal.SIGKILL)
        begun = perf_counter()
    _wait(lambda: _has_run(engine, account_id, seq), look=0.01)
    taken = perf_counter() - begun
    _wait(lambda: _is_asleep(engine))
    Event().wait(11)  # one that lives shorter is followed after a pause
    return taken


def _has_run(engine: Engine, account_id: str, seq: int) -> bool:
    with engine.connect() as connection:
        return jobs.latest_run(connection, account_id) > seq


@contextmanager
def _installation(server: str | None) -> Iterator[tuple[Settings, Engine]]:
    with TemporaryDirectory() as scratch, address_of(server, scratch) as url:
        settings = Settings(data_dir=Path(scratch), database_url=url)
        open_installation(settings).engine.dispose()
        engine = db.make_engine(url)
        yield settings, engine
        engine.dispose()


@contextmanager
def _worker(settings: Settings, engine: Engine) -> Iterator[list[int]]:
    """A worker at work: its processes, the parent first."""
    process = subprocess.Popen([*_TENURE, "work"], env=_environment(settings), stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: _is_entered(engine))
        yield [process.pid, *children(process.pid)]
    finally:
        process.terminate()
        process.wait()


def _environment(settings: Settings) -> dict[str, str]:
    told = {"TENURE_DATA_DIR": str(settings.data_dir), "TENURE_DATABASE_URL": settings.database_url}
    return os.environ | told


def _is_entered(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(liveness.workers(connection))


def _is_asleep(engine: Engine) -> bool:
    """Whether no account is awake and no run has begun that did not end."""
    table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
    waiting = text(f"SELECT 1 FROM {table} WHERE status IN ('PENDING', 'ENQUEUED') LIMIT 1")
    with engine.connect() as connection:
        return not jobs.woken(connection) and connection.execute(waiting).first() is None


def _wait(condition: Callable[[], bool], look: float = 0.1) -> None:
    deadline = perf_counter() + _PATIENCE
    while not condition():
        if perf_counter() > deadline:
            raise TimeoutError("the worker did not get so far")
        Event().wait(look)


def _fill(connection: Connection, accounts: int, deadlines: int, size: int = 5_000) -> None:
    loops = [{"account_id": f"account-{number:06}", "visited_at": _FAR} for number in range(accounts)]
    connection.execute(insert(AccountLoop), loops)
    for start in range(0, deadlines, size):
        rows = [_deadline(number, f"account-{number % accounts:06}") for number in range(start, start + size)]
        connection.execute(insert(Interaction), [interaction for interaction, _ in rows])
        connection.execute(insert(Expectation), [expectation for _, expectation in rows])


def _deadline(number: int, account_id: str) -> tuple[dict[str, object], dict[str, object]]:
    """An open matter of the account with its expectation, a month ahead."""
    ahead = datetime.now(UTC) + timedelta(days=30)
    key = f"{number:06}"
    same = {"account_id": account_id, "key": f"lead-{key}", "opened_at": ahead - timedelta(days=31)}
    interaction = {
        "id": f"int-{key}", "kind": "lead_response", "opened_by": f"act-{key}", "state": "open", "owner_id": "someone",
        "next_action": "answer_the_lead", "next_due_at": ahead, "recovery": "remind",
    }  # fmt: skip
    expectation = {
        "id": f"exp-{key}", "interaction_id": f"int-{key}", "rule": "lead_response", "action": "answer_the_lead",
        "turn": "ours", "due_at": ahead, "channels": ["email", "call"], "evidence": [f"act-{key}"],
        "state": "waiting", "step": -1, "look_at": ahead, "blind": [],
    }  # fmt: skip
    return interaction | same, expectation | same
