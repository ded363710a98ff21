"""The replay itself: a virtual clock that jumps from one record or deadline to the next, and runs what is due."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from agent_runtime import jobs
from agent_runtime.actions.outbox import FileOutbox
from agent_runtime.clock import Stopwatch, VirtualClock
from agent_runtime.errors import TenureError
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger import service as ledger
from agent_runtime.llm import Model
from agent_runtime.loop.delivery import Matter, deliver_now, deliver_round, matters
from agent_runtime.loop.propose import Desk
from agent_runtime.loop.run import Evaluated, look, run_account
from agent_runtime.replay import standing
from agent_runtime.replay.export import summary_of, write_outputs, write_timing
from agent_runtime.replay.options import ReplayOptions
from agent_runtime.replay.person import ScriptedPerson
from agent_runtime.replay.refusals import name_of, refuse_mixing
from agent_runtime.replay.setting import TakenWorld, install, open_world
from agent_runtime.watchtower.outlook import Belief, Outlook
from agent_runtime.watchtower.service import keep_scores
from tools.base import SourceRecord
from tools.world import World

MORNING = time(6, 0)
MOST_VISITS = 50
Progress = Callable[[int, int], None]
Passing = Callable[[str], None]
Opening = Callable[[Engine], Model | None]


class Feed(Protocol):
    """Systems that are read on the way, beside the world's own records."""

    def next_at(self) -> datetime | None:
        """When something happens there next; None where nothing will."""
        ...

    def read(self, now: datetime, *, due: bool) -> None:
        """Reads what happened there until now; where something is `due`, also that nothing else did."""
        ...


class StuckReplay(TenureError):
    """The same moment came again and again without anything moving on."""


@dataclass(slots=True)
class Replay:
    """One replay of one world folder, or of a world that was read already.

    `passing` is told each point that lies between two transactions (taken, evaluated, delivered, approved, claimed,
    executed, planned): raising there leaves the database as a process that dies there would. `model`: opens the
    language model on the replay's own database; none by default. `feed`: connects systems to it; none by default.
    """

    world: Path | World
    options: ReplayOptions
    watch: Stopwatch = field(default_factory=Stopwatch)
    passing: Passing = lambda point: None
    model: Opening = lambda engine: None
    feed: Callable[[TakenWorld, VirtualClock], Feed] | None = None

    def run(self, progress: Progress = lambda done, total: None) -> dict[str, object]:
        """Runs to the end and writes the output files; gives the summary."""
        world = open_world(self.world) if isinstance(self.world, Path) else self.world
        with TemporaryDirectory() as scratch:
            database = self.options.database or Path(scratch) / "replay.db"
            refuse_mixing(world, database, self.options)
            installation = install(world, database, self.options.playbook)
            try:
                return self._run(installation, progress)
            finally:
                installation.engine.dispose()

    def _run(self, installation: TakenWorld, progress: Progress) -> dict[str, object]:
        run = _Run(installation, self.options, self.watch, self.passing, self.model(installation.engine), self.feed)
        run.to_the_end(progress)
        if not self.options.files:
            return summary_of(installation, run.standing.counts, run.clock.now())
        with self.watch.measure("write"):
            summary = write_outputs(installation, self.options, run.standing.counts, run.clock.now())
        write_timing(self.options.out, self.watch)
        return summary


class _Run:
    """The state of a running replay; all that must survive it stands in the database."""

    def __init__(
        self,
        installation: TakenWorld,
        options: ReplayOptions,
        watch: Stopwatch,
        passing: Passing,
        model: Model | None,
        feed: Callable[[TakenWorld, VirtualClock], Feed] | None,
    ) -> None:
        self.installation, self.options, self.watch, self.passing = installation, options, watch, passing
        self.engine = installation.engine
        settings = installation.world.settings
        self.zone = ZoneInfo(settings.timezone)
        self.end = min(options.until, settings.end) if options.until else settings.end
        self.outlook = Outlook(installation.company)
        self.desk = Desk(self.engine, installation.company, installation.install_key, self.outlook, model)
        executor = FileOutbox(options.out / "outbox")
        self.person = ScriptedPerson(options.approval, self.desk, executor, self.zone, passing)
        with watch.measure("read"):
            records = installation.world.ordered()
        self.standing, self.resumed = self._stand(settings.start)
        self.clock = VirtualClock(self.standing.now)
        self.feed = feed(installation, self.clock) if feed else None
        self.records = [x for x in records if x.at > self.standing.now] if self.resumed else records
        self.position = self.visits = 0
        self.next_look: datetime | None = None

    def _stand(self, start: datetime) -> tuple[standing.Standing, bool]:
        """Where an earlier replay of this world stopped, else at the beginning."""
        with self.engine.connect() as connection:
            found = standing.standing(connection)
        if found is not None:
            return found, True
        return standing.Standing(name_of(self.installation.world), start, self._next_morning(start)), False

    def to_the_end(self, progress: Progress) -> None:
        """Everything that happens up to the end; then the position is noted, so that it can go on."""
        if self.resumed:
            self._finish_what_was_begun()
        while (moment := self._next_moment()) <= self.end:
            self._refuse_to_stand_still(moment)
            self.clock.move_to(moment)
            self._take(moment)
            self._run_woken()
            if moment >= self.standing.morning:
                with self.watch.measure("morning"):
                    self._morning_round()
            progress(self.position, len(self.records))
        self.clock.move_to(self.end)
        with self.engine.begin() as connection:
            self._note(connection)

    # -- time

    def _next_moment(self) -> datetime:
        with self.watch.measure("sweep"), self.engine.connect() as connection:
            looks = [ledger.next_look(connection), inbox.next_release(connection)]
        self.next_look = min((self._unpaused(x) for x in looks if x is not None), default=None)
        record = self.records[self.position].at if self.position < len(self.records) else None
        moments = (record, self.next_look, self.feed.next_at() if self.feed else None)
        return min((x for x in moments if x is not None and x < self.standing.morning), default=self.standing.morning)

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
        return morning.astimezone(after.tzinfo)

    def _refuse_to_stand_still(self, moment: datetime) -> None:
        self.visits = 0 if moment > self.clock.now() else self.visits + 1
        if self.visits > MOST_VISITS:
            with self.engine.connect() as connection:
                accounts = ledger.due_accounts(connection, self.clock.now())
            raise StuckReplay(
                f"The replay stands still at {self.clock.now().isoformat()}: account {', '.join(accounts[:5]) or '?'}"
                " is due again and again, and nothing moves on.",
                fix="The database is as it was before; report the account's records with this line.",
            )

    # -- one moment

    def _take(self, moment: datetime) -> None:
        """Records in and due accounts woken, in one transaction, with the note that this moment has come."""
        due = self.next_look is not None and self.next_look <= moment
        if self.feed:
            with self.watch.measure("read"):
                self.feed.read(moment, due=due or moment >= self.standing.morning)
        records = self._records_until(moment)
        with self.engine.begin() as connection:
            if records:
                with self.watch.measure("ingest"):
                    taken = self.installation.ingest.take(connection, records, self.clock.now())
                    self.standing.counts.add(taken, len(records))
            if due:
                with self.watch.measure("sweep"):
                    now = self.clock.now()
                    woken = (*ledger.due_accounts(connection, now), *inbox.release_due(connection, now))
                    jobs.wake(connection, woken)
            self._note(connection)
        self.passing("taken")

    def _records_until(self, moment: datetime) -> list[SourceRecord]:
        first = self.position
        while self.position < len(self.records) and self.records[self.position].at <= moment:
            self.position += 1
        return self.records[first : self.position]

    def _note(self, connection: Connection) -> None:
        self.standing.now = self.clock.now()
        self.standing.note(connection)

    def _run_woken(self) -> None:
        with self.engine.connect() as connection:
            woken = jobs.woken(connection)
        for account in woken:
            self._run_account(account)

    def _run_account(self, account: str) -> None:
        with self.watch.measure("evaluate"):
            found = run_account(
                self.engine, self.installation.company, account, self.clock.now(), self.installation.install_key,
                self._observe,
            )  # fmt: skip
        self.passing("evaluated")
        if found:
            self._deliver_now(found)

    def _deliver_now(self, found: Evaluated) -> None:
        if self.options.daily_cap is None:
            with self.watch.measure("propose"):
                deliver_now(self.desk, found, self._delivered)

    def _observe(self, connection: Connection, found: Evaluated) -> None:
        self.outlook.observe(found.view)
        if self.options.daily_cap is None:
            standing.note_delivering(connection, found.view.account.id, self.clock.now())

    def _delivered(self, item: ItemRow) -> None:
        self.passing("delivered")
        self.person.see(item, self.clock.now(), self._run_account)

    # -- mornings

    def _morning_round(self) -> None:
        """Learns, scores, and on a working day delivers."""
        now = self.clock.now()
        planned = self._planned(now)
        self.passing("planned")
        if self._is_working_day(now):
            deliver_round(self.desk, now, now, planned, self.options.daily_cap, self._delivered)
        self._run_woken()
        self.standing.morning = self._next_morning(now)
        with self.engine.begin() as connection:
            self._note(connection)

    def _planned(self, now: datetime) -> list[Matter]:
        """What was learned, the day's scores and the plan of the round stand in one transaction."""
        with self.engine.connect() as connection:
            before = standing.planned_round(connection, now)
        if before is not None:
            return before
        learned = self.outlook.learn(now)
        beliefs = self.outlook.beliefs(now)
        by_deal: dict[str, Belief] = {x.opportunity_id: x for x in beliefs}
        planned = matters(self.desk, by_deal) if self._is_working_day(now) else []
        with self.engine.begin() as connection:
            if learned:
                standing.note_outlook(connection, self.outlook.to_json())
            if self.options.daily_scores:
                keep_scores(connection, beliefs, now)
            standing.note_round(connection, now, planned)
        return planned

    def _is_working_day(self, now: datetime) -> bool:
        today = now.astimezone(self.zone).date()
        midnight = datetime.combine(today, time(), self.zone)
        return self.installation.company.calendar.next_open(midnight).astimezone(self.zone).date() == today

    # -- going on

    def _finish_what_was_begun(self) -> None:
        """Goes on where a replay stopped, or died between two transactions."""
        now = self.clock.now()
        with self.engine.connect() as connection:
            for account in jobs.all_accounts(connection):
                found = look(connection, self.installation.company, account, now)
                if found:
                    self.outlook.observe(found.view)
            learned = standing.learned_outlook(connection)
            delivering = standing.delivering(connection, now)
        if learned:
            self.outlook.restore(learned)
        self.person.go_on(now, self._run_account)
        if delivering:
            self._go_on_delivering(delivering, now)
        self._run_woken()
        if now >= self.standing.morning:
            self._morning_round()

    def _go_on_delivering(self, account: str, now: datetime) -> None:
        with self.engine.connect() as connection:
            woken = account in jobs.woken(connection)
            found = look(connection, self.installation.company, account, now)
        if woken:
            self._run_account(account)
        elif found:
            self._deliver_now(found)
