"""What is asked stays with the account, is told to the audit without its words, and goes when it is erased."""

from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.accounts.erasure import By, erase_account, erase_person
from agent_runtime.accounts.person_export import export_person
from agent_runtime.assistant.conversation import keep, turn, turns
from agent_runtime.assistant.models import Question
from agent_runtime.audit import service as audit
from agent_runtime.permissions import agent_scope
from tests.corpus.sales import END
from tests.unit.agent_runtime.assistant.desk import Desk, seated

KEY = SecretStr("the key of a test")
BY = By("u9", END, KEY)


def kept(desk: Desk, words: str, account: str = "a1", minutes: int = 0) -> str:
    """One more turn of an account; its id."""
    at = END + timedelta(minutes=minutes)
    answer = desk.ask(words, account, at)
    return keep(desk.connection, agent_scope(account), Question(words, at, "u3"), answer, KEY)


def test_a_turn_reads_as_it_was_given_the_latest_first(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        ids = [kept(desk, "What do we owe them?", minutes=n) for n in range(3)]
        kept(desk, "What do we owe them?", "a0")
        scope = agent_scope("a1")
        found = turns(connection, scope)
        assert [x.id for x in found] == ids[::-1]
        assert found[0].answer == desk.ask("What do we owe them?", at=END + timedelta(minutes=2))
        assert [x.id for x in turns(connection, scope, 1, (found[0].asked_at, found[0].id))] == [ids[1]]
        assert turn(connection, agent_scope("a0"), ids[0]) is None
        written = b"".join(audit.export_jsonl(connection, "a1"))
        assert b"assistant.asked" in written
        assert b"sheet001" not in written
        assert audit.verify_all(connection) == []


def test_an_erased_account_leaves_no_turn(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        kept(desk, "Summary please")
        other = kept(desk, "Summary please", "a0")
        erase_account(connection, "a1", BY)
        assert turns(connection, agent_scope("a1")) == []
        assert [x.id for x in turns(connection, agent_scope("a0"))] == [other]


def test_an_erased_person_is_in_no_turn(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        desk = seated(connection, 2)
        kept(desk, "Who decides?")
        stays = kept(desk, "What is the renewal date of the moon?", minutes=1)
        person = next(x for x in desk.history.directory.contacts if x["id"] == "c1-1")
        assert person["name"] in turns(connection, agent_scope("a1"))[1].answer.answer
        assert len(export_person(connection, "c1-1")["conversation"]) == 1
        erase_person(connection, "c1-1", BY)
        assert [x.id for x in turns(connection, agent_scope("a1"))] == [stays]


def test_it_is_the_same_on_postgres(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        _both_ways(connection)


def _both_ways(connection: Connection) -> None:
    desk = seated(connection, 1)
    kept(desk, "What do we owe them?", "a0")
    found = turns(connection, agent_scope("a0"))
    assert [x.question for x in found] == ["What do we owe them?"]
    assert turns(connection, agent_scope("a0"), 5, (found[0].asked_at, found[0].id)) == []
    assert "sheet000" in found[0].answer.answer
