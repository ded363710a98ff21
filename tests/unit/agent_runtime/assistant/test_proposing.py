"""What somebody asks to be done is prepared, waits for a word, and then is owed and in the inbox; nothing is sent."""

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, func, select, update

from agent_runtime.actions.models import Action
from agent_runtime.assistant.conversation import keep
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.proposing import confirm
from agent_runtime.audit import service as audit
from agent_runtime.errors import NotThere
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.loop.run import run_account
from agent_runtime.permissions import agent_scope
from memory.records import Contact
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, cited, seated

KEY = SecretStr("the key of a test")
_contact: Table = Contact.__table__  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "kind", "title", "day"),
    [
        ("Remind me to check the drawing on 15 December", "task", "Check the drawing on 15 December", "2026-12-15"),
        ("Please remind me to call Ivo Adler tomorrow", "call", "Call Ivo Adler", "2026-12-02"),
        ("Draft a mail to Ivo Adler about the delivery", "mail", "Write to Ivo Adler: the delivery", "2026-12-02"),
        ("Erinnere mich am 18. Dezember an die Prüfung", "task", "Am 18. Dezember an die Prüfung", "2026-12-18"),
    ],
)
def test_what_is_asked_for_is_prepared(desk: Desk, words: str, kind: str, title: str, day: str) -> None:
    answer = desk.ask(words)
    (proposal,) = answer.proposals
    assert (proposal.kind, proposal.title, proposal.due[:10]) == (kind, title, day)
    assert datetime.fromisoformat(proposal.due) > END
    assert title in answer.answer
    assert not answer.refused


def test_a_confirmed_proposal_is_owed_until_it_is_done_and_sends_nothing(sqlite_engine: Engine) -> None:
    words = "Please remind me to call Ivo Adler tomorrow"
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        scope = agent_scope("a1")
        answer = desk.ask(words)
        turn_id = keep(connection, scope, Question(words, END, "u3"), answer, KEY)
        proposal = answer.proposals[0].id
        confirm(connection, scope, proposal, turn_id, "u3", END, KEY)
        confirm(connection, scope, proposal, turn_id, "u3", END + timedelta(minutes=1), KEY)
        assert connection.scalar(select(func.count()).select_from(Action)) == 0
        assert audit.verify_all(connection) == []
        for scope_of, turn_of, what in (("a0", turn_id, proposal), ("a1", "turn_x", proposal), ("a1", turn_id, "x")):
            with pytest.raises(NotThere):
                confirm(connection, agent_scope(scope_of), what, turn_of, "u3", END, KEY)
    later = END + timedelta(days=4)
    found = run_account(sqlite_engine, desk.company, "a1", later, KEY)
    assert found is not None
    (row,) = [x for x in found.book.interactions if x.key == f"task:{proposal}"]
    assert (row.state, row.contact_id) == ("open", "c1-4")
    assert found.book.expectations[row.id][0].state == "breached"
    with sqlite_engine.begin() as connection:
        due = seated_again(connection, desk).ask("What is due?", at=later)
        assert f"{proposal}:task.created" in cited(due)


def seated_again(connection: Connection, desk: Desk) -> Desk:
    """The same desk on another connection."""
    return Desk(connection, desk.history, desk.company)


@pytest.mark.parametrize(
    ("words", "kind", "state"),
    [
        ("Remind me to check the drawing", "task", "open"),
        ("Please remind me to call Ivo Adler", "call_card", "open"),
        ("Draft a mail to Ivo Adler about the delivery", "task", "open"),
        ("Please remind me to call Ivo Adler on 15 December", "call_card", "snoozed"),
    ],
)
def test_what_is_confirmed_stands_in_the_inbox_as_what_it_is(
    sqlite_engine: Engine, words: str, kind: str, state: str
) -> None:
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        answer = desk.ask(words)
        connection.execute(update(_contact).where(_contact.c.id == "c1-4").values(phone="+49 30 5550104;+49 171 555"))
        item = confirmed_item(connection, answer, words)
        assert (item.action["kind"], item.state, item.owner_id, item.signal) == (kind, state, "u3", "asked_for")
        assert item.action["to"] == (["+49 30 5550104"] if kind == "call_card" else ["u3"])
        assert words in item.action["body"]
        assert words in item.beside["why_now"]
    run_account(sqlite_engine, desk.company, "a1", END + timedelta(minutes=1), KEY)
    with sqlite_engine.connect() as connection:
        assert [x.id for x in inbox.live_items(connection, "a1") if x.signal == "asked_for"] == [item.id]


def test_its_card_gives_way_when_its_time_has_passed(sqlite_engine: Engine) -> None:
    words = "Please remind me to check the drawing"
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        item = confirmed_item(connection, desk.ask(words), words)
    run_account(sqlite_engine, desk.company, "a1", item.due_at + timedelta(days=3), KEY)
    with sqlite_engine.connect() as connection:
        assert "asked_for" not in {x.signal for x in inbox.live_items(connection, "a1")}


def confirmed_item(connection: Connection, answer: Answer, words: str) -> ItemRow:
    """The item that the answer's proposal becomes when u3 confirms it."""
    scope = agent_scope("a1")
    turn_id = keep(connection, scope, Question(words, END, "u3"), answer, KEY)
    confirm(connection, scope, answer.proposals[0].id, turn_id, "u3", END, KEY)
    (item,) = [x for x in inbox.live_items(connection, "a1") if x.signal == "asked_for"]
    return item
