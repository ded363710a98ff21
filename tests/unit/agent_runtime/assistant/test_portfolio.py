"""Questions over all that somebody sees: renewals, what is due or owed, who went quiet, who spoke of what."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, Table, update

from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.records import Records
from agent_runtime.assistant.service import ask_portfolio
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book
from agent_runtime.permissions import Principal, Right, Role, agent_scope, rights_up_to
from agent_runtime.watchtower.evaluate import evaluate
from memory.records import Account
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, seated

_account: Table = Account.__table__  # type: ignore[attr-defined]
REP = Principal("u3", Role.REP, None, rights_up_to(Right.READ), "api", "")


def with_ledger(connection: Connection) -> Desk:
    """Two accounts of u3 and one of somebody else, each with its ledger."""
    desk = seated(connection, 3)
    for account in ("a0", "a1", "a2"):
        book = Book(account)
        evaluate(Records(connection, agent_scope(account), desk.company, END).view, book)
        ledger.save(connection, book)
    connection.execute(update(_account).values(owner_id="u3"))
    connection.execute(update(_account).where(_account.c.id == "a2").values(owner_id="u2"))
    return desk


def asked(desk: Desk, words: str) -> Answer:
    """The answer for u3, half a day after the end of the history."""
    question = Question(words, END + timedelta(hours=12), "u3")
    return ask_portfolio(desk.connection, REP, question, company=desk.company)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_it_answers_over_what_is_seen(kind: str, request: pytest.FixtureRequest) -> None:
    engine: Engine = request.getfixturevalue(f"{kind}_engine")
    with engine.begin() as connection:
        desk = with_ledger(connection)
        owed = asked(desk, "Where do we owe something?")
        assert {x.account_id for x in owed.sources} == {"a0", "a1"}
        assert "keep the promise" in owed.answer
        found = asked(desk, "Which customers talked about sheet001?")
        assert {x.account_id for x in found.sources} == {"a1"}
        assert all(x.citations for x in [*owed.statements, *found.statements])
        quiet = asked(desk, "Who went quiet since 1 January 2027?")
        assert {x.account_id for x in quiet.sources} <= {"a0", "a1"}
        assert asked(desk, "Which of my accounts renew before 1 March?").refused
        assert asked(desk, "Which customers talked about sheet002?").refused
        assert asked(desk, "Bei welchen Kunden ging es um Einhörner?").refused
