"""The worker's round: reads what is due, in a thread of its own, so that no deadline waits for a vendor."""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread

from agent_runtime import jobs
from agent_runtime.clock import Clock
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.connectors.telling import Telling
from agent_runtime.errors import TenureError
from agent_runtime.installation import Installation, about, context_of
from tools.base import Health, State

# A connection is read again after this; one that fails, later and later, up to an hour.
EVERY = timedelta(minutes=1)
AFTER_FAILURE = timedelta(minutes=5)
# A turn is longer than any page takes, and is prolonged at each.
_TURN = timedelta(minutes=10)
_logger = logging.getLogger("tenure.connectors")


class Polling:
    """Reads the connections that are due, one after the other; of all workers one at a time."""

    def __init__(
        self, installation: Installation, clock: Clock, holder: str, means: service.Means | None = None
    ) -> None:
        self._installation, self._clock, self._holder = installation, clock, holder
        self._means = means or service.Means(installation.settings, installation.install_key, clock)
        self._thread: Thread | None = None
        self._stop = Event()

    def step(self, now: datetime) -> None:
        """Begins a round where something is due and no round is under way; returns at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._installation.engine.connect() as connection:
            names = service.due_names(connection, now)
        if names:
            self._thread = Thread(target=self.round, args=(names,), name="tenure-connectors", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends the round after the page that is being read."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def round(self, names: list[str]) -> None:
        """Reads these connections, each to its end."""
        for name in names:
            if not self._stop.is_set() and self._is_mine(name):
                self._attempt(name)

    def _attempt(self, name: str) -> None:
        pause = EVERY
        try:
            problems = self._read(name)
            pause = AFTER_FAILURE if problems else EVERY
        except TenureError as error:
            _logger.error("%s: %s", name, error)
            self._told(name, Health(State.NOT_ALLOWED, error.what, fix=error.fix))
            pause = AFTER_FAILURE
        with self._installation.engine.begin() as connection:
            service.set_due(connection, name, self._clock.now() + pause)

    def _read(self, name: str) -> bool:
        installation = self._installation
        with installation.engine.begin() as connection:
            connected = service.opened(connection, self._means, name)
            context = context_of(about(connection), installation.playbook)
        reading = Reading(installation.engine, connected, context, self._clock, stop=lambda: not self._goes_on(name))
        problems = any(report.problem for report in reading.run())
        return Telling(installation, self._clock, self._means, name).run() or problems

    def _told(self, name: str, health: Health) -> None:
        with self._installation.engine.begin() as connection:
            service.keep_health(connection, name, health, self._clock.now())

    def _goes_on(self, name: str) -> bool:
        return not self._stop.is_set() and self._is_mine(name)

    def _is_mine(self, name: str) -> bool:
        with self._installation.engine.begin() as connection:
            return jobs.take_turn(connection, f"connector.{name}", self._holder, self._clock.now(), _TURN)
