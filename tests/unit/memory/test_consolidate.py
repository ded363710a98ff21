"""The same judgement in other words is the same fact; another person, number or denial makes another one."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from memory import facts, records
from memory.consolidate import consolidated
from memory.facts import Statement

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TABLES = [records.Fact.__table__, records.FactEvidence.__table__]  # type: ignore[attr-defined]


def judged(text: str, key: str) -> Statement:
    return Statement("a1", f"judgement.{key}", text, "user", NOW, NOW, f"act_{key}", key)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Never mention the discount before lunch.", "Please never mention a discount before the lunch.", True),
        ("Never call Dana on Mondays.", "Never call Max on Mondays.", False),
        ("Always offer 10 seats.", "Always offer 20 seats.", False),
        ("Always mention the discount first.", "Never mention the discount first.", False),
        ("She signs, he decides.", "He decides, she signs.", True),
        ("She hates long mails.", "Their board trusts the plant manager.", False),
    ],
)
def test_what_is_the_same_judgement(one: str, other: str, same: bool) -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=TABLES)
    with engine.begin() as connection:
        facts.record(connection, consolidated(connection, [judged(one, "n1")]))
        facts.record(connection, consolidated(connection, [judged(other, "n2")]))
        stored = list(facts.all_facts(connection))
    assert len(stored) == (1 if same else 2)
    assert {source for fact in stored for source in fact.source_ids} == {"n1", "n2"}
