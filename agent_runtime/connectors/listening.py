"""Waits at systems that tell when something came, so that they are read at once and not when their turn comes."""

from datetime import datetime, timedelta
from threading import Event, Thread

from agent_runtime import jobs
from agent_runtime.clock import Clock
from agent_runtime.connectors import service
from agent_runtime.errors import TenureError
from agent_runtime.installation import Installation
from tools.base import BadAnswer, Listens, VendorError

# So long is waited in one piece; between two is asked whether to go on.
_PIECE = timedelta(seconds=45)
_TURN = timedelta(minutes=3)
# New connections, and those that broke off, are begun with after this.
_LOOK = timedelta(minutes=1)


class Listening:
    """A thread for each connection that listens; of all workers one for each. What it misses, the next read finds."""

    def __init__(self, installation: Installation, clock: Clock, holder: str, piece: timedelta = _PIECE) -> None:
        self._installation, self._clock, self._holder, self._piece = installation, clock, holder, piece
        self._means = service.Means(installation.settings, installation.install_key, clock)
        self._threads: dict[str, Thread] = {}
        self._deaf: set[str] = set()
        self._due: datetime | None = None
        self._stop = Event()

    def step(self, now: datetime) -> None:
        """Begins to listen where nobody does; returns at once."""
        if self._due is not None and now < self._due:
            return
        self._due = now + _LOOK
        with self._installation.engine.connect() as connection:
            names = service.connected_names(connection)
        for name in names:
            thread = self._threads.get(name)
            if name not in self._deaf and not (thread and thread.is_alive()) and self._is_mine(name):
                self._threads[name] = Thread(target=self._listen, args=(name,), name=f"tenure-{name}", daemon=True)
                self._threads[name].start()

    def close(self) -> None:
        """Ends every wait after its piece."""
        self._stop.set()
        for thread in self._threads.values():
            thread.join(timeout=self._piece.total_seconds() + 30)

    def _listen(self, name: str) -> None:
        try:
            with self._installation.engine.connect() as connection:
                connected = service.opened(connection, self._means, name)
        except TenureError:
            return  # reading it tells why, and to whom
        try:
            source = connected.source()
            if not isinstance(source, Listens):
                self._deaf.add(name)
                return
            while self._goes_on(name):
                if source.wait(self._piece):
                    self._read_soon(name)
        except BadAnswer:
            self._deaf.add(name)  # this server does not tell when something comes
        except VendorError:
            return  # reading it tells how it stands
        finally:
            connected.close()

    def _read_soon(self, name: str) -> None:
        with self._installation.engine.begin() as connection:
            service.set_due(connection, name, self._clock.now())

    def _goes_on(self, name: str) -> bool:
        if self._stop.is_set() or not self._is_mine(name):
            return False
        with self._installation.engine.connect() as connection:
            return name in service.connected_names(connection)

    def _is_mine(self, name: str) -> bool:
        with self._installation.engine.begin() as connection:
            return jobs.take_turn(connection, f"listening.{name}", self._holder, self._clock.now(), _TURN)
