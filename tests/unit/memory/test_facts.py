"""A slot has one present value; history stays, in the order in which things were true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from memory import facts, records
from memory.facts import Statement, StoredFact

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TABLES = [records.Fact.__table__, records.FactEvidence.__table__]  # type: ignore[attr-defined]


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=TABLES)
    with engine.begin() as opened:
        yield opened


def stated(value: str, day: int, source: str = "s", recorded: int | None = None, slot: str = "x") -> Statement:
    recorded_at = START + timedelta(days=day if recorded is None else recorded)
    return Statement(
        "a1",
        slot,
        value,
        "crm",
        START + timedelta(days=day),
        recorded_at,
        f"act_{source}{day}",
        f"{source}{day}",
    )


def present(connection: Connection) -> dict[str, str]:
    return {one.slot: one.value for one in facts.all_facts(connection) if one.superseded_at is None}


def test_a_later_statement_supersedes_in_its_own_slot_only(connection: Connection) -> None:
    facts.record(connection, [stated("old", 1), stated("other", 1, slot="y")])
    facts.record(connection, [stated("new", 3)])
    assert present(connection) == {"x": "new", "y": "other"}
    old = next(one for one in facts.all_facts(connection) if one.value == "old")
    assert (old.valid_to, old.superseded_at) == (START + timedelta(days=3), START + timedelta(days=3))
    assert old.source_ids == ("s1",)


def test_a_late_older_statement_does_not_supersede(connection: Connection) -> None:
    facts.record(connection, [stated("first", 1), stated("last", 5)])
    facts.record(connection, [stated("between", 3, recorded=9)])
    assert present(connection) == {"x": "last"}
    ends = {one.value: one.valid_to for one in facts.all_facts(connection)}
    assert ends == {"first": START + timedelta(days=3), "between": START + timedelta(days=5), "last": None}


def test_the_same_again_adds_nothing(connection: Connection) -> None:
    assert facts.record(connection, [stated("one", 1), stated("one", 2), stated("two", 3)]) == 2
    before = list(facts.all_facts(connection))
    assert facts.record(connection, [stated("one", 1), stated("one", 2), stated("two", 3)]) == 0
    assert list(facts.all_facts(connection)) == before


def test_a_value_that_comes_back_is_a_new_fact(connection: Connection) -> None:
    facts.record(connection, [stated("open", 1), stated("won", 2), stated("open", 3)])
    assert [one.value for one in facts.all_facts(connection)] == ["open", "won", "open"]
    assert present(connection) == {"x": "open"}


def test_statements_of_one_moment_end_alike_in_any_order() -> None:
    items = [
        stated(value, 1, source=source)._replace(source_id=source)
        for value, source in (("p", "b"), ("q", "a"), ("r", "c"))
    ]
    ends: set[tuple[StoredFact, ...]] = set()
    for order in permutations(items):
        engine = create_engine("sqlite://")
        SQLModel.metadata.create_all(engine, tables=TABLES)
        with engine.begin() as connection:
            for one in order:
                facts.record(connection, [one])
            assert present(connection) == {"x": "r"}
            ends.add(tuple(facts.all_facts(connection)))
    assert len(ends) == 1
