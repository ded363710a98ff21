"""The engine beside plain DBOS and Procrastinate: the same events, the same accounts, two workers of four threads."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from sqlalchemy import Engine, text

from agent_runtime import db
from agent_runtime.jobs.pace import Pace
from tests.bench import rival_dbos
from tests.bench.figures import Figure
from tests.bench.servers import address_of, cpu_seconds
from tests.integration.engine_house import open_house
from tests.integration.engine_worker import Told

EVENTS, ACCOUNTS, WORKERS = 5_000, 500, 2
_PATIENCE = 600.0
_PROCRASTINATE = Path(__file__).with_name("rival_procrastinate.py")


def side_by_side(kind: str, server: str | None) -> list[Figure]:
    """Events a second of ours and of plain DBOS, from the first that is put in to the last effect."""
    figures = []
    for name, rival in (("Tenure", _ours), ("plain DBOS", _plain_dbos)):
        with TemporaryDirectory() as scratch, address_of(server, scratch) as url:
            figures += _figures(name, kind, *rival(url, Path(scratch)))
    return figures


def procrastinate(server: str, python: Path) -> list[Figure]:
    """The same of Procrastinate, by a Python that has it."""
    with TemporaryDirectory() as scratch, address_of(server, scratch) as url:
        where = url.replace("+psycopg", "")
        subprocess.run([python, _PROCRASTINATE, "prepare", where], check=True)
        command = [str(python), str(_PROCRASTINATE), "work", where]
        with _processes([command] * WORKERS) as workers:
            before = sum(map(cpu_seconds, workers))
            putting = subprocess.Popen(
                [python, _PROCRASTINATE, "put", where, str(EVENTS), str(ACCOUNTS)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            _ready(putting)
            begun = perf_counter()
            putting.communicate("go\n")
            _wait_for_effects(db.make_engine(url), "rival_effect")
            taken = perf_counter() - begun
            return _figures("Procrastinate", "PostgreSQL", taken, sum(map(cpu_seconds, workers)) - before)


def python_with_procrastinate(folder: Path) -> Path:
    """A throw-away Python in `folder` into which Procrastinate was installed."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    wanted = ["procrastinate>=3,<4", "psycopg[binary,pool]>=3.3,<4"]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True)
    return python


def _figures(name: str, kind: str, seconds: float, cpu: float) -> list[Figure]:
    about = f"{EVENTS:,} events on {ACCOUNTS:,} accounts, {name} on {kind}"
    return [
        Figure(f"{about}: rate", "events/s", (EVENTS / seconds,)),
        Figure(f"{about}: CPU of the workers an event", "ms", (cpu * 1000 / EVENTS,)),
    ]


def _ours(url: str, folder: Path) -> tuple[float, float]:
    with open_house(url, folder) as house:
        for _ in range(WORKERS):
            house.worker(Told(pace=Pace()))
        house.wait(lambda: house.entered() == WORKERS)
        before = sum(map(cpu_seconds, house.pids()))
        begun = perf_counter()
        for series in range(10):
            house.post([f"a-{number}" for number in range(ACCOUNTS)], EVENTS // ACCOUNTS // 10, f"act-{series}")
        _wait_for_effects(house.engine, "tally_effect")
        return perf_counter() - begun, sum(map(cpu_seconds, house.pids())) - before


def _plain_dbos(url: str, _: Path) -> tuple[float, float]:
    engine = db.make_engine(url)
    client = rival_dbos.prepare(engine)
    commands = [[sys.executable, "-m", "tests.bench.rival_dbos", url, f"worker-{x}"] for x in range(WORKERS)]
    with _processes(commands) as workers:
        before = sum(map(cpu_seconds, workers))
        begun = perf_counter()
        rival_dbos.put(client, engine, [(f"a-{number % ACCOUNTS}", f"act-{number}") for number in range(EVENTS)])
        _wait_for_effects(engine, "rival_effect")
        found = perf_counter() - begun, sum(map(cpu_seconds, workers)) - before
    client.destroy()
    engine.dispose()
    return found


@contextmanager
def _processes(commands: Sequence[list[str]]) -> Iterator[list[int]]:
    """Starts them all, waits until each says that it is ready, and kills them at the end."""
    with ExitStack() as stack:
        started = []
        for command in commands:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            stack.callback(process.wait)
            stack.callback(process.kill)
            started.append(process)
        for process in started:
            _ready(process)
        yield [process.pid for process in started]


def _ready(process: subprocess.Popen[str]) -> None:
    if process.stdout is None or process.stdout.readline() != "ready\n":
        raise RuntimeError("a process of the benchmark did not start")


def _wait_for_effects(engine: Engine, table: str) -> None:
    deadline = perf_counter() + _PATIENCE
    while perf_counter() < deadline:
        with engine.connect() as connection:
            if connection.scalar(text(f"SELECT count(*) FROM {table}")) == EVENTS:
                return
        Event().wait(0.05)
    raise TimeoutError(f"the {EVENTS} effects in {table} did not come about")
