"""A database with workers as processes, for the tests of the engine and its benchmarks."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from agent_runtime import db
from agent_runtime.jobs import liveness
from tests.integration import tally
from tests.integration.engine_worker import Told, start

PATIENCE = 60.0


@dataclass(slots=True)
class House:
    """A prepared database, and the workers that were started on it."""

    engine: Engine
    url: str
    folder: Path
    started: list[ForkServerProcess] = field(default_factory=list)

    def worker(self, told: Told | None = None) -> ForkServerProcess:
        """Starts a worker."""
        log = self.folder / f"worker-{len(self.started)}.log"
        self.started.append(start(self.url, self.folder / "locks", log, told or Told()))
        return self.started[-1]

    def post(self, accounts: list[str], each: int, series: str = "act") -> None:
        """Puts letters into the mailboxes, as an ingest does."""
        with self.engine.begin() as connection:
            tally.post(connection, accounts, each, series)

    def entered(self) -> int:
        """How many workers are entered."""
        with self.engine.connect() as connection:
            return len(liveness.workers(connection))

    def ended(self, process: ForkServerProcess) -> int | None:
        """How a worker ended: its exit code, or minus the signal; None when it works still after a while."""
        process.join(PATIENCE)
        return process.exitcode

    def freeze(self, process: ForkServerProcess) -> None:
        """Stops a worker where it stands, though not inside of a transaction: SQLite would stay closed to all."""
        while True:
            _send(process, signal.SIGSTOP)
            Event().wait(0.05)  # a signal takes its time until every thread stands
            if self._is_writable():
                return
            self.thaw(process)
            Event().wait(0.01)

    def thaw(self, process: ForkServerProcess) -> None:
        """Lets a frozen worker go on."""
        _send(process, signal.SIGCONT)

    def wait_until_done(self, patience: float = PATIENCE, *, look: float = 0.02) -> None:
        """Waits until nothing is left to do, and nothing is begun that was a dead worker's."""
        self.wait(lambda: tally.is_done(self.engine) and not self._is_begun(), patience, look=look)

    def pids(self) -> list[int]:
        """The processes of the workers that were started."""
        return [process.pid for process in self.started if process.pid is not None]

    def wait(self, condition: Callable[[], bool], patience: float = PATIENCE, *, look: float = 0.02) -> None:
        """Looks again and again; fails with the logs of the workers when it takes too long."""
        deadline, pause = monotonic() + patience, Event()
        while not condition():
            if monotonic() > deadline:
                raise TimeoutError(self.logs())
            pause.wait(look)

    def logs(self) -> str:
        """What the workers wrote."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*.log")))

    def _is_begun(self) -> bool:
        table = "workflow_status" if self.engine.dialect.name == "sqlite" else "dbos.workflow_status"
        begun = text(f"SELECT 1 FROM {table} WHERE status IN ('PENDING', 'ENQUEUED') LIMIT 1")
        with self.engine.connect() as connection:
            return connection.execute(begun).first() is not None

    def _is_writable(self) -> bool:
        probe = create_engine(self.url, connect_args={"timeout": 0.2} if self.url.startswith("sqlite") else {})
        try:
            with probe.begin() as connection:
                connection.execute(text("UPDATE tenure_worker SET heartbeat = heartbeat WHERE executor_id = ''"))
        except OperationalError:
            return False
        finally:
            probe.dispose()
        return True


@contextmanager
def open_house(url: str, folder: Path) -> Iterator[House]:
    """Prepares a database with the tables of ours and of the tally; kills at the end what still works."""
    engine = db.make_engine(url)
    db.create_schema(engine)
    tally.prepare(engine)
    house = House(engine, url, folder)
    try:
        yield house
    finally:
        for process in house.started:
            process.kill()
            process.join()
            process.close()
        engine.dispose()


def _send(process: ForkServerProcess, number: signal.Signals) -> None:
    if process.pid is not None:
        os.kill(process.pid, number)
