"""What a diagnosis reads: an account's items, and what persons decided and did; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from agent_runtime.actions.models import Action
from agent_runtime.diagnosis.gather import record, records
from agent_runtime.diagnosis.record import Decided, Done, Shown
from agent_runtime.inbox.models import Decision, Item
from memory.records import Account
from tests.unit.agent_runtime.watchtower.story import company

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    with found.begin() as connection:
        for name in ("a", "b"):
            connection.execute(insert(Account).values(id=name, name=name, provisional=False, custom={}))
        connection.execute(insert(Account).values(id="c", name="c", provisional=False, custom={}, merged_into="a"))
    return found


def item(connection: Connection, name: str, account: str, **more: Any) -> None:
    row = Item(
        id=name, account_id=account, interaction_id="i", expectation_id="e", opportunity_id="d", signal="answer_owed",
        classification="delay", delivered_at=NOW, owner_id="anna", due_at=NOW, priority=1, risk=0.5, value_at_stake={},
        action={}, content_hash="h", evidence=[], why=[],
    )  # fmt: skip
    connection.execute(insert(Item).values(**(row.model_dump() | more)))


def decision(connection: Connection, name: str, by: str, account: str = "a") -> None:
    row = Decision(id=name, item_id="one", account_id=account, verb="approve", decided_by=by, decided_at=NOW,
                   draft_version=1, content_hash="h")  # fmt: skip
    connection.execute(insert(Decision).values(**row.model_dump()))


def action(connection: Connection, name: str, by: str, executed_at: datetime | None) -> None:
    row = Action(id=name, effect_key=name, account_id="a", interaction_id="i", kind="task", content={},
                 content_hash="h", decided_by=by, decided_at=NOW, execute_at=NOW, executed_at=executed_at)  # fmt: skip
    connection.execute(insert(Action).values(**row.model_dump()))


def test_only_what_persons_decided_and_did_counts_as_acting(engine: Engine) -> None:
    with engine.begin() as connection:
        item(connection, "one", "a", closed_at=NOW + timedelta(hours=1))
        item(connection, "other", "b")
        decision(connection, "by-person", "anna")
        decision(connection, "by-rule", "rule:escalate")
        decision(connection, "elsewhere", "anna", account="b")
        action(connection, "sent", "anna", NOW)
        action(connection, "escalated", "rule:escalate", NOW)
        action(connection, "pending", "anna", None)
    with engine.connect() as connection:
        found = record(connection, company(), "a", NOW)
        assert record(connection, company(), "nobody", NOW) is None
    assert found is not None
    assert found.shown == [Shown("one", "i", "e", "d", NOW, NOW + timedelta(hours=1))]
    assert found.decided == [Decided("one", "approve", NOW)]
    assert found.done == [Done("i", NOW)]


def test_every_account_is_read_once_and_merged_ones_are_not(engine: Engine) -> None:
    with engine.connect() as connection:
        assert [x.view.account.id for x in records(connection, company(), NOW)] == ["a", "b"]
