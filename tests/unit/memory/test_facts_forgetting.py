"""Forgetting a fact takes it and what stated it away; what it had ended stands again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from agent_runtime.permissions import agent_scope
from memory import facts
from memory.facts.forgetting import forget
from tests.unit.memory.test_facts import TABLES, present, stated


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=TABLES)
    with engine.begin() as opened:
        yield opened


def test_what_it_had_ended_stands_again(connection: Connection) -> None:
    facts.record(connection, [stated("old", 1), stated("new", 3), stated("other", 1, slot="y")])
    newest = next(x for x in facts.all_facts(connection) if x.value == "new")
    assert forget(connection, agent_scope("a1"), newest.id)
    assert present(connection) == {"x": "old", "y": "other"}
    assert all(x.valid_to is None for x in facts.all_facts(connection))


def test_the_last_fact_of_a_slot_leaves_nothing(connection: Connection) -> None:
    facts.record(connection, [stated("only", 1)])
    only = next(facts.all_facts(connection))
    assert forget(connection, agent_scope("a1"), only.id)
    assert list(facts.all_facts(connection)) == []


def test_a_fact_of_another_account_is_none_of_it(connection: Connection) -> None:
    facts.record(connection, [stated("kept", 1)])
    only = next(facts.all_facts(connection))
    assert not forget(connection, agent_scope("a2"), only.id)
    assert present(connection) == {"x": "kept"}
