"""The page of the rules: what fires, what people's answers changed, whom it reaches, and the way back."""

from dataclasses import replace

from sqlalchemy import insert

from agent_runtime import jobs
from agent_runtime.inbox.models import Observed
from agent_runtime.playbook.models import Rollout
from tests.unit.agent_runtime.app.office import NOW, Office

HTML = {"Accept": "text/html"}


def page_of(office: Office, user: str) -> str:
    return office.ask(user, "GET", "/admin/playbook", headers=HTML).text


def learned(office: Office) -> None:
    with office.engine.begin() as connection:
        jobs.set_checkpoint(connection, "live.usefulness", {"weights": {"check_in": 0.5}, "reset": {}})


def staged(office: Office, rollout: Rollout) -> None:
    premises = replace(
        office.installation, playbook=office.installation.playbook.model_copy(update={"rollout": rollout})
    )
    office.app.state.site = replace(office.app.state.site, premises=premises)


def test_what_was_learned_is_shown_with_its_bounds_and_taken_back_by_an_admin(office: Office) -> None:
    assert "Count in full again" not in page_of(office, "ada")
    learned(office)
    page = page_of(office, "ada")
    assert "50 % of" in page
    assert "never with less than 50 %" in page
    assert "Count in full again" in page
    assert "Count in full again" not in page_of(office, "mona")
    answer = office.ask("ada", "POST", "/admin/playbook/check_in/full", headers=HTML)
    assert "Count in full again" not in answer.text
    assert "let a rule count in full again" in office.ask("ada", "GET", "/audit", headers=HTML).text


def test_no_rule_but_those_of_the_playbook_can_be_reset(office: Office) -> None:
    answer = office.ask("ada", "POST", "/admin/playbook/no_such_rule/full", headers=HTML)
    assert (answer.status_code, "There is no such rule" in answer.text) == (400, True)


def test_the_stage_of_the_rollout_is_told_and_what_it_keeps_back_is_counted(office: Office) -> None:
    assert "Items reach everybody." in page_of(office, "mona")
    assert "Not said yet" not in page_of(office, "mona")
    staged(office, Rollout(stage="pilot", teams=("north",)))
    row = {"expectation_id": "exp-ben", "step": 0, "account_id": "acc-ben", "signal": "answer_owed",
           "classification": "delay", "kind": "send_email", "owner_id": "ben", "at": NOW}  # fmt: skip
    with office.engine.begin() as connection:
        connection.execute(insert(Observed), row)
    page = page_of(office, "mona")
    assert "Items reach north and their managers" in page
    assert "1 item would have been said as well" in page
