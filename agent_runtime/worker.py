"""The worker as a process: gives the engine the living loop and the executors, and works until it is told to end."""

import logging
import os
from datetime import datetime
from secrets import token_hex
from threading import Event
from zoneinfo import ZoneInfo

from prometheus_client import start_http_server
from sqlalchemy import Connection

from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executor, Executors
from agent_runtime.actions.imap_drafts import ImapDrafts
from agent_runtime.actions.inside import KINDS, Inside
from agent_runtime.actions.mailbox_drafts import MailboxDrafts, placed_in
from agent_runtime.actions.outbox import FileOutbox
from agent_runtime.actions.policy import IN_MAILBOX
from agent_runtime.actions.recheck import Recheck
from agent_runtime.actions.senders import MAILBOXES, profiles_in
from agent_runtime.actions.sign_in import rotated_in
from agent_runtime.actions.smtp import SmtpExecutor
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.clock import Clock, SystemClock
from agent_runtime.connectors.drafts import ConnectedDrafts
from agent_runtime.connectors.executor import WriteExecutor
from agent_runtime.connectors.listening import Listening
from agent_runtime.connectors.polling import Polling
from agent_runtime.connectors.service import Means, drafts_in, writers_in
from agent_runtime.doors.hooks.reader import HookReader
from agent_runtime.doors.webhooks.courier import Courier
from agent_runtime.doors.webhooks.post import Poster
from agent_runtime.embedding import Embedding
from agent_runtime.housekeeping import Housekeeping
from agent_runtime.ingest.second_reading.service import SecondReading
from agent_runtime.installation import Installation, open_installation
from agent_runtime.jobs.engine import JobEngine
from agent_runtime.jobs.liveness import lock_for
from agent_runtime.jobs.pace import Pace
from agent_runtime.jobs.parent import become_worker
from agent_runtime.jobs.work import DueAction
from agent_runtime.loop.live import Live
from agent_runtime.mailing.rounds import Mailing
from agent_runtime.playbook import load
from agent_runtime.settings import Settings

_LOCKS, _OUTBOX = "workers", "outbox"


class LiveWork:
    """What an installation gives its engine to do."""

    def __init__(self, installation: Installation, clock: Clock, executors: Executors) -> None:
        self._installation = installation
        self._clock = clock
        self._executors = executors
        self._name = f"{os.uname().nodename}-{os.getpid()}-{token_hex(4)}"
        self._housekeeping = Housekeeping(installation, self._name)
        self._embedding = Embedding(installation.engine, installation.settings)
        poster = Poster(private=installation.settings.webhooks_private)
        self._courier = Courier(installation.engine, clock, installation.install_key, poster)
        self._hooks = HookReader(installation)
        self._polling = Polling(installation, clock, self._name)
        self._listening = Listening(installation, clock, self._name)
        self._mailing = Mailing(installation, self._name)
        model = installation.model()
        zone = ZoneInfo(installation.playbook.calendar.zone)
        self._reading = SecondReading(installation.engine, model, installation.install_key, zone) if model else None
        self._live = Live(
            installation.engine,
            lambda connection: installation.company(connection, clock.now()),
            installation.install_key,
            clock,
            self._name,
            model,
        )

    def run(self, account_id: str) -> None:
        """One pass of an account's loop."""
        self._live.run(account_id)

    def execute(self, action_id: str, worker: str) -> None:
        """The next step of a decided action, claimed in the name of `worker`."""
        now = self._clock.now()
        recheck = Recheck(now, self._installation.playbook.autonomy, self._owner_now)
        execute(
            self._installation.engine,
            action_id,
            now,
            self._executors,
            recheck,
            self._live.ended,
            self._installation.install_key,
            worker,
        )

    def lost(self, worker: str, now: datetime) -> None:
        """What a dead worker had claimed is looked up at once, not when its lease is over."""
        with self._installation.engine.begin() as connection:
            actions.abandon(connection, worker, now)

    def _owner_now(self, _connection: Connection, action: ActionRow) -> str | None:
        user_id = action.content.get("user_id")
        return self._live.owner_now(user_id) if user_id else None

    def due_actions(self, now: datetime) -> list[DueAction]:
        """Decided actions whose time has come, and those that are to be looked for again."""
        with self._installation.engine.connect() as connection:
            rows = actions.due(connection, now)
        return [DueAction(row.id, str(row.content.get("connector") or ""), row.turn) for row in rows]

    def held_back(self, connection: Connection, account_id: str, deaths: int, until: datetime) -> None:
        """Tells the audit that an account is not run for a while."""
        payload = {"deaths": deaths, "until": until.isoformat()}
        entry = Entry(self._clock.now(), ActorKind.AGENT, "agent", "account.held_back", account_id, payload)
        audit.append(connection, account_id, [entry], install_key=self._installation.install_key)

    def finish(self) -> None:
        """Waits for what is being told to receivers of webhooks, and for mails to people of the house."""
        self._courier.finish()
        self._mailing.close()

    def tick(self, now: datetime) -> None:
        """Messages that came in, deadlines, snoozes, visits, the morning round, and what the installation does for
        itself. What happened is put down for its receivers before the feed is shortened."""
        self._hooks.step(now)
        self._live.tick(now)
        self._courier.step(now)
        self._housekeeping.step(now)
        self._embedding.step(now)
        self._polling.step(now)
        self._listening.step(now)
        self._mailing.step(now)
        if self._reading:
            self._reading.begin(now)


def executors_of(installation: Installation) -> Executors:
    """Who carries out what in this installation: mail over SMTP or into a folder, the rest inside the house."""
    settings = installation.settings
    routes: dict[tuple[str, str], Executor] = {("", kind): Inside() for kind in KINDS}
    routes["file_outbox", "send_email"] = FileOutbox(settings.data_dir / _OUTBOX)
    profile_of = profiles_in(installation.engine)
    rotated_of = rotated_in(installation.engine, installation.install_key)
    routes["smtp", "send_email"] = SmtpExecutor(profile_of, settings.mail_servers, rotated_of=rotated_of)
    mailboxes = ImapDrafts(profile_of, settings.mail_servers, rotated_of)
    drafts = MailboxDrafts(mailboxes, placed_in(installation.engine))
    routes |= {("smtp", kind): drafts for kind in IN_MAILBOX}
    means = Means(settings, installation.install_key, SystemClock())
    writes = WriteExecutor(writers_in(installation.engine, means))
    routes["", "crm_write"] = routes["twilio", "message"] = writes
    connected = MailboxDrafts(
        ConnectedDrafts(profile_of, drafts_in(installation.engine, means)), placed_in(installation.engine)
    )
    routes |= {(name, "send_email"): writes for name in MAILBOXES}
    routes |= {(name, kind): connected for name in MAILBOXES for kind in IN_MAILBOX}
    return Executors(routes, installation.playbook.sending)


def engine_of(installation: Installation, clock: Clock, *, threads: int = 4, pace: Pace | None = None) -> JobEngine:
    """The engine of one worker of this installation, not yet started."""
    work = LiveWork(installation, clock, executors_of(installation))
    folder = installation.settings.data_dir / _LOCKS
    lock = lock_for(installation.engine, folder)
    return JobEngine(installation.engine, work, clock, lock, folder, pace=pace or Pace(), threads=threads)


def work(settings: Settings, *, once: bool = False, threads: int = 4, metrics_port: int | None = None) -> None:
    """Works until SIGTERM or SIGINT, then finishes what is running; with `once` until nothing is left to do now.

    The work is done in a fork of this process: another begins as soon as that one is killed.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stop = Event()
    # Read here too: so a mistake in it is told once, and what its calendar imports is there for every worker.
    load(settings.playbook)
    become_worker(stop)
    engine = engine_of(open_installation(settings), SystemClock(), threads=threads)
    if metrics_port is not None:
        start_http_server(metrics_port, addr="127.0.0.1")
    engine.serve(stop, once=once)
