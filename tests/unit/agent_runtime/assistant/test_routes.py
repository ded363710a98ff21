"""The assistant over HTTP: whole and as events, kept with the account, and with the rights of whoever asks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from tests.unit.agent_runtime.app.office import Office, canary, opened

ASK = "/api/accounts/acc-anna/ask"


@pytest.fixture
def office(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Office]:
    """A small company on SQLite."""
    with opened(sqlite_engine, tmp_path) as found:
        yield found


def posted(office: Office, user: str, path: str, **body: Any) -> Any:
    """What a question answers; it must succeed."""
    response = office.ask(user, "POST", path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_an_answer_with_its_sources_is_kept_for_the_next_owner(office: Office) -> None:
    answer = posted(office, "anna", ASK, question="When did we last hear from them?")
    assert answer["kept"]
    assert [x["id"] for x in answer["sources"]] == ["m-acc-anna"]
    assert answer["sources"][0]["link"].startswith("/accounts/acc-anna#ev-")
    assert canary("acc-anna") in answer["answer"]
    (turn,) = office.get("mona", "/api/accounts/acc-anna/conversation")["turns"]
    assert (turn["id"], turn["asked_by"], turn["answer"]["answer"]) == (answer["turn_id"], "anna", answer["answer"])
    told = office.get("anna", "/api/accounts/acc-anna/audit", event="assistant.asked")["entries"]
    assert [x["actor_id"] for x in told] == ["anna"]


def test_a_question_goes_on_from_the_one_before(office: Office) -> None:
    posted(office, "anna", ASK, question="When did we last hear from them?")
    then = posted(office, "anna", ASK, question="And who?")
    assert canary("acc-anna") in then["answer"]
    assert any("last hear" in note for note in then["notes"])
    assert posted(office, "anna", ASK, question="And who?", earlier=[])["refused"]
    asked = {"question": "And today?", "earlier": ["What is due this week?"]}
    assert "What is due this week?" in posted(office, "anna", "/api/ask", **asked)["notes"][0]


def test_the_conversation_comes_page_by_page(office: Office) -> None:
    for word in ("one", "two", "three"):
        posted(office, "anna", ASK, question=f"What about {word}?")
    path = "/api/accounts/acc-anna/conversation"
    first = office.get("anna", path, limit=2)
    rest = office.get("anna", path, limit=2, cursor=first["next"])
    asked = [x["question"] for x in [*first["turns"], *rest["turns"]]]
    assert sorted(asked) == ["What about one?", "What about three?", "What about two?"]
    assert rest["next"] is None
    assert office.ask("anna", "GET", path, params={"cursor": "x"}).status_code == 400


def test_a_stream_gives_pieces_and_then_the_whole(office: Office) -> None:
    response = office.ask("anna", "POST", ASK, json={"question": "Who owns this account?", "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [x.split("\n") for x in response.text.strip().split("\n\n")]
    names = [x[0].removeprefix("event: ") for x in events]
    data = [orjson.loads(x[1].removeprefix("data: ")) for x in events]
    assert (names[0], names[-1], set(names[1:-1])) == ("begun", "answer", {"piece"})
    assert "".join(x["text"] for x in data[1:-1]) == data[-1]["answer"]
    assert data[-1]["kept"]


def test_who_may_not_see_the_account_learns_nothing(office: Office) -> None:
    for path in (ASK, "/api/accounts/nowhere/ask"):
        response = office.ask("ben", "POST", path, json={"question": "Who owns it?"})
        assert response.status_code == 403
        assert canary("acc-anna") not in response.text
    assert office.ask("ben", "GET", "/api/accounts/acc-anna/conversation").status_code == 403
    keyed = office.ask("anna", "POST", ASK, json={"question": "x"}, headers={"Idempotency-Key": "k"})
    assert keyed.status_code == 400
    assert office.ask("anna", "POST", ASK, json={"question": ""}).status_code == 422


def test_an_auditor_asks_and_leaves_no_trace_in_the_conversation(office: Office) -> None:
    assert not posted(office, "otto", ASK, question="Who owns this account?")["kept"]
    assert office.get("anna", "/api/accounts/acc-anna/conversation")["turns"] == []


def test_the_portfolio_is_what_the_asker_sees(office: Office) -> None:
    mine = posted(office, "anna", "/api/ask", question="Which of my accounts mention zq7?")
    seen = {x["account_id"] for x in mine["sources"]}
    assert seen == {"acc-anna", "acc-lent", "acc-pool"}
    assert not mine["kept"]
    everything = posted(office, "ada", "/api/ask", question="Which accounts mention zq7?")
    assert len({x["account_id"] for x in everything["sources"]}) == 7


def test_a_confirmed_proposal_is_a_task(office: Office) -> None:
    answer = posted(office, "anna", ASK, question="Remind me to check the drawing tomorrow")
    (proposal,) = answer["proposals"]
    path = f"/api/accounts/acc-anna/proposals/{proposal['id']}/confirm"
    task = posted(office, "anna", path, turn_id=answer["turn_id"])
    item = f"item_asked_{proposal['id']}"
    assert task == {"title": "Check the drawing tomorrow", "due": proposal["due"], "item_id": item}
    assert posted(office, "anna", path, turn_id=answer["turn_id"]) == task
    assert office.ask("otto", "POST", path, json={"turn_id": answer["turn_id"]}).status_code == 403
    assert office.ask("anna", "POST", path, json={"turn_id": "turn_none"}).status_code in (400, 404)
    kept = office.get("anna", "/api/accounts/acc-anna/timeline", kind="task.created")
    assert len(kept["events"]) == 1
