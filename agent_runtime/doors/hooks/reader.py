"""The reader of a worker: reads the messages that wait, one transaction each, and goes on after what it cannot read."""

import logging
from datetime import datetime, timedelta

from agent_runtime.doors.hooks import service
from agent_runtime.ingest.service import Ingest
from agent_runtime.installation import Installation, about, context_of

# So long at most at a time, so that the worker's other duties are not kept waiting.
MOST_AT_ONCE = 200
_FORGETS = timedelta(hours=1)
_logger = logging.getLogger("tenure.hooks")


class HookReader:
    """Reads what came in by the hooks of one installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._forgets_at: datetime | None = None

    def step(self, now: datetime) -> int:
        """Reads what waits; gives the number of messages."""
        self._forget(now)
        number, ingest = 0, None
        while number < MOST_AT_ONCE and (key := self._next()) is not None:
            ingest = ingest or self._ingest()
            if not self._take(key, ingest, now):
                ingest = None
            number += 1
        return number

    def _next(self) -> str | None:
        with self._installation.engine.connect() as connection:
            return service.next_waiting(connection)

    def _ingest(self) -> Ingest:
        with self._installation.engine.connect() as connection:
            return Ingest(context_of(about(connection), self._installation.playbook))

    def _take(self, key: str, ingest: Ingest, now: datetime) -> bool:
        """Whether it went well; what nobody foresaw in a message is noted at it and hinders none of the others."""
        engine, hooks = self._installation.engine, self._installation.settings.hooks
        try:
            with engine.begin() as connection:
                service.take(connection, key, hooks, ingest, now)
        except Exception as error:  # noqa: BLE001  noted at the message; a database that is away fails here once more
            # Messages of libraries carry values of the record, which may be a customer's words.
            _logger.error("message %s could not be read: %s", key, type(error).__name__)
            with engine.begin() as connection:
                service.reject(connection, key, f"reading it failed here: {type(error).__name__}")
            return False
        return True

    def _forget(self, now: datetime) -> None:
        if self._forgets_at is None or now >= self._forgets_at:
            self._forgets_at = now + _FORGETS
            with self._installation.engine.begin() as connection:
                service.forget(connection, now)
