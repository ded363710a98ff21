"""One door for activities: the same thing twice is one thing, a change is a revision, nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, create_engine, text
from sqlmodel import SQLModel

from memory import records, timeline
from memory.scope import AccountScope
from memory.timeline import NewActivity

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SCOPE = AccountScope("a1", "test")


def empty_database() -> Engine:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=[records.Activity.__table__, records.Episode.__table__])  # type: ignore[attr-defined]
    return engine


@pytest.fixture
def connection() -> Iterator[Connection]:
    with empty_database().begin() as opened:
        yield opened


def activity(key: str = "1", minutes: int = 0, **changes: object) -> NewActivity:
    moment = START + timedelta(minutes=minutes)
    base = NewActivity("crm", "crm", key, "note", moment, moment, "a1", data={"n": 1}, text="hello")
    return replace(base, **changes)  # type: ignore[arg-type]


def states(connection: Connection, *items: NewActivity) -> list[str]:
    return [one.state for one in timeline.add(connection, items)]


def stored(connection: Connection) -> list[tuple[object, ...]]:
    query = "SELECT id, revision, current, deleted, known_at FROM tenure_activity ORDER BY source_id, revision"
    return [tuple(row) for row in connection.execute(text(query))]


def test_the_same_again_changes_nothing(connection: Connection) -> None:
    assert states(connection, activity()) == ["new"]
    before = stored(connection)
    assert states(connection, activity(), replace(activity(), known_at=START + timedelta(days=3))) == [
        "duplicate",
        "duplicate",
    ]
    assert stored(connection) == before
    assert connection.scalar(text("SELECT count(*) FROM tenure_episode")) == 1


def test_twice_in_one_batch_is_once(connection: Connection) -> None:
    assert states(connection, activity(), activity(), activity("2")) == ["new", "duplicate", "new"]


def test_other_content_is_a_revision_that_becomes_current(connection: Connection) -> None:
    first, second = timeline.add(connection, [activity(), activity(minutes=5, data={"n": 2}, text="changed")])
    assert second.state == "revision"
    assert first.activity_id != second.activity_id
    (event,) = timeline.read(connection, SCOPE)
    assert (event.id, event.data) == (second.activity_id, {"n": 2})
    assert timeline.texts(connection, SCOPE, [first.activity_id, second.activity_id]) == {
        first.activity_id: "hello",
        second.activity_id: "changed",
    }


def test_a_revision_that_was_known_earlier_does_not_become_current(connection: Connection) -> None:
    states(connection, activity(minutes=10, data={"n": 2}))
    (late,) = timeline.add(connection, [activity(minutes=1, data={"n": 1})])
    assert (late.state, late.current) == ("revision", False)
    assert [event.data for event in timeline.read(connection, SCOPE)] == [{"n": 2}]


def test_a_whole_history_again_changes_nothing(connection: Connection) -> None:
    history = [activity(minutes=at, data={"n": n}) for at, n in ((0, 1), (5, 2), (9, 1))]
    assert states(connection, *history) == ["new", "revision", "revision"]
    before = stored(connection)
    assert states(connection, *history) == ["duplicate"] * 3
    assert stored(connection) == before


def test_a_deletion_keeps_what_was_known_and_hides_it(connection: Connection) -> None:
    states(connection, activity(user_id="u1"))
    gone = NewActivity("crm", "crm", "1", "deleted", START, START + timedelta(days=1), deleted=True)
    (result,) = timeline.add(connection, [gone])
    assert (result.state, result.account_id) == ("revision", "a1")
    assert timeline.read(connection, SCOPE) == []
    kept = connection.execute(text("SELECT kind, user_id, account_id FROM tenure_activity WHERE current"))
    assert [tuple(row) for row in kept] == [("note", "u1", "a1")]
    assert states(connection, gone) == ["duplicate"]


def test_a_revision_can_move_to_another_account(connection: Connection) -> None:
    states(connection, activity())
    (moved,) = timeline.add(connection, [activity(minutes=1, account_id="a2")])
    assert (moved.account_id, moved.moved_from) == ("a2", "a1")
    assert timeline.read(connection, SCOPE) == []


def test_an_account_reads_only_its_own_in_order(connection: Connection) -> None:
    states(connection, activity("b", 5), activity("a", 5), activity("z", 1), activity("q", 0, account_id="a2"))
    events = timeline.read(connection, SCOPE)
    assert [event.source_id for event in events] == ["z", "a", "b"]
    assert events[0].occurred_at == START + timedelta(minutes=1)
    assert events[0].occurred_at.tzinfo is UTC
    other = timeline.add(connection, [activity("q", 0, account_id="a2")])[0].activity_id
    assert timeline.texts(connection, SCOPE, [other]) == {}


def test_a_time_without_its_offset_is_refused(connection: Connection) -> None:
    with pytest.raises(Exception, match="timezone"):
        timeline.add(connection, [activity(occurred_at=datetime(2026, 1, 1))])  # noqa: DTZ001


KEYS = st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 5))


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, max_size=12), st.integers(1, 4), st.booleans())
def test_any_history_ends_with_one_current_revision_a_key_and_is_idempotent(
    history: list[tuple[str, int, int]], size: int, in_order: bool
) -> None:
    if in_order:
        history = sorted(history, key=lambda one: one[2])
    items = [activity(key, minutes=known, occurred_at=START, data={"n": n}) for key, n, known in history]
    with empty_database().begin() as connection:
        for start in range(0, len(items), size):
            timeline.add(connection, items[start : start + size])
        if not in_order:
            # What came late may be told once more in its right place; after that all is settled.
            timeline.add(connection, items)
        before = stored(connection)
        assert sum(bool(row[2]) for row in before) == len({item.source_id for item in items})
        assert set(states(connection, *items)) <= {"duplicate"}
        assert stored(connection) == before
