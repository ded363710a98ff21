"""The tabs of an account: a question about a promise, what the assistant prepared, and who worded a draft."""

from dataclasses import replace

import pytest
from httpx2 import Response
from sqlalchemy import func, select, text, update

from agent_runtime.assistant.conversation import keep
from agent_runtime.assistant.models import Answer, Proposal, Question
from agent_runtime.inbox.models import Item
from agent_runtime.ingest.second_reading.promises import Promises
from agent_runtime.permissions import agent_scope
from memory.facts import Statement, record
from memory.records import Activity
from tests.unit.agent_runtime.app.office import KEY, NOW, Office

HTML = {"Accept": "text/html"}
PROMISED = "We look into it <b>soon</b>"
PROPOSAL = Proposal("p-1", "task", "Check the drawing", "", "2026-03-04T09:00:00+00:00", "", "", "acc-anna")
ANSWER = Answer(
    "", refused=True, reason="nothing", cannot_see=("the phone since Friday",), notes=("The model was not asked.",),
    proposals=(PROPOSAL,),
)  # fmt: skip


def read(office: Office, tab: str) -> str:
    return office.ask("anna", "GET", f"/accounts/acc-anna?tab={tab}", headers=HTML).text


def send(office: Office, user: str, path: str, **fields: str) -> Response:
    return office.ask(user, "POST", f"/accounts/acc-anna{path}", data=fields, headers=HTML, follow_redirects=False)


@pytest.fixture
def doubted(office: Office) -> tuple[Office, str]:
    """A sentence that a model took for a promise, and the id of its fact."""
    with office.engine.begin() as connection:
        query = text("SELECT id, source_id FROM tenure_activity WHERE account_id = 'acc-anna' AND kind = 'email'")
        letter = connection.execute(query).one()
        said = Statement(
            "acc-anna", f"{Promises.slot}.ab", PROMISED, "model", NOW, NOW, letter.id, letter.source_id, (0, 4)
        )
        record(connection, [said])
    facts = office.get("anna", "/api/accounts/acc-anna/facts")["facts"]
    return office, next(x["id"] for x in facts if x["slot"].startswith(Promises.slot))


def test_a_doubtful_promise_is_a_question_until_somebody_answers(doubted: tuple[Office, str]) -> None:
    office, fact = doubted
    page = read(office, "memory")
    assert "Was this promised?" in page
    assert "Promises of ours" in page
    assert Promises.slot not in page
    assert "<b>soon" not in page
    assert "Yes, it was" in page
    assert send(office, "anna", f"/facts/{fact}", verb="confirm").status_code == 303
    page = read(office, "memory")
    assert "Was this promised?" not in page
    assert "promised</span>" in page


def test_a_promise_that_was_none_is_forgotten(doubted: tuple[Office, str]) -> None:
    office, fact = doubted
    assert send(office, "anna", f"/facts/{fact}", verb="forget").status_code == 303
    assert "Promises of ours" not in read(office, "memory")


def test_what_was_prepared_becomes_a_task_once(office: Office) -> None:
    with office.engine.begin() as connection:
        turn = keep(connection, agent_scope("acc-anna"), Question("Remind me", NOW, "anna"), ANSWER, KEY)
    page = read(office, "assistant")
    for words in ("Cannot see: the phone since Friday", "The model was not asked.", "Put it into my inbox"):
        assert words in page
    for _ in range(2):
        answer = send(office, "anna", "/proposals/p-1", turn_id=turn)
        assert (answer.status_code, answer.headers["location"]) == (
            303, f"/accounts/acc-anna?tab=assistant&said=task#{turn}",
        )  # fmt: skip
    page = read(office, "assistant&said=task")
    assert "It stands in your inbox" in page
    assert "in the inbox</span>" in page
    assert "Put it into my inbox" not in page
    with office.engine.connect() as connection:
        made = select(func.count()).select_from(Activity).where(Activity.kind == "task.created")  # type: ignore[arg-type]
        assert connection.scalar(made) == 1
    assert send(office, "anna", "/proposals/p-2", turn_id=turn).status_code == 404
    assert send(office, "ben", "/proposals/p-1", turn_id=turn).status_code == 403


def test_a_proposal_of_another_account_shows_as_open(office: Office) -> None:
    other = replace(ANSWER, proposals=(replace(PROPOSAL, account_id="acc-lent"),))
    with office.engine.begin() as connection:
        turn = keep(connection, agent_scope("acc-anna"), Question("Remind me", NOW, "anna"), ANSWER, KEY)
        keep(connection, agent_scope("acc-ben"), Question("Remind me", NOW, "ben"), other, KEY)
    send(office, "anna", "/proposals/p-1", turn_id=turn)
    page = office.ask("ben", "GET", "/accounts/acc-ben?tab=assistant", headers=HTML).text
    assert "Put it into my inbox" in page


@pytest.mark.parametrize("model", ["", "granite-<i>4"])
def test_a_draft_says_when_a_model_worded_it(office: Office, model: str) -> None:
    with office.engine.begin() as connection:
        beside = {"why_now": "they wait"} | ({"worded_by": model} if model else {})
        connection.execute(update(Item).where(Item.id == "item-anna").values(beside=beside))  # type: ignore[arg-type]
    page = office.ask("anna", "GET", "/inbox?sel=item-anna", headers=HTML).text
    assert ("Worded by the model" in page) == bool(model)
    assert "<i>4" not in page
