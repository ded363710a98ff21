"""`tenure ask` on a database in a file: as of a time, with a user's rights, as text and as JSON."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from agent_runtime.commands.asking import ask_command
from agent_runtime.errors import Forbidden, NotThere
from tests.corpus.home import take
from tests.corpus.sales import generate


@pytest.fixture
def database(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    with sqlite_engine.begin() as connection:
        take(connection, generate(2))
    return str(tmp_path / "tenure.db")


def ask(database: str, capsys: pytest.CaptureFixture[str], words: str, **how: Any) -> Any:
    ask_command(how.get("about", "a1"), words, database, how.get("at"), how.get("user"), as_json=True)
    return orjson.loads(capsys.readouterr().out)


def test_it_answers_as_of_a_time(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    now = ask(database, capsys, "What do we still owe them?", at="2026-12-01")
    assert "sheet001" in now["answer"]
    assert all(x["citations"] for x in now["statements"])
    assert (now["refused"], now["proposals"]) == (False, [])
    then = ask(database, capsys, "What do we still owe them?", at="2026-03-27")
    assert "sheet001" not in then["answer"]
    assert ask(database, capsys, "Which bank do they use?", at="2026-12-01")["refused"]


def test_it_has_the_rights_of_the_user(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = "2026-12-01"
    found = ask(database, capsys, "Which customers talked about sheet001?", about="portfolio", at=at)
    assert {x["account_id"] for x in found["sources"]} == {"a1"}
    nobody = ask(database, capsys, "Which customers talked about sheet001?", about="portfolio", at=at, user="u2")
    assert nobody["refused"]
    with pytest.raises(Forbidden):
        ask(database, capsys, "Who decides?", at=at, user="u2")
    with pytest.raises(NotThere):
        ask(database, capsys, "Who decides?", at=at, user="u9")


def test_people_read_it_with_its_sources(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    ask_command("a1", "What did they promise us?", database, "2026-12-01", None, as_json=False)
    said = capsys.readouterr().out
    assert "plan001" in said
    assert "[1] em-1-0-" in said
