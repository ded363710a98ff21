"""What an installation does for itself each hour and each minute: one worker for all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_runtime import events, jobs
from agent_runtime.audit.anchor import write_anchor
from agent_runtime.audit.sinks import forward, open_sink
from agent_runtime.errors import TenureError
from agent_runtime.installation import Installation

FEED_KEPT = timedelta(days=7)
_MINUTE = timedelta(minutes=1)
_logger = logging.getLogger("tenure.housekeeping")


@dataclass(slots=True)
class _Task:
    name: str
    every: timedelta
    do: Callable[[datetime], None]
    due: datetime | None = None


class Housekeeping:
    """Shortens the feed and anchors the audit each hour, hands new audit entries on each minute."""

    def __init__(self, installation: Installation, holder: str) -> None:
        self._installation, self._holder = installation, holder
        self._tasks = (_Task("hourly", timedelta(hours=1), self._hourly), _Task("minutely", _MINUTE, self._minutely))

    def step(self, now: datetime) -> None:
        """Does what is due; what fails is told in the log and tried again when it is due again."""
        for task in self._tasks:
            if (task.due is None or now >= task.due) and self._is_mine(task.name, now):
                task.due = now + task.every
                try:
                    task.do(now)
                except TenureError as error:
                    _logger.error("%s: %s", task.name, error)

    def _is_mine(self, name: str, now: datetime) -> bool:
        with self._installation.engine.begin() as connection:
            return jobs.take_turn(connection, f"housekeeping.{name}", self._holder, now, _MINUTE)

    def _hourly(self, now: datetime) -> None:
        installation = self._installation
        with installation.engine.begin() as connection:
            events.forget_before(connection, now - FEED_KEPT)
        if installation.settings.anchor_file:
            with installation.engine.connect() as connection:
                file, key = installation.settings.anchor_file, installation.install_key
                write_anchor(connection, file, install_key=key, now=now)

    def _minutely(self, now: datetime) -> None:
        settings = self._installation.settings
        if settings.audit_sink:
            sink = open_sink(settings.audit_sink, settings.audit_sink_secret)
            forward(self._installation.engine, sink, settings.audit_sink, now)
