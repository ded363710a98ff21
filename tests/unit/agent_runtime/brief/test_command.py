"""The commands about one account, as they are typed: they answer in JSON, and refuse with one clear line."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from agent_runtime.cli import app
from agent_runtime.errors import BadInput, NotThere, TenureError
from tests.corpus.home import take
from tests.corpus.sales import generate


@pytest.fixture
def database(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with sqlite_engine.begin() as connection:
        take(connection, generate(5))
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return str(tmp_path / "tenure.db")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_brief_and_facts_answer_in_json(database: str) -> None:
    brief = orjson.loads(run("brief", "a1", "--db", database, "--as-of", "2026-12-01", "--json"))
    sections = {line["section"] for line in brief["lines"]}
    assert sections >= {"state", "people", "commitments_ours", "commitments_theirs", "concerns", "next"}
    assert all(line["citations"] for line in brief["lines"])
    facts = orjson.loads(run("facts", "a1", "--db", database, "--as-of", "2026-02-01", "--json"))["facts"]
    assert {x["slot"] for x in facts} >= {"role.decides"}
    assert all(x["source_ids"] for x in facts)
    assert "How things stand" in run("brief", "a1", "--db", database)
    assert "role.decides" in run("facts", "a1", "--db", database, "--history")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("brief", "nobody"), NotThere),
        (("brief", "a1", "--as-of", "soon"), BadInput),
        (("erase", "account", "a1"), BadInput),
        (("erase", "world", "a1", "--yes"), BadInput),
        (("merge", "world", "a1", "a2"), BadInput),
        (("unmerge", "mrg_none"), BadInput),
        (("export", "person", "nobody"), NotThere),
    ],
)
def test_what_cannot_be_done_is_refused(database: str, words: tuple[str, ...], error: type[TenureError]) -> None:
    with pytest.raises(error):
        run(*words, "--db", database)


def test_a_look_alike_is_not_taken_for_the_account_that_was_named(database: str) -> None:
    assert "Harbour Foods," in run("brief", "harbour foods", "--db", database)
    with pytest.raises(NotThere):
        run("brief", "Harbour Foodz", "--db", database)


def test_merge_erase_and_export_as_they_are_typed(database: str) -> None:
    merged = orjson.loads(run("merge", "account", "a1", "a2", "--db", database, "--json"))
    assert orjson.loads(run("brief", "a1", "--db", database, "--json"))["account_id"] == "a2"
    run("unmerge", merged["merge_id"], "--db", database)
    person = orjson.loads(run("export", "person", "c1-0", "--db", database))
    assert person["texts"]
    erased = orjson.loads(run("erase", "person", "c1-0", "--db", database, "--yes", "--json"))
    assert erased["activities"] == sum(x["kind"] == "email" for x in person["activities"])
    with pytest.raises(BadInput):
        run("brief", "a1", "--db", f"{database}.none")
