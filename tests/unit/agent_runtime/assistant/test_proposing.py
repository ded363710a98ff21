"""What somebody asks to be done is prepared, waits for a word, and then is a task that is owed; nothing is sent."""

from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, func, select

from agent_runtime.actions.models import Action
from agent_runtime.assistant.conversation import keep
from agent_runtime.assistant.models import Question
from agent_runtime.assistant.proposing import confirm
from agent_runtime.audit import service as audit
from agent_runtime.errors import NotThere
from agent_runtime.loop.run import run_account
from agent_runtime.permissions import agent_scope
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, cited, seated

KEY = SecretStr("the key of a test")


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
