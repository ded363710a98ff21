"""An item has an owner, a due time, its sources, where was looked and a hash of exactly what would be sent."""

import re

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert, select

from agent_runtime.actions.policy import content_hash
from agent_runtime.audit.models import AuditEntry
from agent_runtime.audit.service import verify_all
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.jobs import wake
from agent_runtime.loop.propose import Desk, propose
from agent_runtime.loop.run import look, open_troubles, run_account
from agent_runtime.watchtower.outlook import Outlook
from memory.records import Account, Contact
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.loop.telling import COMPANY, KIM
from tests.unit.agent_runtime.loop.test_rewording import Writing
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, at
from tools.fakes.model_endpoint_writers import Asked, Written

KEY = SecretStr("a key of this test")
QUESTION = "Hello Anna,\n\nCan you move the door to the north side?\n\nKim"
INTERNAL = re.compile(r"\b(?:expectation|breach|episode|interaction|UTC|not verified)\b|_|\bact_|\banna\b")


@pytest.fixture
def item(sqlite_engine: Engine) -> ItemRow:
    """The item about a question of Monday that nobody has answered by Tuesday afternoon."""
    return asked(sqlite_engine, None)


def asked(sqlite_engine: Engine, model: Writing | None) -> ItemRow:
    """The item, where `model` may word it."""
    asked = NewActivity(
        "mail", "emails", "q1", "email", at("mon 10:00"), at("mon 10:00"), "acc", "inbound", CUSTOMER,
        subject="Door position, Mill Lane", text=QUESTION, speaker="kim@acme.example",
        data={"message_id": "<q1@acme.example>", "thread": "t1", "asks": True, "language": "en"},
    )  # fmt: skip
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), {"id": "acc", "name": "Acme", "owner_id": ANNA})
        connection.execute(insert(Contact), KIM._asdict() | {"account_id": "acc"})
        add(connection, [asked])
        wake(connection, ["acc"])
    now = at("tue 16:00")
    run_account(sqlite_engine, COMPANY, "acc", now, KEY)
    with sqlite_engine.connect() as connection:
        found = look(connection, COMPANY, "acc", now)
    assert found is not None
    [trouble] = open_troubles(found)
    made = propose(Desk(sqlite_engine, COMPANY, KEY, Outlook(COMPANY), model), found, trouble)
    assert isinstance(made, ItemRow)
    return made


def test_a_model_may_word_it_and_the_audit_says_so(sqlite_engine: Engine) -> None:
    made = asked(sqlite_engine, Writing(say_it_otherwise))
    assert "a short line is enough" in made.action["body"]
    assert made.beside["worded_by"] == "stub"
    assert made.content_hash == content_hash(made.action)
    entry = AuditEntry.__table__  # type: ignore[attr-defined]
    with sqlite_engine.connect() as connection:
        (row,) = connection.execute(select(entry).where(entry.c.event == "draft.worded"))
        assert (row.subject_id, row.payload["by"], row.payload["request_hash"]) == (made.id, "model", "r")
        assert verify_all(connection) == []


def say_it_otherwise(asked: Asked) -> Written:
    return {"message": asked.data["message"].replace("a short note is enough", "a short line is enough")}


def test_an_item_has_an_owner_a_due_time_and_a_sender(item: ItemRow) -> None:
    assert (item.owner_id, item.signal, item.state) == (ANNA, "answer_owed", "open")
    assert item.due_at > item.delivered_at
    assert item.action["sender"] == {"name": "Anna", "email": "anna@ours.example"}
    assert item.action["to"] == ["kim@acme.example"]
    assert item.action["in_reply_to"] == "<q1@acme.example>"


def test_its_evidence_is_what_they_wrote_verbatim(item: ItemRow) -> None:
    assert item.evidence[0]["quote"] in QUESTION
    assert item.evidence[0]["activity_id"] in item.action["based_on"]


def test_why_says_with_dates_what_did_not_happen(item: ItemRow) -> None:
    assert item.why[0] == {"factor": "no answer from us since 9 March; expected by 10 March", "weight": 0.9}


def test_the_hash_is_that_of_the_content_and_changes_with_it(item: ItemRow) -> None:
    assert item.content_hash == content_hash(item.action)
    assert item.content_hash != content_hash(item.action | {"body": item.action["body"] + " "})


def test_each_promise_of_the_text_is_a_chip(item: ItemRow) -> None:
    [chip] = item.action["promises"]
    assert chip["quote"] in item.action["body"]
    assert chip["due_at"].startswith("2026-03-12")


def test_where_was_looked_and_what_follows_read_like_plain_words(item: ItemRow) -> None:
    beside = item.beside
    assert beside["looked_in"]
    assert beside["cannot_see"]
    shown = [beside["why_now"], beside["if_nothing"], *beside["looked_in"], *beside["cannot_see"]]
    shown += [x["factor"] for x in item.why] + [x["quote"] for x in item.evidence]
    shown += [x["text"] for x in (*beside["what_i_know"], *beside["alternatives"])]
    assert [text for text in shown if INTERNAL.search(text)] == []
