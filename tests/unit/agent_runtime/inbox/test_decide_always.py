"""Whatever people decide, customers write and time brings, in any order: nothing is lost, nothing happens twice."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from agent_runtime import db
from agent_runtime.actions.executors import Rejected, Result, Retry, Sent, Unknown
from agent_runtime.errors import TenureError
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.loop.run import look
from agent_runtime.replay.invariants import violations
from agent_runtime.watchtower.evaluate import evaluate
from tests.unit.agent_runtime.inbox.office import Office, command
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, CUSTOMER, MANAGER, at

BEGINS = "wed2 09:00"
HOURS = st.sampled_from([0.02, 1, 5, 24, 72, 200, 1000])
USERS = st.sampled_from([ANNA, BELA, MANAGER])
ANSWERS: list[Result] = [Sent(), Rejected("refused"), Retry("busy"), Unknown("lost")]
NOT_YET = "activity of an account that no run has looked at"
# Each must find nothing; the database itself refuses two actions of one effect key.
WRONG = {
    "two live actions of one item": """SELECT item_id FROM tenure_action WHERE item_id IS NOT NULL
        AND state NOT IN ('cancelled', 'failed') GROUP BY item_id HAVING count(*) > 1""",
    "an action that nobody decided in this content": """SELECT id FROM tenure_action a
        WHERE decided_by NOT LIKE 'rule:%' AND NOT EXISTS (SELECT 1 FROM tenure_decision d
        WHERE d.item_id = a.item_id AND d.verb = 'approve' AND d.content_hash = a.content_hash
        AND d.decided_by = a.decided_by)""",
    "an approved item without an action under way": """SELECT id FROM tenure_item i
        WHERE state = 'approved' AND NOT EXISTS (SELECT 1 FROM tenure_action a
        WHERE a.item_id = i.id AND a.state IN ('pending', 'claimed', 'unknown'))""",
    "a pending action whose item is not approved": """SELECT id FROM tenure_action a WHERE state = 'pending' AND NOT
        EXISTS (SELECT 1 FROM tenure_item i WHERE i.id = a.item_id AND i.state = 'approved')""",
    "versions with a gap": """SELECT i.id FROM tenure_item i JOIN tenure_draft d ON d.item_id = i.id
        GROUP BY i.id, i.draft_version HAVING count(*) <> i.draft_version OR max(d.version) <> i.draft_version""",
    "a version whose content is not that of its item": """SELECT i.id FROM tenure_item i JOIN tenure_draft d
        ON d.item_id = i.id AND d.version = i.draft_version WHERE d.content_hash <> i.content_hash""",
    "a closed item without time and reason": """SELECT id FROM tenure_item WHERE state NOT IN
        ('open', 'snoozed', 'approved') AND (closed_at IS NULL OR closed_reason IS NULL)""",
    "an item that waits and is closed": """SELECT id FROM tenure_item WHERE state IN
        ('open', 'snoozed', 'approved') AND closed_at IS NOT NULL""",
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in a file, to be copied: a question, a missed call, a deal, a task, and the items about them."""
    path = tmp_path_factory.mktemp("begun") / "tenure.db"
    engine = db.make_engine(f"sqlite:///{path}")
    db.create_schema(engine)
    office = Office(engine).open()
    office.asks()
    office.misses()
    office.deal("new")
    office.task("tue 12:00")
    office.run().pass_to(BEGINS)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@contextmanager
def _copied(begun: Path) -> Iterator[Office]:
    with TemporaryDirectory() as folder:
        engine = db.make_engine(f"sqlite:///{shutil.copy(begun, folder)}")
        yield Office(engine, now=at(BEGINS), _count=count(100))
        engine.dispose()


class Days(RuleBasedStateMachine):
    """Random days of one account; a decision that is refused is refused with one of our own errors."""

    begun: Path

    @initialize()
    def begin(self) -> None:
        self._opened = _copied(self.begun)
        self.office = self._opened.__enter__()
        self.seen: set[str] = set()
        self.old: list[ItemRow] = []

    def teardown(self) -> None:
        if hasattr(self, "_opened"):
            self._opened.__exit__(None, None, None)

    # -- what happens

    @rule(hours=HOURS)
    def time_passes(self, hours: float) -> None:
        self.office.later(hours=hours)

    @rule(what=st.sampled_from(["asks", "writes", "misses"]), runs=st.booleans())
    def they_turn_to_us(self, what: str, runs: bool) -> None:
        self.office.now += timedelta(minutes=7)
        getattr(self.office, what)()
        if runs:
            self.office.run()

    @rule(stage=st.sampled_from(["offer", "won", "lost", "new"]))
    def the_deal_moves(self, stage: str) -> None:
        self.office.now += timedelta(minutes=7)
        self.office.deal(stage)

    @rule(to=USERS)
    def the_account_changes_hands(self, to: str) -> None:
        self.office.now += timedelta(minutes=7)
        self.office.told("owner.changed", "crm", data={"to_user_id": to})

    @rule()
    def we_write_elsewhere(self) -> None:
        self.office.now += timedelta(minutes=7)
        self.office.told("email", "emails", direction="outbound", contact_id=CUSTOMER, user_id=ANNA,
                         caused_by="person", data={"thread": "t1"})  # fmt: skip

    @rule(answer=st.sampled_from(ANSWERS))
    def what_is_due_is_done(self, answer: Result) -> None:
        self.office.now += timedelta(seconds=11)
        self.office.provider.answers = [answer]
        self.office.work()
        self.office.provider.answers = []

    # -- what people decide

    @rule(place=st.integers(0, 9), by=USERS, edited=st.booleans())
    def approve(self, place: int, by: str, edited: bool) -> None:
        self._decide("approve", place, by, draft={"subject": "Another one"} if edited else None)

    @rule(place=st.integers(0, 9), by=USERS)
    def edit(self, place: int, by: str) -> None:
        self._decide("edit", place, by, draft={"body": "Shorter.", "cc": ["lee@acme.example"]})

    @rule(
        place=st.integers(0, 9), by=USERS, ago=st.sampled_from([0, 1, 90]),
        how=st.sampled_from(["we_called", "they_called", "we_wrote", "they_wrote", "met"]),
    )  # fmt: skip
    def done(self, place: int, by: str, how: str, ago: int) -> None:
        self._decide("done", place, by, how=how, at=self.office.now - timedelta(hours=ago))

    @rule(place=st.integers(0, 9), by=USERS, result=st.sampled_from(["voicemail", "no_answer", "wrong_number"]))
    def tried(self, place: int, by: str, result: str) -> None:
        following = {"what": "Call again", "due_at": self.office.now + timedelta(days=2)}
        self._decide("done", place, by, how="we_called", at=self.office.now, result=result, next=following)

    @rule(
        place=st.integers(0, 9), by=USERS, hours=HOURS, outcome=st.sampled_from(["lost", "converted", "disqualified"]),
        deferred=st.booleans(),
    )  # fmt: skip
    def outcome(self, place: int, by: str, outcome: str, deferred: bool, hours: float) -> None:
        wake = {"outcome": "deferred", "wake_at": self.office.now + timedelta(hours=hours)} if deferred else {}
        self._decide("outcome", place, by, **({"outcome": outcome, "reason": "other"} | wake))

    @rule(place=st.integers(0, 9), by=USERS, hours=HOURS, reply=st.booleans())
    def snooze(self, place: int, by: str, hours: float, reply: bool) -> None:
        until = self.office.now + timedelta(hours=hours)
        self._decide("snooze", place, by, until=until, event="reply" if reply else None)

    @rule(place=st.integers(0, 9), by=USERS, hours=HOURS)
    def mute(self, place: int, by: str, hours: float) -> None:
        self._decide("mute", place, by, until=self.office.now + timedelta(hours=hours))

    @rule(place=st.integers(0, 9), by=USERS, to=USERS)
    def reassign(self, place: int, by: str, to: str) -> None:
        self._decide("reassign", place, by, to=to)

    @rule(place=st.integers(0, 9), by=USERS, verb=st.sampled_from(["undo", "undo", "claim", "release"]))
    def take_or_take_back(self, place: int, by: str, verb: str) -> None:
        self._decide(verb, place, by)

    @rule(place=st.integers(0, 9), by=USERS)
    def dismiss(self, place: int, by: str) -> None:
        self._decide("dismiss", place, by, reason="bad_timing")

    def _decide(self, verb: str, place: int, by: str, **fields: Any) -> None:
        """About an item as it stands, or as somebody read it some time ago."""
        self.office.now += timedelta(seconds=1)
        live = self.office.items()
        known = live if live and place < 8 else self.old
        if not known:
            return
        item = known[place % len(known)]
        self.old = [*self.old, item][-4:]
        before = self.office.rows("SELECT count(*) FROM tenure_decision")
        binds = item if verb in ("approve", "edit") else None
        given = {name: value for name, value in fields.items() if value is not None}
        try:
            self.office.decide(item, command(verb, binds, **given), by=by)
        except TenureError:
            assert self.office.rows("SELECT count(*) FROM tenure_decision") == before

    # -- what holds at any time

    @invariant()
    def nothing_is_lost_and_nothing_happens_twice(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.engine.connect() as connection:
            found = violations(connection)
            assert {x: y for x, y in found.items() if x != NOT_YET} == {}
            wrong = {name: connection.execute(text(query)).all() for name, query in WRONG.items()}
            assert {x: y for x, y in wrong.items() if y} == {}
            matters = [x.matter for x in inbox.live_items(connection, "acc")]
            assert len(matters) == len(set(matters))
        present = {x.id for x in self.office.book().interactions}
        assert self.seen <= present
        self.seen = present

    @rule()
    def evaluating_again_changes_nothing(self) -> None:
        self.office.run()
        with self.office.engine.connect() as connection:
            found = look(connection, self.office.company, "acc", self.office.now)
        assert found is not None
        assert evaluate(found.view, found.book) == []


def test_whatever_is_decided_nothing_is_lost_and_nothing_happens_twice(begun: Path) -> None:
    machine = type("TheseDays", (Days,), {"begun": begun})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=200, stateful_step_count=8, deadline=None, suppress_health_check=slow, derandomize=True
        ),
    )
