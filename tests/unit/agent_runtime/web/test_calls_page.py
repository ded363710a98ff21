"""The weekly page among the reports: it is read, asked for by mail, and stood up for."""

import pytest

from tests.unit.agent_runtime.app.office import Office
from tests.unit.agent_runtime.app.test_calls import MORNING
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import town

HERE = "/reports/calls"


@pytest.fixture
def rung(office: Office) -> Office:
    """A fortnight of calls in which some wait."""
    office.clock.move_to(MORNING)
    with office.engine.begin() as connection:
        store(connection, town(3, weeks=2, a_day=8))
    return office


def shown(office: Office, user: str, path: str = HERE) -> str:
    answer = office.ask(user, "GET", path)
    assert answer.status_code == 200, answer.text
    assert "script" not in answer.text
    return str(answer.text)


def pressed(office: Office, user: str, path: str, **form: str) -> int:
    return int(office.ask(user, "POST", path, data=form, follow_redirects=False).status_code)


def test_a_person_asks_for_the_mail_and_stops_it(rung: Office) -> None:
    assert "Mail it to me each Monday" in shown(rung, "mona")
    assert pressed(rung, "mona", f"{HERE}/mail", wanted="yes") == 303
    assert "Mail it to me no more" in shown(rung, "mona")
    assert "Mail it to me each Monday" in shown(rung, "ada")
    assert pressed(rung, "mona", f"{HERE}/mail", wanted="") == 303
    assert "Mail it to me each Monday" in shown(rung, "mona")


def test_a_leader_stands_up_for_a_segment(rung: Office) -> None:
    assert "No pilot segment has been verified" in shown(rung, "mona")
    assert pressed(rung, "mona", f"{HERE}/verify", segment="", note="") == 400
    assert pressed(rung, "mona", f"{HERE}/verify", segment="sales", note="the PBX list") == 303
    assert "sales by mona" in shown(rung, "mona")


def test_who_waits_now_stands_beside_it(rung: Office) -> None:
    page = shown(rung, "ada", f"{HERE}/now")
    assert "Oldest high-intent miss" in page
    assert "/accounts/" in page
    assert "/accounts/" not in shown(rung, "mona", f"{HERE}/now")
