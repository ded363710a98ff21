"""A kill switch stops exactly its scope, from the next claim on, and who set it stands in the audit."""

import pytest
from sqlalchemy import Engine, text

from agent_runtime.actions import switches
from agent_runtime.actions.switches import Scope
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import BadInput, NotThere
from tests.unit.agent_runtime.actions.desk import KEY, Desk, people
from tests.unit.agent_runtime.actions.prepared import NOW
from tests.unit.agent_runtime.actions.providers import Provider

CASES = [
    ("all", "", True), ("connector", "outbox", True), ("connector", "smtp", False), ("team", "north", True),
    ("team", "south", False), ("account", "A", True), ("account", "B", False),
]  # fmt: skip


@pytest.mark.parametrize(("scope", "value", "stops"), CASES)
def test_a_switch_stops_its_scope_only(sqlite_engine: Engine, scope: Scope, value: str, stops: bool) -> None:
    people(sqlite_engine)
    desk = Desk(sqlite_engine, Provider())
    action = desk.decide()
    with sqlite_engine.begin() as connection:
        row = switches.set_switch(connection, scope, value, "too many", "boss", NOW, KEY)
        found = switches.which(connection, action)
        assert found == (row if stops else None)
    assert desk.execute(action.id) == ("cancelled" if stops else "sent")
    assert desk.ends == [(action.id, "cancelled", "switched_off") if stops else (action.id, "sent", "")]


def test_a_switch_is_set_once_lifted_once_and_can_be_set_again(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        first = switches.set_switch(connection, "team", "north", "x", "boss", NOW, KEY)
        assert switches.set_switch(connection, "team", "north", "y", "else", NOW, KEY) == first
        switches.lift(connection, first.id, "boss", NOW, KEY)
        assert switches.switches_set(connection) == []
        with pytest.raises(NotThere):
            switches.lift(connection, first.id, "boss", NOW, KEY)
    with sqlite_engine.begin() as connection:
        switches.set_switch(connection, "account", "A", "x", "boss", NOW, KEY)
        told = connection.execute(
            text("SELECT account_id, event FROM tenure_audit_entry ORDER BY account_id, seq")
        ).all()
        assert [tuple(row) for row in told] == [
            ("A", "switch.set"), ("installation", "switch.set"), ("installation", "switch.lifted")
        ]  # fmt: skip
        assert verify_all(connection) == []


@pytest.mark.parametrize(("scope", "value"), [("all", "x"), ("team", ""), ("galaxy", "x")])
def test_a_switch_for_nothing_in_particular_is_refused(sqlite_engine: Engine, scope: Scope, value: str) -> None:
    with sqlite_engine.begin() as connection, pytest.raises(BadInput):
        switches.set_switch(connection, scope, value, "x", "boss", NOW, KEY)
