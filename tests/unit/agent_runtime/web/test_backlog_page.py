"""What was overdue before Tenure began, judged on its page."""

from datetime import timedelta

import pytest

from agent_runtime.inbox import backlog
from tests.unit.agent_runtime.app.office import NOW, Office, canary

HTML = {"Accept": "text/html"}


@pytest.fixture
def batch(office: Office) -> str:
    """A batch of everything that is open."""
    with office.engine.begin() as connection:
        made = backlog.inherit(connection, "mona", NOW + timedelta(days=1), NOW + timedelta(days=9), NOW)
    assert made
    return made.id


def test_a_manager_reads_and_judges_what_they_answer_for(office: Office, batch: str) -> None:
    page = office.ask("mona", "GET", f"/backlog/{batch}", headers=HTML).text
    assert canary("acc-anna") in page
    assert canary("acc-ben") not in page
    fields = {"row": "int-anna", "outcome": "lost", "reason": "no_response"}
    answer = office.ask("mona", "POST", f"/backlog/{batch}/judge", data=fields, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/backlog/{batch}?judged=1")
    assert canary("acc-anna") not in office.ask("mona", "GET", f"/backlog/{batch}", headers=HTML).text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"row": "int-ben", "outcome": "bring_in"}, 403),
        ({"outcome": "bring_in"}, 400),
        ({"row": "int-anna", "outcome": "eaten"}, 400),
        ({"row": "int-anna", "outcome": "deferred", "reason": "timing"}, 400),
    ],
)
def test_what_cannot_be_judged_stays(office: Office, batch: str, fields: dict[str, str], status: int) -> None:
    answer = office.ask("mona", "POST", f"/backlog/{batch}/judge", data=fields, headers=HTML)
    assert answer.status_code == status
    assert office.get("mona", "/api/backlog")["batches"][0]["waiting"] == 7


def test_an_auditor_reads_only(office: Office, batch: str) -> None:
    page = office.ask("otto", "GET", f"/backlog/{batch}", headers=HTML).text
    assert canary("acc-ben") in page
    assert "checkbox" not in page
