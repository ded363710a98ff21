"""The commands of memory on a database in a file."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, insert

from agent_runtime.commands.recalling import rebuild_command, recall_command, reembed_command
from agent_runtime.errors import BadInput, NotThere
from memory import timeline
from memory.records import Account
from tests.unit.memory.recall.house import said


@pytest.fixture
def database(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), [{"id": "a1", "name": "Berg AG", "provisional": False, "custom": {}}])
        timeline.add(connection, said())
    return str(tmp_path / "tenure.db")


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return orjson.loads(capsys.readouterr().out)


def ask(database: str, question: str, as_of: str | None = None, account: str = "Berg AG") -> None:
    recall_command(account, question, database, as_of, k=3, as_json=True)


def test_recall_prints_results_with_their_sources(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask(database, "Who is allowed to sign?")
    found = printed(capsys)
    first = found["results"][0]
    assert (found["account_id"], found["abstained"], first["source_id"]) == ("a1", False, "a1-5")
    assert {"episode_id", "source", "source_id", "at", "score", "quote", "why"} <= set(first)
    ask(database, "Who is allowed to sign?", as_of="2026-01-06")
    assert "a1-5" not in [one["source_id"] for one in printed(capsys)["results"]]


def test_recall_says_that_nothing_answers(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    recall_command("a1", "xyzzy plugh", database, None, k=3, as_json=False)
    assert "Nothing in this account's memory answers that." in capsys.readouterr().out


def test_recall_refuses_what_is_not_there(database: str) -> None:
    with pytest.raises(NotThere):
        ask(database, "What?", account="Nobody Ltd")
    with pytest.raises(BadInput):
        ask(f"{database}.missing", "What?")


def test_reembed_goes_on_and_rebuild_indexes(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    reembed_command(database, as_json=True)
    first = printed(capsys)
    assert (first["added"], first["embedded"], first["episodes"]) == (8, 8, 8)
    reembed_command(database, as_json=True)
    assert printed(capsys)["added"] == 0
    rebuild_command(database, as_json=True)
    assert printed(capsys)["passages"] == 8
    ask(database, "Who is allowed to sign?")
    assert printed(capsys)["results"][0]["source_id"] == "a1-5"
