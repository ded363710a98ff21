"""A worker as a process of its own, whose work is the tally; forked from one that has everything imported already."""

import logging
import os
import signal
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event

from agent_runtime import db
from agent_runtime.clock import SystemClock
from agent_runtime.jobs.engine import JobEngine
from agent_runtime.jobs.liveness import lock_for
from agent_runtime.jobs.pace import Pace
from agent_runtime.jobs.parent import become_worker
from tests.integration.tally import Tally

# Short, so that the tests are; the frozen are taken for dead after two seconds.
QUICK = Pace(
    busy=0.1,
    idle=0.1,
    dispatch=0.1,
    calm_dispatch=0.1,
    tick=0.2,
    reap=0.3,
    settle=1.0,
    collect=1.0,
    beat=0.3,
    doubtful=1.0,
    frozen=2.0,
    rest=timedelta(seconds=1),
)
_processes = get_context("forkserver")
_processes.set_forkserver_preload(["tests.integration.engine_worker"])


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker is told: where it kills itself, how long its runs take, how long it keeps finished jobs.

    `deadly`: the account whose run kills it, `failing`: whose first run raises. `sending`: how long a sending takes.
    `kept`: it works in a fork, and is followed by another when it is killed.
    """

    crash_at: str = ""
    crash_on: int = 1
    graph: float = 0.0
    keep: timedelta = timedelta(hours=1)
    pace: Pace = QUICK
    deadly: str = ""
    kept: bool = False
    failing: str = ""
    sending: float = 0.0


def start(url: str, folder: Path, log: Path, told: Told) -> ForkServerProcess:
    """Starts a worker that works until SIGTERM."""
    process = _processes.Process(target=serve, args=(url, folder, log, told))
    process.start()
    return process


def serve(url: str, folder: Path, log: Path, told: Told) -> None:
    """Works until it is told to end, or kills itself at the named place."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 2)
    logging.basicConfig(level=logging.WARNING)
    stop = Event()
    if told.kept:
        become_worker(stop)
    else:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    engine = db.make_engine(url)
    work = Tally(
        engine,
        crash_at=told.crash_at,
        crash_on=told.crash_on,
        graph=told.graph,
        deadly=told.deadly,
        failing=told.failing,
        sending=told.sending,
    )
    pace = replace(told.pace, keep=told.keep)
    JobEngine(engine, work, SystemClock(), lock_for(engine, folder), folder, pace=pace).serve(stop)
