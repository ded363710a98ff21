"""What stood at a moment, as it was known at a moment; trust, conflicts, and the order in which things arrive."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from memory import facts, records
from memory.facts import Statement
from memory.scope import AccountScope

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SCOPE = AccountScope("a1", "test")
TABLES = [records.Fact.__table__, records.FactEvidence.__table__]  # type: ignore[attr-defined]


def opened() -> Connection:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=TABLES)
    return engine.connect()


@pytest.fixture
def connection() -> Iterator[Connection]:
    with opened() as connection:
        yield connection


def said(value: str, day: int, trust: str = "crm", recorded: int | None = None, source: str = "") -> Statement:
    known = START + timedelta(days=day if recorded is None else recorded)
    key = source or f"{value}{day}{trust}"
    return Statement("a1", "x", value, trust, START + timedelta(days=day), known, f"act_{key}", key)


def at(connection: Connection, day: int) -> set[str]:
    return {one.value for one in facts.known(connection, SCOPE, known_at=START + timedelta(days=day))}


def test_what_was_recorded_later_was_not_known(connection: Connection) -> None:
    facts.record(connection, [said("old", 1), said("new", 3, recorded=9)])
    assert (at(connection, 0), at(connection, 2), at(connection, 5), at(connection, 9)) == (
        set(),
        {"old"},
        {"old"},
        {"new"},
    )


def test_less_trust_stands_beside_and_more_trust_ends(connection: Connection) -> None:
    facts.record(connection, [said("told", 1, "crm"), said("heard", 2, "external")])
    assert [(x.value, x.conflict) for x in facts.known(connection, SCOPE)] == [("told", True), ("heard", True)]
    facts.record(connection, [said("decided", 3, "crm")])
    assert [(x.value, x.conflict) for x in facts.known(connection, SCOPE)] == [("decided", False)]


def test_a_repetition_is_one_more_source_and_no_more_fact(connection: Connection) -> None:
    assert facts.record(connection, [said("Same", 1), said("same.", 4), said(" same ", 7)]) == 1
    (fact,) = facts.known(connection, SCOPE)
    assert [source.source_id for source in fact.sources] == ["Same1crm", "same.4crm", " same 7crm"]


def test_what_was_said_again_before_a_late_word_came_still_holds(connection: Connection) -> None:
    facts.record(connection, [said("a", 1), said("a", 5)])
    facts.record(connection, [said("b", 3, recorded=8)])
    assert at(connection, 9) == {"a"}
    assert [x.value for x in facts.known(connection, SCOPE, history=True)] == ["a", "b", "a"]
    stored = [x for x in facts.all_facts(connection) if x.superseded_at is None]
    assert [x.value for x in stored] == ["a"]


STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from(["p", "q", "r"]),
        st.integers(0, 8),
        st.sampled_from(["crm", "user", "external"]),
        st.integers(0, 12),
    ),
    max_size=9,
    unique_by=lambda one: one.source_id,
)


@settings(deadline=None)
@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_has_no_say(statements: list[Statement], random: object) -> None:
    shuffled = list(statements)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    with opened() as one, opened() as other:
        facts.record(one, statements)
        for statement in shuffled:
            facts.record(other, [statement])
        told = [
            [(x.value, x.valid_from, x.valid_to, x.superseded_at, x.trust) for x in facts.all_facts(each)]
            for each in (one, other)
        ]
        assert sorted(map(str, told[0])) == sorted(map(str, told[1]))


@settings(deadline=None)
@given(STATEMENTS)
def test_what_is_stored_as_standing_is_what_is_known(statements: list[Statement]) -> None:
    with opened() as connection:
        facts.record(connection, statements)
        stored = {x.id for x in facts.all_facts(connection) if x.superseded_at is None}
        assert {x.id for x in facts.known(connection, SCOPE)} == stored
        assert facts.record(connection, statements) == 0
