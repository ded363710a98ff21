"""The feed loses no row and shows none twice, also where transactions end in another order than they began."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from agent_runtime import events
from agent_runtime.errors import BadInput

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _subjects(connection: Connection, place: events.Place = events.START) -> list[str]:
    return [row.subject_id for row in events.after(connection, place, 100)]


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_what_was_published_is_read_in_order_from_any_place(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    for name in ("a", "b", "c"):
        with engine.begin() as connection:
            events.publish(connection, "item.delivered", "A", name, NOW)
    with engine.connect() as connection:
        rows = events.after(connection, events.START, 2)
        assert [(x.kind, x.account_id, x.subject_id, x.at) for x in rows] == [
            ("item.delivered", "A", "a", NOW), ("item.delivered", "A", "b", NOW),
        ]  # fmt: skip
        assert _subjects(connection, rows[-1].place) == ["c"]
        assert events.place_of(str(rows[0].place)) == rows[0].place
        assert events.after(connection, events.latest(connection), 5) == []


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_what_was_rolled_back_was_never_published(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    with engine.connect() as connection:
        events.publish(connection, "x", "A", "a", NOW)
        connection.rollback()
        assert (_subjects(connection), events.latest(connection)) == ([], events.START)


def test_a_transaction_that_commits_late_is_not_missed(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as slow, postgres_engine.connect() as reader:
        with postgres_engine.begin() as quick:
            events.publish(slow, "x", "A", "late", NOW)
            events.publish(quick, "x", "A", "early", NOW)
        assert _subjects(reader) == []  # the early one waits for the one that began before it
        reader.rollback()
        place = events.latest(reader)
        slow.commit()
        reader.rollback()
        assert _subjects(reader, place) == ["late", "early"]


def test_a_number_given_early_and_used_late_is_not_missed(postgres_engine: Engine) -> None:
    with postgres_engine.connect() as first, postgres_engine.connect() as second, postgres_engine.connect() as reader:
        events.publish(first, "x", "A", "first", NOW)
        events.publish(second, "x", "A", "second", NOW)
        events.publish(first, "x", "A", "first again", NOW)
        first.commit()
        seen = events.after(reader, events.START, 10)
        assert [x.subject_id for x in seen] == ["first", "first again"]
        second.commit()
        reader.rollback()
        assert _subjects(reader, seen[-1].place) == ["second"]


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "a-1", "1-2-3", "1-" + "9" * 19, "٣-1", "1-2\n"])
def test_a_place_that_was_never_given_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        events.place_of(text)


def test_the_feed_is_no_archive(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        events.publish(connection, "x", "A", "old", NOW - timedelta(days=8))
        events.publish(connection, "x", "A", "new", NOW)
        place = events.latest(connection)
        assert events.forget_before(connection, NOW - timedelta(days=7)) == 1
        assert events.forget_before(connection, NOW + timedelta(days=7)) == 1
        events.publish(connection, "x", "A", "newer", NOW)
        assert _subjects(connection, place) == ["newer"]  # a number is never given twice
