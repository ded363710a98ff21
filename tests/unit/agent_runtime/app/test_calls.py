"""The weekly page and the live view over HTTP."""

from datetime import UTC, datetime

from sqlalchemy import update

from memory.records import Account
from tests.unit.agent_runtime.app.office import Office
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import town

MORNING = datetime(2026, 6, 8, 6, tzinfo=UTC)


def test_a_manager_reads_the_week_and_verifies_it(office: Office) -> None:
    with office.engine.begin() as connection:
        store(connection, town(3, weeks=2, a_day=5))
    page = office.get("mona", "/api/calls/week", week="2026-W10")
    assert page["week"] == "2026-W10"
    assert page["executive"]["locked"]
    office.clock.move_to(MORNING)
    answer = office.ask("mona", "POST", "/api/calls/verify", json={"segment": "town"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["verified_by"] == "mona"
    opened = office.get("mona", "/api/calls/week")
    assert [one["user_id"] for one in opened["executive"]["verified"]] == ["mona"]


def test_what_is_no_week_is_told(office: Office) -> None:
    assert office.ask("mona", "GET", "/api/calls/week", params={"week": "soon"}).status_code == 400


def test_the_live_view_tells_accounts_only_to_those_who_see_them(office: Office) -> None:
    office.clock.move_to(MORNING)
    with office.engine.begin() as connection:
        store(connection, town(3, weeks=1, a_day=8))
        mine = update(Account).where(Account.__table__.c.id == "a1").values(owner_id="anna")  # type: ignore[attr-defined]
        connection.execute(mine)
    every = office.get("ada", "/api/calls/live")
    assert every["waiting"] > 0
    assert all(one["account_id"] for one in every["first"])
    seen = {one["account_id"] for one in office.get("mona", "/api/calls/live")["first"]}
    assert seen <= {None, "a1"}
