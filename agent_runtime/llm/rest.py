"""After several troubles in a row nobody waits for an endpoint for a while."""

from threading import Lock
from time import monotonic

TROUBLES, SECONDS = 5, 10.0


class Rest:
    """The rest of one endpoint in one process; safe for threads."""

    def __init__(self) -> None:
        self._lock, self._troubles, self._until = Lock(), 0, 0.0

    @property
    def on(self) -> bool:
        """Whether it rests now."""
        return monotonic() < self._until

    def trouble(self) -> None:
        """One more in a row; the last one begins the rest, and after it a single trouble begins the next."""
        with self._lock:
            self._troubles += 1
            if self._troubles >= TROUBLES:
                self._until = monotonic() + SECONDS

    def over(self) -> None:
        """It answers again."""
        with self._lock:
            self._troubles, self._until = 0, 0.0
