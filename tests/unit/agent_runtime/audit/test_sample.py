"""Ten of what rules did, drawn by lot: the same all day, only of what one sees, the verdict in the audit."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.actions.models import Action
from agent_runtime.audit import sample
from agent_runtime.errors import NotThere
from agent_runtime.permissions import Principal, Reach, Right, Role, reach_of, rights_up_to
from tests.unit.agent_runtime.app.office import KEY, NOW, Office, opened


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A company with 30 things that rules did, half of them at an account of anna's, and one that a person did."""
    with opened(sqlite_engine, tmp_path) as found, sqlite_engine.begin() as connection:
        for number in range(31):
            connection.execute(insert(Action), {
                "id": f"act-{number}", "effect_key": f"k{number}", "kind": "reassign", "content": {},
                "account_id": "acc-anna" if number % 2 else "acc-ben", "content_hash": "h", "execute_at": NOW,
                "decided_by": "rule:reassign" if number else "anna", "decided_at": NOW - timedelta(days=number),
                "state": "confirmed", "result": {},
            })  # fmt: skip
        connection.commit()
        yield found


def sees(office: Office, name: str, role: Role, team: str) -> Reach:
    with office.engine.connect() as connection:
        return reach_of(connection, Principal(name, role, team, rights_up_to(Right.DECIDE), "web", "t"), NOW)


def test_ten_are_drawn_and_the_same_all_day(office: Office) -> None:
    reach = sees(office, "ada", Role.ADMIN, "office")
    with office.engine.connect() as connection:
        first, again, other = (sample.draw(connection, reach, NOW, day) for day in ("mon", "mon", "tue"))
    assert len(first) == sample.DRAWN
    assert first == again
    assert {x.id for x in first} != {x.id for x in other}
    assert all(x.decided_by == "rule:reassign" and x.decided_at > NOW - sample.LOOKED_BACK for x in first)


def test_only_of_accounts_that_one_sees(office: Office) -> None:
    with office.engine.connect() as connection:
        drawn = sample.draw(connection, sees(office, "mona", Role.MANAGER, "north"), NOW, "mon")
        assert {x.account_id for x in drawn} <= {"acc-anna", "acc-lent"}
        mira = sees(office, "mira", Role.MANAGER, "south")
        with pytest.raises(NotThere):
            sample.review(connection, mira, "act-1", "right", "mira", NOW, KEY)


def test_a_verdict_is_written_down_and_shown(office: Office) -> None:
    reach = sees(office, "ada", Role.ADMIN, "office")
    with office.engine.begin() as connection:
        one = sample.draw(connection, reach, NOW, "mon")[0]
        sample.review(connection, reach, one.id, "wrong", "ada", NOW, KEY)
        assert next(x for x in sample.draw(connection, reach, NOW, "mon") if x.id == one.id).verdict == "wrong"
    found = office.get("ada", "/api/audit", event=sample.REVIEWED)["entries"]
    assert [(x["subject_id"], x["actor_id"], x["payload"]) for x in found] == [(one.id, "ada", {"verdict": "wrong"})]
