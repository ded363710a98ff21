"""Movement: what was begun is open or has ended in one way, what is late counts, what drafts became adds up."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select

from agent_runtime.diagnosis import movement
from agent_runtime.diagnosis.movement import Stretch
from agent_runtime.inbox.models import Decision
from agent_runtime.ledger.models import Interaction
from memory.records import Account
from tests.unit.agent_runtime.app.office import NOW, opened

DAY = timedelta(days=1)
EVERYTHING = select(Account.__table__.c.id)  # type: ignore[attr-defined]
ALL = Stretch(EVERYTHING, NOW - 30 * DAY, NOW)


@pytest.fixture
def engine(sqlite_engine: Engine, tmp_path: Path) -> Engine:
    """A small company with a question that waits at each account, and one promise that was kept."""
    with opened(sqlite_engine, tmp_path):
        pass
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Interaction), {
            "id": "kept", "account_id": "acc-anna", "kind": "promise", "key": "k", "opened_at": NOW - DAY,
            "opened_by": "act", "state": "ended", "outcome": "converted", "reason": "the promise was kept",
            "evidence": ["act"], "ended_at": NOW, "wake_signal": "",
        })  # fmt: skip
    return sqlite_engine


@pytest.fixture
def connection(engine: Engine) -> Connection:
    return engine.connect()


def test_begun_is_ended_and_open(connection: Connection) -> None:
    counted = movement.counted(connection, EVERYTHING)
    assert (counted.begun, counted.ended, counted.open, counted.overdue, counted.missing) == (8, 1, 7, 7, 0)
    for kind in movement.kinds(connection, ALL):
        assert kind.begun == kind.open + kind.converted + kind.lost + kind.disqualified + kind.deferred


def test_each_number_has_its_rows(connection: Connection) -> None:
    for kind in movement.kinds(connection, ALL):
        assert len(movement.matter_rows(connection, ALL, kind.kind, "")) == kind.begun
        assert len(movement.matter_rows(connection, ALL, kind.kind, "open")) == kind.open
        assert len(movement.matter_rows(connection, ALL, kind.kind, "converted")) == kind.converted
    [late] = movement.lates(connection, ALL)
    assert (late.rule, late.now, late.passed, late.retracted) == ("answer_owed", 7, 7, 0)
    assert len(movement.late_rows(connection, ALL, "answer_owed")) == late.now


def test_what_began_before_is_late_all_the_same(connection: Connection) -> None:
    later = Stretch(EVERYTHING, NOW + DAY, NOW + 2 * DAY)
    assert movement.kinds(connection, later) == []
    [late] = movement.lates(connection, later)
    assert (late.now, late.passed) == (7, 0)


def test_only_the_accounts_that_are_asked_for(connection: Connection) -> None:
    one = EVERYTHING.where(Account.__table__.c.id == "acc-anna")  # type: ignore[attr-defined]
    assert movement.counted(connection, one).begun == 2
    assert movement.at_stake(connection, one).keys() <= {"EUR", "GBP", "USD", ""}


def test_small_numbers_of_decisions_have_no_share(connection: Connection) -> None:
    for number, (verb, reason, version) in enumerate(
        (("approve", "", 1), ("approve", "", 2), ("dismiss", "bad_timing", 1), ("done", "", 1))
    ):
        connection.execute(insert(Decision), {
            "id": f"d{number}", "item_id": "item-anna", "account_id": "acc-anna", "verb": verb, "decided_by": "anna",
            "decided_at": NOW, "draft_version": version, "content_hash": "h", "reason": reason, "detail": {},
        })  # fmt: skip
    found = movement.drafts(connection, Stretch(EVERYTHING, NOW - 99 * DAY, NOW + DAY))
    assert (found.as_it_was, found.edited, found.done_elsewhere) == (1, 1, 1)
    assert found.dismissed == (("bad_timing", 1),)
    assert (found.decided, found.share_as_it_was) == (4, None)


def test_without_a_model_nothing_was_spent(connection: Connection) -> None:
    assert movement.costs(connection, ALL) == []
