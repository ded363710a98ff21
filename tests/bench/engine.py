"""The engine: how fast mailboxes fill and drain, what a run and an idle worker cost, and what kills do to it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from agent_runtime import jobs
from agent_runtime.jobs.pace import Pace
from tests.bench import engine_live, engine_rivals
from tests.bench.figures import Figure
from tests.bench.servers import address_of, cpu_seconds, postgres
from tests.integration import tally
from tests.integration.engine_house import House, open_house
from tests.integration.engine_worker import Told

_PATIENCE = 900.0
_USUAL = Told(pace=Pace())


def engine(runs: int) -> list[Figure]:
    """Everything about the engine, on both databases, beside plain DBOS; what is short is measured three times."""
    figures: list[Figure] = []
    with postgres() as address:
        for kind, url in (("SQLite", None), ("PostgreSQL", address)):
            figures += mailbox(kind, url, 3 * runs)
            figures += drained(kind, url, runs)
            figures += killed(kind, url, runs)
            figures += takeover(kind, url, 3 * runs)
            figures += engine_live.idle(kind, url)
            figures += engine_live.real_runs(kind, url)
            figures += engine_rivals.side_by_side(kind, url)
    print("Procrastinate is left out, because it must be fetched: name it with make bench ARGS='engine procrastinate'.")
    return figures


def procrastinate(_runs: int) -> list[Figure]:
    """Procrastinate under the same events, in a Python of its own that is thrown away afterwards."""
    with TemporaryDirectory() as scratch, postgres() as address:
        return engine_rivals.procrastinate(address, engine_rivals.python_with_procrastinate(Path(scratch)))


def mailbox(kind: str, url: str | None, runs: int, *, rows: int = 100_000, accounts: int = 10_000) -> list[Figure]:
    """Rows that are put into mailboxes in a second, a thousand in a transaction."""
    samples = []
    for _ in range(runs):
        with _house(url) as house:
            letters = [(f"account-{number % accounts:05}", f"act-{number}") for number in range(rows)]
            begun = perf_counter()
            for start in range(0, rows, 1_000):
                with house.engine.begin() as connection:
                    jobs.post(connection, letters[start : start + 1_000])
            samples.append(rows / (perf_counter() - begun))
    least = 50_000 if kind == "SQLite" else 15_000
    return [Figure(f"mailbox on {kind}", "rows/s", tuple(samples), least, at_least=True)]


def drained(
    kind: str, url: str | None, runs: int, *, events: int = 100_000, accounts: int = 10_000, workers: int = 2
) -> list[Figure]:
    """So many events over so many accounts, from their waiting in the mailboxes to the last run's end."""
    taken, spent = [], []
    for _ in range(runs):
        with _house(url) as house:
            for _ in range(workers):
                house.worker(_USUAL)
            house.wait(lambda: house.entered() == workers)
            before = sum(map(cpu_seconds, house.pids()))
            house.post([f"account-{number:05}" for number in range(accounts)], events // accounts)
            begun = perf_counter()
            house.wait_until_done(_PATIENCE, look=0.5)
            taken.append(perf_counter() - begun)
            spent.append((sum(map(cpu_seconds, house.pids())) - before) * 1000 / accounts)
            _require(house, events)
    name = f"{events:,} events on {accounts:,} accounts, {workers} workers, {kind}"
    return [
        Figure(f"{name}: drained", "s", tuple(taken), 60),
        Figure(f"{name}: CPU a run", "ms", tuple(spent), 10),
    ]


def killed(kind: str, url: str | None, runs: int, *, count: int = 2_000, kills: int = 10) -> list[Figure]:
    """Runs under kill -9 at chance moments, two workers at a time: how many effects were lost, how many doubled."""
    lost, doubled = [], []
    for run in range(runs):
        chance = Random(run)
        with _house(url) as house:
            for _ in range(2):
                house.worker()
            for wave in range(kills):
                house.post([f"account-{wave}-{number}" for number in range(count // kills)], 1)
                Event().wait(chance.uniform(0.3, 1.0))
                chance.choice([x for x in house.started if x.is_alive()]).kill()
                house.worker()
            house.wait_until_done(_PATIENCE, look=0.2)
            told = tally.tell(house.engine, count)
            lost.append(float(told.lost + told.unfinished))
            doubled.append(float(told.doubled + told.overlapping))
    name = f"{count:,} runs with {kills} kills on {kind}"
    return [Figure(f"{name}: lost", "", tuple(lost), 0), Figure(f"{name}: doubled", "", tuple(doubled), 0)]


def takeover(kind: str, url: str | None, runs: int) -> list[Figure]:
    """From the death of a worker in a run until its account is worked on: by another worker, and by the next one."""
    by_other = [_after_death(url, beside=True) for _ in range(runs)]
    by_next = [_after_death(url, beside=False) for _ in range(runs)]
    return [
        Figure(f"takeover by another worker, {kind}", "s", tuple(by_other), 7),
        Figure(f"kill -9 of a worker to the first effect of the next, {kind}", "s", tuple(by_next), 1),
    ]


def _after_death(url: str | None, *, beside: bool) -> float:
    with _house(url) as house:
        for _ in range(2 if beside else 1):
            house.worker(replace(_USUAL, graph=1.0, kept=not beside))
        house.wait(lambda: house.entered() == len(house.started))
        house.post(["account"], 1)
        house.wait(lambda: bool(tally.seen_workers(house.engine)))
        (runner,) = tally.seen_workers(house.engine)
        os.kill(runner, signal.SIGKILL)
        begun = perf_counter()
        house.wait(lambda: len(tally.seen_workers(house.engine)) == 2)
        taken = perf_counter() - begun
        for worker in house.started:
            worker.terminate()
            worker.join()
        return taken


@contextmanager
def _house(url: str | None) -> Iterator[House]:
    """A fresh database: a SQLite file, or one on the server at `url`."""
    with (
        TemporaryDirectory() as scratch,
        address_of(url, scratch) as address,
        open_house(address, Path(scratch)) as house,
    ):
        yield house


def _require(house: House, events: int) -> None:
    told = tally.tell(house.engine, events)
    if (told.effects, told.lost, told.doubled, told.unfinished, told.overlapping) != (events, 0, 0, 0, 0):
        raise ValueError(f"{told} instead of {events} effects")
