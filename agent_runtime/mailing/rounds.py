"""The worker's round of mails to people of the house, in a thread of its own: no deadline waits for a server."""

import logging
from datetime import datetime, timedelta
from threading import Thread

from agent_runtime import jobs
from agent_runtime.calls.week import subscribing
from agent_runtime.errors import TenureError
from agent_runtime.installation import Installation
from agent_runtime.mailing import digests
from agent_runtime.mailing.calls_week import send_week, week_to_send

# So often is looked who is to get something; what did not go out is tried again less often.
_EVERY, _AFTER_PROBLEM = timedelta(minutes=1), timedelta(minutes=15)
_TURN = timedelta(minutes=10)
_logger = logging.getLogger("tenure.mailing")


class Mailing:
    """Sends each person's morning and the weekly page of missed calls when it is time; of all workers one at a time.

    Without `public_url` no link leads to the pages, and no morning is sent.
    """

    def __init__(self, installation: Installation, holder: str) -> None:
        self._installation, self._holder = installation, holder
        self._thread: Thread | None = None
        self._due: datetime | None = None
        self._told: set[str] = set()

    def step(self, now: datetime) -> None:
        """Begins a round where somebody is to get something; returns at once."""
        if (self._due is not None and now < self._due) or (self._thread is not None and self._thread.is_alive()):
            return
        self._due = now + _EVERY
        people, weekly = self._wanted(now)
        if people or weekly:
            how = {"people": people, "weekly": weekly, "now": now}
            self._thread = Thread(target=self.round, kwargs=how, name="tenure-mailing", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Waits for what is being sent."""
        if self._thread is not None:
            self._thread.join(timeout=60)

    def round(self, people: set[str], weekly: bool, now: datetime) -> None:
        """Sends it; what did not go out is said in the log once, and tried again later."""
        if not self._is_mine(now):
            return
        try:
            mornings = digests.mornings(self._installation, people, now) if people else []
            lines = [f"{x.user_id}: the morning {digests.send_wanted(self._installation, x, now)}" for x in mornings]
            lines += send_week(self._installation, None, now) if weekly else []
        except TenureError as error:
            lines = [f"not sent: {error}"]
        problems = {line for line in lines if not line.endswith((digests.SENT, "had gone out"))}
        if problems:
            self._due = now + _AFTER_PROBLEM
        for line in sorted(problems - self._told):
            _logger.warning("%s", line)
        self._told = problems

    def _wanted(self, now: datetime) -> tuple[set[str], bool]:
        installation = self._installation
        with installation.engine.connect() as connection:
            people = digests.due(installation, connection, now) if installation.settings.public_url else set()
            week = week_to_send(installation, connection, now)
            return people, week is not None and bool(subscribing.waiting(connection, week))

    def _is_mine(self, now: datetime) -> bool:
        with self._installation.engine.begin() as connection:
            return jobs.take_turn(connection, "mailing", self._holder, now, _TURN)
