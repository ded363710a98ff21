"""No question gets a word of another account, however it is put and whoever it names."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agent_runtime import db
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.assistant.service import ask_portfolio
from agent_runtime.permissions import Principal, Right, Role, rights_up_to
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, seated
from tests.unit.agent_runtime.assistant.prying import shown, wanted

ACCOUNTS, QUESTIONS = 20, 150


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Accounts with look-alike names, each with a word of its own in every text."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    engine = db.make_engine(f"sqlite:///{folder / 'crowd.db'}")
    db.create_schema(engine)
    with engine.connect() as connection:
        yield seated(connection, ACCOUNTS)
    engine.dispose()


def test_an_account_never_tells_of_another(crowd: Desk) -> None:
    random = Random(7)
    for _ in range(QUESTIONS):
        own, question = wanted(crowd.history, random)
        answer = crowd.ask(question, own)
        assert {x.account_id for x in answer.sources} | {x.account_id for x in answer.proposals} <= {own}
        text = shown(answer)
        leaked = [x for account, x in crowd.history.canaries.items() if account != own and x in text]
        assert leaked == [x for x in leaked if x in question], (own, question)


def test_the_portfolio_shows_only_what_its_reader_sees(crowd: Desk) -> None:
    nobody = Principal("u1", Role.REP, None, rights_up_to(Right.READ), "api", "")  # the accounts are u3's by now
    everybody = Principal("boss", Role.ADMIN, None, rights_up_to(Right.READ), "api", "")
    for question in ("Which customers talked about sheet004?", "What is due today?", "Who went quiet?", "Reference"):
        assert asked(crowd, nobody, question).refused, question
    found = asked(crowd, everybody, "Which customers talked about sheet004?")
    assert {x.account_id for x in found.sources} == {"a4"}


def asked(desk: Desk, principal: Principal, words: str) -> Answer:
    """The answer over all that the principal sees."""
    return ask_portfolio(desk.connection, principal, Question(words, END, principal.user_id), company=desk.company)
