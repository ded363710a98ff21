"""`tenure ask` on a database in a file: as of a time, with a user's rights, as text and as JSON."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from agent_runtime.assistant.models import Answer, Statement
from agent_runtime.clock import VirtualClock
from agent_runtime.commands.asking import ask_command, said_below
from agent_runtime.errors import Forbidden, NotThere
from agent_runtime.installation import open_installation
from agent_runtime.llm.opening import close_endpoints
from agent_runtime.settings import Settings
from tests.corpus.home import take
from tests.corpus.sales import END, generate
from tools.fakes.model_endpoint import Stub
from tools.fakes.model_endpoint_server import served


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


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """An installation with a model on a socket."""
    monkeypatch.chdir(tmp_path)
    installation = open_installation(Settings(data_dir=tmp_path))
    with installation.engine.begin() as connection:
        take(connection, generate(2))
    installation.engine.dispose()
    stub = Stub()
    with served(stub) as url:
        monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("TENURE_MODEL_URL", url)
        monkeypatch.setenv("TENURE_MODEL_NAME", "stub")
        yield stub
        close_endpoints()


def test_the_model_of_the_installation_is_asked_and_its_silence_is_told(
    house: Stub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house.always = "html"
    monkeypatch.setenv("TENURE_MODEL_DEADLINE", "20")
    ask_command("a1", "What do we still owe them?", None, None, None, as_json=False, clock=VirtualClock(END))
    said = capsys.readouterr().out
    assert "sheet001" in said
    assert "Written without the language model: " in said
    assert house.served == {"html": 1}


def test_a_question_of_another_time_is_not_asked_of_a_model(house: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    ask_command("a1", "What do we still owe them?", None, "2026-12-01", None, as_json=True)
    assert orjson.loads(capsys.readouterr().out)["notes"] == []
    assert not house.served


def test_it_says_which_sentences_a_model_worded() -> None:
    told = (Statement("One.", ("a",)), Statement("Two.", ("a",), worded=True), Statement("Three.", ("b",), worded=True))
    answer = Answer("", told, model="some-model")
    assert list(said_below(answer)) == ["In the words of some-model: sentence 2, 3 of 3."]
