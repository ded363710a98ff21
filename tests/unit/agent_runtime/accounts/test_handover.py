"""A batch of accounts is one item; the leaver is asked in time; a brief that was read is in the audit."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from agent_runtime.accounts.handover import brief_read, hand_over
from agent_runtime.accounts.leaving import ask_leavers, leaver_questions
from agent_runtime.audit.models import AuditEntry
from agent_runtime.errors import NotThere
from agent_runtime.inbox.models import Item
from memory.records import Account, User
from tests.corpus.sales import END
from tests.unit.agent_runtime.accounts.desk_of_sales import KEY, prepared

_user: Any = User.__table__  # type: ignore[attr-defined]
_item: Any = Item.__table__  # type: ignore[attr-defined]
_entry: Any = AuditEntry.__table__  # type: ignore[attr-defined]


def working(day: date) -> bool:
    return day.weekday() < 5


def test_a_batch_is_one_item_with_what_breaks_first(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 12)
    ids = [f"a{number}" for number in range(12)]
    with sqlite_engine.begin() as connection:
        item_id = hand_over(connection, ids, "u2", "u1", END, working, KEY)
        items = connection.execute(select(_item).where(_item.c.signal == "handover")).all()
        assert [item.id for item in items] == [item_id]
        table = items[0].beside["triage"]
        assert sorted(row["account_id"] for row in table) == sorted(ids)
        assert table[0]["first"] == "overdue_promise"
        assert table[0]["account_id"] == items[0].account_id
        days = [one["day"] for one in items[0].beside["introductions"]]
        assert (len(days), days.count(days[0])) == (12, 10)
        assert {one["by"] for one in items[0].beside["introductions"]} == {"u1"}


def test_one_who_has_left_introduces_nobody(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 1)
    with sqlite_engine.begin() as connection:
        connection.execute(update(_user).where(_user.c.id == "u1").values(leaves_at=END - timedelta(days=1)))
        hand_over(connection, ["a0"], "u2", "u1", END, working, KEY)
        beside = connection.scalar(select(_item.c.beside).where(_item.c.signal == "handover"))
        assert beside is not None
        assert beside["introductions"][0]["by"] == "u2"
        with pytest.raises(NotThere):
            hand_over(connection, [], "u2", "u1", END, working, KEY)


def test_the_leaver_is_asked_before_the_last_day_and_not_earlier(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 2)
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), {"id": "bare", "name": "Bare Ltd", "owner_id": "u3", "custom": {}})
        for days, asked in ((30, 0), (10, 1), (-1, 0)):
            leaves = update(_user).where(_user.c.id == "u3").values(leaves_at=END + timedelta(days=days))
            connection.execute(leaves)
            questions = leaver_questions(connection, "u3", END)
            assert {account for account, _ in questions} == ({"bare"} if asked else set())
        assert leaver_questions(connection, "u1", END) == []


def test_a_brief_that_was_read_is_told(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        brief_read(connection, "a1", "u2", "d1", END, KEY)
        row = connection.execute(select(_entry)).one()
    assert (row.event, row.actor_id, row.payload) == ("brief.read", "u2", {"digest": "d1"})


def test_the_leaver_gets_one_item_and_only_once(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 2)
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), {"id": "bare", "name": "Bare Ltd", "owner_id": "u3", "custom": {}})
        assert ask_leavers(connection, END, KEY) == []
        leaves = update(_user).where(_user.c.id == "u3").values(leaves_at=END + timedelta(days=10))
        connection.execute(leaves)
        (item_id,) = ask_leavers(connection, END, KEY)
        assert ask_leavers(connection, END + timedelta(days=1), KEY) == []
        item = connection.execute(select(_item).where(_item.c.id == item_id)).one()
    assert (item.owner_id, item.account_id, item.interaction_id) == ("u3", "bare", "")
    assert {one["account_id"] for one in item.beside["questions"]} == {"bare"}
    assert "Who really decides at Bare Ltd" in item.action["body"]
