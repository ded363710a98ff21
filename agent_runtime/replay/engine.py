"""The replay itself: a virtual clock that jumps from one record or deadline to the next, and runs what is due."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent_runtime import jobs
from agent_runtime.actions.outbox import FileOutbox
from agent_runtime.clock import Stopwatch, VirtualClock
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger import service as ledger
from agent_runtime.loop.delivery import deliver_now, deliver_round
from agent_runtime.loop.propose import Desk
from agent_runtime.loop.run import Evaluated, look, run_account
from agent_runtime.replay.export import Counts, write_outputs
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.person import ScriptedPerson
from agent_runtime.replay.setting import Installation, install, open_world
from agent_runtime.watchtower.outlook import Outlook
from agent_runtime.watchtower.service import keep_scores
from tools.base import SourceRecord

MORNING = time(6, 0)
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Replay:
    """One replay of one world folder."""

    world: Path
    options: ReplayOptions
    watch: Stopwatch = field(default_factory=Stopwatch)

    def run(self, progress: Progress = lambda done, total: None) -> dict[str, object]:
        """Runs to the end and writes the output files; gives the summary."""
        world = open_world(self.world)
        with TemporaryDirectory() as scratch:
            database = self.options.database or Path(scratch) / "replay.db"
            self._refuse_mixing(database)
            installation = install(world, database, self.options.playbook)
            try:
                return self._run(installation, progress)
            finally:
                installation.engine.dispose()

    def _refuse_mixing(self, database: Path) -> None:
        exists = database.exists()
        if exists and not self.options.resume:
            raise BadInput(f"{database} holds a replay already.", fix="Add --resume, or name another file.")
        if self.options.resume and not exists:
            raise BadInput(f"There is nothing to resume: {database} is missing.", fix="Name the file with --db.")

    def _run(self, installation: Installation, progress: Progress) -> dict[str, object]:
        run = _Run(installation, self.options, self.watch)
        run.to_the_end(progress)
        with self.watch.measure("write"):
            return write_outputs(installation, self.options, run.counts, run.clock.now(), self.watch)


class _Run:
    """The state of a running replay; all that must survive it stands in the database."""

    def __init__(self, installation: Installation, options: ReplayOptions, watch: Stopwatch) -> None:
        self.installation, self.options, self.watch = installation, options, watch
        settings = installation.world.settings
        self.zone = ZoneInfo(settings.timezone)
        self.end = min(options.until, settings.end) if options.until else settings.end
        self.outlook = Outlook(installation.company)
        self.desk = Desk(installation.engine, installation.company, installation.install_key, self.outlook)
        executor = FileOutbox(options.out / "outbox")
        self.person = ScriptedPerson(options.approval, self.desk, executor, self.zone)
        self.counts = Counts()
        with watch.measure("read"):
            records = installation.world.ordered()
        self.clock, since = self._resume(settings.start)
        self.records = [x for x in records if x.at > since] if since else records
        self.position = 0
        self.next_look: datetime | None = None
        self.morning = self._next_morning(self.clock.now())

    def _resume(self, start: datetime) -> tuple[VirtualClock, datetime | None]:
        """The clock where an earlier replay stopped, and up to when its records are in."""
        with self.installation.engine.connect() as connection:
            state = jobs.checkpoint(connection, "replay")
            learned = jobs.checkpoint(connection, "outlook")
            if state is None:
                return VirtualClock(start), None
            now = datetime.fromisoformat(state["now"])
            self.counts = Counts.from_json(state["counts"])
            for account in jobs.all_accounts(connection):
                found = look(connection, self.installation.company, account, now)
                if found:
                    self.outlook.observe(found.view)
        if learned:
            self.outlook.restore(learned)
        return VirtualClock(now), now

    def to_the_end(self, progress: Progress) -> None:
        """Everything that happens up to the end; then the position is noted, so that it can go on."""
        self._run_woken()
        while (moment := self._next_moment()) <= self.end:
            self.clock.move_to(moment)
            records = self._take_records(moment)
            with self.watch.measure("ingest"):
                self._ingest(records)
            if self.next_look is not None and self.next_look <= moment:
                self._sweep()
            self._run_woken()
            if moment >= self.morning:
                with self.watch.measure("morning"):
                    self._morning_round()
            progress(self.position, len(self.records))
        self.clock.move_to(self.end)
        with self.installation.engine.begin() as connection:
            self._note(connection)

    # -- time

    def _next_moment(self) -> datetime:
        with self.watch.measure("sweep"), self.installation.engine.connect() as connection:
            looks = [ledger.next_look(connection), inbox.next_release(connection)]
        self.next_look = min((self._unpaused(x) for x in looks if x is not None), default=None)
        record = self.records[self.position].at if self.position < len(self.records) else None
        moments = (record, self.next_look)
        return min((x for x in moments if x is not None and x < self.morning), default=self.morning)

    def _unpaused(self, moment: datetime) -> datetime:
        """Deadlines that fall into a pause of the sweeps are looked at when it is over."""
        if self.options.pause is None:
            return moment
        begins, ends = self.options.pause
        return ends if begins <= max(moment, self.clock.now()) < ends else moment

    def _next_morning(self, after: datetime) -> datetime:
        day = after.astimezone(self.zone).date()
        morning = datetime.combine(day, MORNING, self.zone)
        if morning <= after.astimezone(self.zone):
            morning = datetime.combine(day + timedelta(days=1), MORNING, self.zone)
        return morning.astimezone(self.clock.now().tzinfo)

    # -- one moment

    def _take_records(self, moment: datetime) -> list[SourceRecord]:
        first = self.position
        while self.position < len(self.records) and self.records[self.position].at <= moment:
            self.position += 1
        return self.records[first : self.position]

    def _ingest(self, records: list[SourceRecord]) -> None:
        if not records:
            return
        with self.installation.engine.begin() as connection:
            self.counts.add(self.installation.ingest.take(connection, records, self.clock.now()), len(records))
            self._note(connection)

    def _note(self, connection: Connection) -> None:
        state = {"now": self.clock.now().isoformat(), "counts": self.counts.to_json()}
        jobs.set_checkpoint(connection, "replay", state)

    def _sweep(self) -> None:
        now = self.clock.now()
        with self.watch.measure("sweep"), self.installation.engine.begin() as connection:
            jobs.wake(connection, (*ledger.due_accounts(connection, now), *inbox.release_due(connection, now)))

    def _run_woken(self) -> None:
        with self.installation.engine.connect() as connection:
            woken = jobs.woken(connection)
        for account in woken:
            self._run_account(account)

    def _run_account(self, account: str) -> None:
        with self.watch.measure("evaluate"):
            found = run_account(
                self.installation.engine, self.installation.company, account, self.clock.now(),
                self.installation.install_key, self._observe,
            )  # fmt: skip
        if found and self.options.daily_cap is None:
            with self.watch.measure("propose"):
                deliver_now(self.desk, found, self._delivered)

    def _observe(self, _: Connection, found: Evaluated) -> None:
        self.outlook.observe(found.view)

    def _delivered(self, item: ItemRow) -> None:
        self.person.see(item, self.clock.now(), self._run_account)

    # -- mornings

    def _morning_round(self) -> None:
        """Learns, scores, and on a working day delivers."""
        now, self.morning = self.clock.now(), self._next_morning(self.clock.now())
        if self.outlook.learn(now):
            with self.installation.engine.begin() as connection:
                jobs.set_checkpoint(connection, "outlook", self.outlook.to_json())
        beliefs = self.outlook.beliefs(now)
        if self.options.daily_scores:
            with self.installation.engine.begin() as connection:
                keep_scores(connection, beliefs, now)
        if self._is_working_day(now):
            by_deal = {x.opportunity_id: x for x in beliefs}
            deliver_round(self.desk, now, by_deal, self.options.daily_cap, self._delivered)
        self._run_woken()

    def _is_working_day(self, now: datetime) -> bool:
        today = now.astimezone(self.zone).date()
        midnight = datetime.combine(today, time(), self.zone)
        return self.installation.company.calendar.next_open(midnight).astimezone(self.zone).date() == today
