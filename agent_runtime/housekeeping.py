"""What an installation does for itself each hour and each minute: one worker for all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_runtime import events, jobs
from agent_runtime.accounts.erasure import scrub
from agent_runtime.accounts.joining import join_known_callers
from agent_runtime.accounts.retention import apply_retention
from agent_runtime.actions.senders import with_mailbox
from agent_runtime.audit.anchor import write_anchor
from agent_runtime.audit.sinks import forward, open_sink
from agent_runtime.calls.week.agreed import note_changes
from agent_runtime.calls.week.service import House
from agent_runtime.calls.week.trusting import note_trust
from agent_runtime.embedding import embedder_of, portfolio_of
from agent_runtime.errors import TenureError
from agent_runtime.inbox import mailbox
from agent_runtime.installation import Installation
from agent_runtime.llm.store import forget_replies_before

FEED_KEPT = timedelta(days=7)
# Long enough for whatever is done again after a fault; a model's words are not kept beyond it.
REPLIES_KEPT = timedelta(days=7)
_MOST_HEAPS = 20
_MINUTE = timedelta(minutes=1)
_logger = logging.getLogger("tenure.housekeeping")


@dataclass(slots=True)
class _Task:
    name: str
    every: timedelta
    do: Callable[[datetime], None]
    due: datetime | None = None


class Housekeeping:
    """Shortens the feed, lets old words and replies go, anchors the audit each hour; hands entries on each minute."""

    def __init__(self, installation: Installation, holder: str) -> None:
        self._installation, self._holder = installation, holder
        self._tasks = (_Task("hourly", timedelta(hours=1), self._hourly), _Task("minutely", _MINUTE, self._minutely))

    def step(self, now: datetime) -> None:
        """Does what is due; what fails is told in the log and tried again when it is due again."""
        for task in self._tasks:
            if task.due is not None and now < task.due:
                continue
            mine = self._is_mine(task.name, now)
            task.due = now + (task.every if mine else _MINUTE)
            if mine:
                self._attempt(task, now)

    def _attempt(self, task: _Task, now: datetime) -> None:
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
            forget_replies_before(connection, now - REPLIES_KEPT)
            note_changes(connection, installation.playbook, now, installation.install_key)
            calendar = installation.company(connection, now).calendar
        note_trust(installation.engine, House(calendar, installation.playbook), now)
        self._let_go(now)
        if installation.settings.anchor_file:
            with installation.engine.connect() as connection:
                file, key = installation.settings.anchor_file, installation.install_key
                write_anchor(connection, file, install_key=key, now=now)

    def _let_go(self, now: datetime) -> None:
        """The words of old records, as the playbook has it, from the disk as well; the rest in the next hour."""
        installation = self._installation
        gone = 0
        for _ in range(_MOST_HEAPS):
            with installation.engine.begin() as connection:
                policy, key = installation.playbook.retention, installation.install_key
                heap = apply_retention(connection, policy, now, key)
            gone += heap
            if not heap:
                break
        if gone:
            scrub(installation.engine)
            self._renew_portfolio()

    def _renew_portfolio(self) -> None:
        chosen = embedder_of(self._installation.settings)
        if chosen:
            with self._installation.engine.connect() as connection:
                portfolio_of(self._installation.settings, chosen.embedder.model).renew(connection)

    def _minutely(self, now: datetime) -> None:
        settings, key = self._installation.settings, self._installation.install_key
        with self._installation.engine.begin() as connection:
            join_known_callers(connection, now, key)
        with self._installation.engine.begin() as connection:
            if self._installation.playbook.autonomy.draft_in_mailbox == "auto":
                mailbox.place_drafts(connection, with_mailbox(connection, settings.mail_servers), now, key)
            mailbox.withdraw_drafts(connection, now, key)
        if settings.audit_sink:
            sink = open_sink(settings.audit_sink, settings.audit_sink_secret)
            forward(self._installation.engine, sink, settings.audit_sink, now)
