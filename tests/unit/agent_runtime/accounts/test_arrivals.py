"""A hand-over as it is worked through: as the accounts stand now, for whom they are to see, with what was read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.accounts.arrivals import arrivals, batches
from agent_runtime.permissions import Principal, Right, Role, reach_of, rights_up_to
from tests.unit.agent_runtime.app.office import NOW, Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A company in which ben's accounts went to anna."""
    with opened(sqlite_engine, tmp_path) as found:
        moved = found.ask("ada", "POST", "/api/ownership/transfer", json={"from_user": "ben", "to_user": "anna"})
        assert moved.status_code == 200, moved.text
        yield found


def who(name: str, role: Role, team: str) -> Principal:
    return Principal(name, role, team, rights_up_to(Right.DECIDE), "web", "t")


def test_the_new_owner_sees_each_account_and_when_its_brief_was_read(office: Office) -> None:
    digest = office.get("anna", "/api/accounts/acc-ben/brief")["digest"]
    assert office.ask("anna", "POST", "/api/accounts/acc-ben/brief/read", json={"digest": digest}).status_code == 200
    with office.engine.connect() as connection:
        reach = reach_of(connection, who("anna", Role.REP, "north"), NOW)
        [batch] = batches(connection, reach)
        rows = {x.health.account_id: x for x in arrivals(connection, reach, batch, NOW)}
    assert (batch.owner_id, batch.predecessor, batch.accounts, batch.open) == ("anna", "ben", 2, True)
    assert set(rows) == {"acc-ben", "acc-lent"}
    assert rows["acc-ben"].read_at == NOW
    assert rows["acc-lent"].read_at is None
    assert rows["acc-ben"].introduced_by == "ben"


def test_somebody_else_sees_neither_the_batch_nor_its_accounts(office: Office) -> None:
    with office.engine.connect() as connection:
        all_seen = batches(connection, reach_of(connection, who("ada", Role.ADMIN, "office"), NOW))
        reach = reach_of(connection, who("dora", Role.REP, "east"), NOW)
        assert batches(connection, reach) == []
        assert arrivals(connection, reach, all_seen[0], NOW) == []
