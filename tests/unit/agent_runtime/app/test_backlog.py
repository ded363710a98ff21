"""The inherited backlog over HTTP: a manager sees and judges what they answer for, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from agent_runtime.inbox import backlog
from tests.unit.agent_runtime.app.office import NOW, Office


@pytest.fixture
def batch(office: Office) -> str:
    """A batch of everything that is open: it was owed before tomorrow."""
    with office.engine.begin() as connection:
        made = backlog.inherit(connection, "mona", NOW + timedelta(days=1), NOW + timedelta(days=9), NOW)
    assert made
    return made.id


def test_a_manager_sees_the_rows_that_they_answer_for(office: Office, batch: str) -> None:
    (line,) = office.get("mona", "/api/backlog")["batches"]
    assert (line["id"], line["owner_id"], line["waiting"]) == (batch, "mona", line["size"])
    mine = {x["account_id"] for x in office.get("mona", f"/api/backlog/{batch}")["rows"]}
    every = {x["account_id"] for x in office.get("ada", f"/api/backlog/{batch}")["rows"]}
    assert "acc-anna" in mine
    assert "acc-ben" not in mine
    assert "acc-ben" in every


def test_the_rows_come_page_by_page(office: Office, batch: str) -> None:
    first = office.get("ada", f"/api/backlog/{batch}", limit=2)
    rest = office.get("ada", f"/api/backlog/{batch}", limit=200, cursor=first["next"])
    every = office.get("ada", f"/api/backlog/{batch}")["rows"]
    assert [x["id"] for x in first["rows"] + rest["rows"]] == [x["id"] for x in every]


def test_a_judgement_of_a_foreign_row_is_refused_whole(office: Office, batch: str) -> None:
    body = {"interaction_ids": ["int-anna", "int-ben"]}
    assert office.ask("mona", "POST", f"/api/backlog/{batch}/judge", json=body).status_code == 403
    assert office.get("mona", "/api/backlog")["batches"][0]["waiting"] == 7


def test_rows_are_judged_together_once(office: Office, batch: str) -> None:
    outcome = {"verb": "outcome", "outcome": "lost", "reason": "no_response"}
    body = {"interaction_ids": ["int-anna"], "outcome": outcome}
    answers = [office.ask("mona", "POST", f"/api/backlog/{batch}/judge", json=body).json() for _ in range(2)]
    assert answers == [{"judged": 1}, {"judged": 0}]
    with office.engine.connect() as connection:
        told = connection.execute(text("SELECT account_id FROM tenure_activity WHERE kind = 'interaction.judged'"))
        assert list(told.scalars()) == ["acc-anna"]


def test_what_does_not_belong_to_the_batch_is_refused(office: Office, batch: str) -> None:
    body = {"interaction_ids": ["int-nobody"]}
    assert office.ask("ada", "POST", f"/api/backlog/{batch}/judge", json=body).status_code == 404
