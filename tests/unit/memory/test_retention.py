"""Retention: words past their time go with their vectors; the record and its facts stay, and nothing returns."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from memory import facts, retention, timeline, vectors
from memory.embed import HashingEmbedder
from memory.facts import Statement, record
from memory.recall import recall
from memory.records import Activity, Episode, FactEvidence
from memory.vectors import Vector
from tests.unit.memory.recall.house import OTHER, SCOPE, START, account, said

BEFORE = START + timedelta(days=40)
_activity = Activity.__table__  # type: ignore[attr-defined]
_evidence = FactEvidence.__table__  # type: ignore[attr-defined]


@pytest.fixture
def connection() -> Iterator[Connection]:
    with account(HashingEmbedder()) as opened:
        yield opened


def test_old_words_go_and_what_happened_stays(connection: Connection) -> None:
    event = next(x for x in timeline.read(connection, SCOPE) if x.source_id == "a1-5")
    stated = Statement(
        "a1", "role.signs", "Celia", "external", event.occurred_at, event.known_at, event.id, "a1-5", (0, 10)
    )
    record(connection, [stated])
    before = timeline.read(connection, SCOPE)
    expired = retention.expire(connection, "message", BEFORE, 100)
    assert len(expired) == 12
    assert [x.id for x in timeline.read(connection, SCOPE)] == [x.id for x in before]
    assert set(timeline.texts(connection, SCOPE, [x.id for x in before])) == {x.id for x in before[6:]}
    assert [x.value for x in facts.known(connection, SCOPE)] == ["Celia"]
    assert connection.scalars(select(_evidence.c.span_start)).all() == [None]
    assert connection.scalar(select(func.count()).select_from(Vector)) == 4
    assert recall(connection, SCOPE, "Who signs? Celia?").abstained
    assert retention.expire(connection, "message", BEFORE, 100) == []


def test_the_same_record_does_not_bring_its_words_back(connection: Connection) -> None:
    retention.expire(connection, "message", BEFORE, 100)
    added = timeline.add(connection, said())
    assert {one.state for one in added} == {"duplicate"}
    assert connection.scalar(select(func.count()).select_from(Episode)) == 4


def test_only_the_kind_and_age_and_number_that_are_named(connection: Connection) -> None:
    assert retention.expire(connection, "call", BEFORE, 100) == []
    assert retention.expire(connection, "message", START, 100) == []
    assert len(retention.expire(connection, "message", BEFORE, 5)) == 5
    assert len(retention.expire(connection, "message", BEFORE, 100)) == 7
    assert len(timeline.read(connection, OTHER)) == 8


def test_quotes_within_a_record_go_as_well() -> None:
    data = {"promises": [{"quote": "I will send it", "due_at": "2026-01-09"}], "asks": True, "thread": "t1"}
    assert retention.without_words(data) == {
        "promises": [{"quote": "", "due_at": "2026-01-09"}], "asks": True, "thread": "t1",
    }  # fmt: skip


def test_pending_vectors_are_not_made_of_what_went(connection: Connection) -> None:
    retention.expire(connection, "message", BEFORE, 100)
    assert vectors.embed_pending(connection, HashingEmbedder(), 10) == 0
