"""The demo's company lives on: its clock is moved, its customers answer, its worker stops and starts again."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock

from sqlalchemy import Connection, Engine, select, update

from agent_runtime import db, jobs
from agent_runtime.accounts.handover import hand_over
from agent_runtime.accounts.policy import Where
from agent_runtime.accounts.service import moving, transfer
from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.clock import ShiftedClock
from agent_runtime.demo.replies import Correspondents
from agent_runtime.ingest.service import Ingest
from agent_runtime.installation import Installation, about, calendar_of, context_of
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.models import Breach
from agent_runtime.loop import beginning, rounds
from agent_runtime.users.models import Token, TokenKind
from agent_runtime.users.service import SESSION
from agent_runtime.worker import LiveWork, executors_of
from memory.records import Account, Contact, Coverage, User
from tools.base import SourceRecord

Reads = Callable[[Installation, ShiftedClock], None]
_STEP = timedelta(hours=1)
_MOST_PASSES = 50
_LOOK_SECONDS = 0.5
_NAME = "demo"
# Far enough that no clock of a demo reaches it.
_SEEN_ON = timedelta(days=3650)
_breach, _account = Breach.__table__, Account.__table__  # type: ignore[attr-defined]
_contact, _coverage, _user = Contact.__table__, Coverage.__table__, User.__table__  # type: ignore[attr-defined]
_token = Token.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Missed:
    """Something that did not happen: on which account, by which rule, when it was due."""

    due_at: datetime
    account: str
    rule: str
    expectation_id: str


@dataclass(frozen=True, slots=True)
class Twins:
    """What was noticed while a worker stood still and afterwards, beside the same days without the stop."""

    stopped: list[Missed]
    uninterrupted: list[Missed]

    @property
    def same(self) -> bool:
        """Whether both noticed the same; what was due has one row each, so nothing is there twice."""
        return self.stopped == self.uninterrupted


class LivingDemo:
    """One company on a clock that can be moved ahead. Its worker's work is done in this process, one thing at once.

    `reads`: reads the systems that are connected to an installation, up to now; nothing where none are.
    """

    def __init__(self, installation: Installation, clock: ShiftedClock, reads: Reads | None = None) -> None:
        self.installation, self.clock, self._reads = installation, clock, reads
        self._work = LiveWork(installation, clock, executors_of(installation))
        with installation.engine.begin() as connection:
            told = about(connection)
            self._prepare(connection)
        now = clock.now()
        self._customers = Correspondents(calendar_of(told, installation.playbook, range(now.year - 1, now.year + 3)))
        self._ingest = Ingest(context_of(told, installation.playbook))
        self._answered = self._sent_before()
        self._coming: list[SourceRecord] = []
        self._lock = Lock()

    def _prepare(self, connection: Connection) -> None:
        """The replay lived through everything until now; what could be seen then can be seen from now on too."""
        now = self.clock.now()
        beginning.go_on(connection, now)
        zone = self.installation.company(connection, now).calendar.zone
        rounds.was_delivered(connection, now.astimezone(zone).date())
        ends = connection.scalars(select(_coverage.c.visible_until).order_by(_coverage.c.visible_until.desc())).first()
        if ends:
            connection.execute(
                update(_coverage).where(_coverage.c.visible_until == ends).values(visible_until=ends + _SEEN_ON)
            )

    def _sent_before(self) -> set[str]:
        with self.installation.engine.connect() as connection:
            return {x.id for x in actions.confirmed_mails(connection)}

    # -- time

    def live(self, stop: Event) -> None:
        """Does what is due, every half second, until `stop`."""
        while not stop.wait(_LOOK_SECONDS):
            with self._lock:
                self._do_what_is_due()

    def advance(self, by: timedelta) -> None:
        """Moves the clock ahead, hour by hour, and does what falls due on the way."""
        with self._lock:
            until = self.clock.now() + by
            for moment in _hours(self.clock.now(), until):
                self._move_to(moment)
                self._do_what_is_due()

    def pull_the_plug(self, length: timedelta) -> Twins:
        """The worker stands still for `length`, then goes on; a copy of the company lives through it undisturbed."""
        with self._lock:
            begun = self.clock.now()
            twin = self._twin()
            twin.advance(length)
            self._move_to(begun + length)
            self._do_what_is_due()
            twins = Twins(_missed(self.installation.engine, begun), _missed(twin.installation.engine, begun))
            twin.installation.engine.dispose()
            return twins

    def give_away(self, from_user: str, to_user: str, by: str) -> str | None:
        """Gives all accounts of one person to another, and evaluates them; gives the item that is about all of them.

        None where there is nothing left to give.
        """
        with self._lock:
            here, now = self.installation, self.clock.now()
            with here.engine.begin() as connection:
                ids = [x.id for x in moving(connection, from_user, Where())]
                moved = transfer(connection, ids, to_user, by, now, here.install_key).moved
                working = here.company(connection, now).is_working
                item_id = moved and hand_over(connection, moved, to_user, from_user, now, working, here.install_key)
            self._do_what_is_due()
            return item_id or None

    def ledger(self) -> dict[str, int]:
        """What was begun, ended, open, and missing."""
        with self.installation.engine.connect() as connection:
            return ledger.counts(connection)

    def _move_to(self, moment: datetime) -> None:
        """Who is signed in stays so: for whoever sits before the pages only a second has passed."""
        before = self.clock.now()
        self.clock.move_to(moment)
        session = (
            _token.c.kind == TokenKind.SESSION.value,
            _token.c.revoked_at.is_(None),
            _token.c.expires_at > before,
        )
        with self.installation.engine.begin() as connection:
            connection.execute(update(_token).where(*session).values(expires_at=self.clock.now() + SESSION))

    def _twin(self) -> "LivingDemo":
        url = self.installation.engine.url
        copy = Path(str(url.database)).with_name("twin.db")
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(str(url.database))) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        engine = db.make_engine(f"sqlite:///{copy}")
        here = self.installation
        there = Installation(here.settings, engine, here.install_key, here.playbook)
        twin = LivingDemo(there, ShiftedClock(self.clock.now()), self._reads)
        twin._coming, twin._answered = list(self._coming), set(self._answered)
        return twin

    # -- what is due

    def _do_what_is_due(self) -> None:
        if self._reads:
            self._reads(self.installation, self.clock)
        self._take_answers()
        self._work.tick(self.clock.now())
        for _ in range(_MOST_PASSES):
            if not self._run_woken() and not self._execute():
                return

    def _take_answers(self) -> None:
        now = self.clock.now()
        come = [x for x in self._coming if x.at <= now]
        if come:
            with self.installation.engine.begin() as connection:
                self._ingest.take(connection, come, now)
            self._coming = [x for x in self._coming if x.at > now]

    def _run_woken(self) -> bool:
        with self.installation.engine.connect() as connection:
            woken = jobs.woken(connection)
        for account in woken:
            self._work.run(account)
        return bool(woken)

    def _execute(self) -> bool:
        due = self._work.due_actions(self.clock.now())
        for action in due:
            self._work.execute(action.action_id, _NAME)
        if due:
            self._expect_answers()
        return bool(due)

    def _expect_answers(self) -> None:
        with self.installation.engine.connect() as connection:
            for sent in actions.confirmed_mails(connection):
                if sent.id not in self._answered:
                    self._answered.add(sent.id)
                    answer = self._customers.answer(sent, self.clock.now(), _language(connection, sent))
                    self._coming += [answer] if answer else []


def _hours(after: datetime, until: datetime) -> Iterator[datetime]:
    moment = after + _STEP
    while moment < until:
        yield moment
        moment += _STEP
    yield until


def _language(connection: Connection, sent: ActionRow) -> str:
    query = select(_contact.c.language).where(_contact.c.id == sent.content.get("contact_id"))
    return connection.scalar(query) or "en"


def _missed(engine: Engine, since: datetime) -> list[Missed]:
    """What was noticed since then, by account, in the order in which it was due."""
    query = (
        select(_breach.c.due_at, _account.c.name, _breach.c.rule, _breach.c.expectation_id)
        .join(_account, _account.c.id == _breach.c.account_id)
        .where(_breach.c.detected_at > since, _breach.c.retracted_at.is_(None))
        .order_by(_breach.c.due_at, _account.c.name, _breach.c.expectation_id)
    )
    with engine.connect() as connection:
        return [Missed(*row) for row in connection.execute(query)]
