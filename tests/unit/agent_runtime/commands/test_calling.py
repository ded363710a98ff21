"""`tenure calls` as it is typed."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, insert
from typer.testing import CliRunner

from agent_runtime import jobs
from agent_runtime.cli import app
from agent_runtime.errors import BadInput, NotThere, Refused
from memory.records import User
from tests.unit.agent_runtime.calls.week.stored import store
from tests.unit.agent_runtime.calls.week.town import town

NOW = "2026-06-22T06:00:00+00:00"


@pytest.fixture
def database(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three weeks of the town, as they stand on a Monday morning."""
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    with sqlite_engine.begin() as connection:
        store(connection, town(3, weeks=3, a_day=10))
        connection.execute(
            insert(User), [{"id": "maria", "name": "Maria", "email": "", "role": "manager", "custom": {}}]
        )
        jobs.set_checkpoint(connection, "replay", {"now": NOW})
    return str(sqlite_engine.url.database)


def typed(*words: str) -> str:
    result = CliRunner().invoke(app, ["calls", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_week_is_printed_and_written(database: str, tmp_path: Path) -> None:
    html, csv, mail = tmp_path / "page.html", tmp_path / "tables", tmp_path / "monday.eml"
    said = typed(
        "week", "--db", database, "--html", str(html), "--csv", str(csv), "--mail", str(mail), "--to", "m@we.test"
    )
    assert "Missed calls, week 25" in said
    assert "From the phone system's number to this one" in said
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (csv / "2026-W25-bridge.csv").is_file()
    assert b"To: m@we.test" in mail.read_bytes()


def test_programs_get_the_same_as_json(database: str) -> None:
    found = orjson.loads(typed("week", "--week", "2026-W24", "--db", database, "--json"))
    assert found["week"] == "2026-W24"
    assert found["bridge"]["ours"] == found["now"]["needs"]


def test_the_executive_view_opens_when_somebody_stands_up_for_it(database: str, tmp_path: Path) -> None:
    page = str(tmp_path / "page.html")
    with pytest.raises(Refused):
        typed("week", "--db", database, "--html", page, "--executive")
    with pytest.raises(NotThere):
        typed("verify", "town", "--by", "nobody", "--db", database)
    assert "town is verified by maria" in typed("verify", "town", "--by", "maria", "--db", database)
    typed("week", "--db", database, "--html", page, "--executive")
    assert "no longer verified" in typed("verify", "town", "--by", "maria", "--take-back", "--db", database)


def test_who_waits_is_told_in_a_few_lines(database: str) -> None:
    said = typed("live", "--db", database)
    assert "Oldest high-intent miss" in said
    assert orjson.loads(typed("live", "--db", database, "--json"))["waiting"] > 0


def test_waits_after_tasks_say_how_few_there_are(database: str) -> None:
    assert "n=0, too few" in typed("waits", "proposal follow-up", "--db", database)


def test_somebody_who_answers_for_queues_gets_the_page_by_mail_until_it_is_stopped(database: str) -> None:
    assert "maria gets the weekly page each Monday" in typed("mail", "maria", "--db", database)
    assert "no more" in typed("mail", "maria", "--stop", "--db", database)
    with pytest.raises(NotThere):
        typed("mail", "maria", "--stop", "--db", database)
    with pytest.raises(BadInput):
        typed("mail", "nobody", "--db", database)
