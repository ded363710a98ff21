"""Two accounts become one and two again: nothing is lost on the way, and nothing is left on the way back."""

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from agent_runtime.accounts.merging import merge_accounts, merge_contacts, undo_merge
from agent_runtime.audit import service as audit
from agent_runtime.brief.gather import brief
from agent_runtime.db import tables
from agent_runtime.errors import BadInput
from agent_runtime.ledger.models import Interaction
from agent_runtime.loop.run import run_account
from agent_runtime.permissions import agent_scope
from memory import facts, people, timeline
from memory.merge import ACCOUNT, redirects
from tests.corpus.home import company, take
from tests.corpus.sales import END
from tests.unit.agent_runtime.accounts.desk_of_sales import KEY, prepared

# A merge leaves its own log, an audit entry, an event and a wake; it takes back items and cancels what was approved.
_OWN = {
    "tenure_merge", "tenure_merge_change", "tenure_audit_entry", "tenure_audit_head", "tenure_event",
    "tenure_account_loop", "tenure_item", "tenure_action",
}  # fmt: skip
_interaction: Any = Interaction.__table__  # type: ignore[attr-defined]


def state(connection: Connection) -> dict[str, list[str]]:
    return {
        table.name: sorted(str(tuple(row)) for row in connection.execute(select(table)))
        for table in tables()
        if table.name not in _OWN
    }


def test_merge_and_undo_of_accounts_give_the_same_state(sqlite_engine: Engine) -> None:
    check_merge_and_undo(sqlite_engine)


def test_merge_and_undo_of_accounts_give_the_same_state_on_postgres(postgres_engine: Engine) -> None:
    check_merge_and_undo(postgres_engine)


def check_merge_and_undo(engine: Engine) -> None:
    prepared(engine)
    with engine.begin() as connection:
        before = state(connection)
        merge_id = merge_accounts(connection, "a1", "a2", "u9", END, KEY)
        assert timeline.read(connection, agent_scope("a1")) == []
        own = _interaction.c.account_id == "a1"
        assert connection.execute(select(_interaction.c.id).where(own)).all() == []
        assert people.current_id(connection, "a1") == "a2"
        assert redirects(connection, ACCOUNT) == {"a1": "a2"}
    with engine.begin() as connection:
        undo_merge(connection, merge_id, "u9", END, KEY)
        assert state(connection) == before
        assert audit.verify_all(connection) == []
        with pytest.raises(BadInput):
            undo_merge(connection, merge_id, "u9", END, KEY)


def test_what_was_begun_at_both_goes_on_at_the_one(sqlite_engine: Engine) -> None:
    desk = prepared(sqlite_engine)
    with sqlite_engine.begin() as connection:
        judge = company(connection)
        merge_accounts(connection, "a1", "a2", "u9", END, KEY)
        begun = select(_interaction.c.id).where(_interaction.c.state == "open", _interaction.c.account_id == "a2")
        before = set(connection.scalars(begun))
    run_account(sqlite_engine, judge, "a1", END, KEY)
    run_account(sqlite_engine, judge, "a2", END, KEY)
    with sqlite_engine.begin() as connection:
        assert set(connection.scalars(begun)) == before
        lines = brief(connection, agent_scope("a2"), judge, END)
        text = "\n".join(line.text for line in lines)
        assert all(mark in text for mark in ("sheet001", "sheet002", "plan001", "plan002"))
        (again,) = take(connection, desk.history)
        assert (again.added, again.revised) == (0, 0)
        assert timeline.read(connection, agent_scope("a1")) == []


def test_two_contacts_become_one_person(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine, 2)
    with sqlite_engine.begin() as connection:
        before = state(connection)
        merge_id = merge_contacts(connection, "c1-1", "c1-4", "u9", END, KEY)
        signs = [x.value for x in facts.known(connection, agent_scope("a1")) if x.slot == "role.signs"]
        assert set(signs) == {"c1-4"}
        assert "c1-1" not in {row.id for row in people.contacts(connection, agent_scope("a1"))}
        undo_merge(connection, merge_id, "u9", END, KEY)
        assert state(connection) == before


@pytest.mark.parametrize(("loser", "winner"), [("a1", "a1"), ("a1", "nobody"), ("nobody", "a1")])
def test_what_are_not_two_accounts_is_refused(sqlite_engine: Engine, loser: str, winner: str) -> None:
    prepared(sqlite_engine, 2)
    with sqlite_engine.connect() as connection, pytest.raises(BadInput):
        merge_accounts(connection, loser, winner, "u9", END, KEY)


def test_a_merged_account_is_not_merged_again_and_contacts_of_two_accounts_stay_two(sqlite_engine: Engine) -> None:
    prepared(sqlite_engine)
    with sqlite_engine.begin() as connection:
        with pytest.raises(BadInput):
            merge_contacts(connection, "c1-1", "c2-1", "u9", END, KEY)
        merge_accounts(connection, "a1", "a2", "u9", END, KEY)
        with pytest.raises(BadInput):
            merge_accounts(connection, "a1", "a3", "u9", END, KEY)
