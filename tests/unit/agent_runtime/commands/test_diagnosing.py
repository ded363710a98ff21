"""The commands of diagnosis and playbook as they are typed, on a generated company."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, Engine, insert, select
from typer.testing import CliRunner

from agent_runtime import jobs
from agent_runtime.cli import app
from agent_runtime.errors import BadInput, BadPlaybook, NotThere
from agent_runtime.ledger import service as ledger
from agent_runtime.permissions import agent_scope
from agent_runtime.playbook.load import PRESETS
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.view import AccountInfo, View
from memory import people, timeline
from memory.records import Account, Activity, User
from tests.corpus.home import company, take
from tests.corpus.sales import END, generate


def evaluated(connection: Connection, now: datetime) -> None:
    """Every account as a run would leave it."""
    ids = connection.scalars(select(Account.__table__.c.id))  # type: ignore[attr-defined]
    for account_id in list(ids):
        scope = agent_scope(account_id)
        row = people.account(connection, scope)
        assert row
        book = ledger.load(connection, account_id)
        evaluate(View(AccountInfo(*row), timeline.read(connection, scope), company(connection), now), book)
        ledger.save(connection, book)


def deal() -> Iterator[dict[str, Any]]:
    """A deal of the first account that was lost five weeks after it had been opened."""
    for number, stage in enumerate(("offer", "closed_lost")):
        at = END - timedelta(days=40 - 35 * number)
        yield {
            "id": f"act_deal{number}",
            "account_id": "a1",
            "source": "crm",
            "stream": "crm",
            "source_id": f"deal{number}",
            "content_hash": "h",
            "kind": "opportunity.stage",
            "occurred_at": at,
            "known_at": at,
            "opportunity_id": "d1",
            "caused_by": "person",
            "data": {"name": "Cold room", "stage": stage, "amount": 900},
        }


@pytest.fixture
def database(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    with sqlite_engine.begin() as connection:
        take(connection, generate(5))
        connection.execute(insert(Activity), list(deal()))
        evaluated(connection, END)
        jobs.set_checkpoint(connection, "replay", {"now": END.isoformat()})
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return str(tmp_path / "tenure.db")


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def told(*words: str) -> Any:
    return orjson.loads(run(*words, "--json"))


def test_a_story_is_told_at_the_time_at_which_the_replay_stands(database: str) -> None:
    found = told("story", "a1", "--db", database)
    assert datetime.fromisoformat(found["as_of"]) == END
    assert found["account_id"] == "a1"
    lines = [line for story in found["stories"] for line in story["lines"]]
    assert lines
    assert all(line["judgements"] for line in lines)
    assert {"due_at", "knowable_at", "seen_at", "acted_at"} <= set(lines[0])
    assert "due             knowable        seen            acted on" in run("story", "a1", "--db", database)


def test_one_deal_is_named_by_its_id_or_its_name(database: str) -> None:
    [one] = told("story", "a1", "d1", "--db", database)["stories"]
    assert (one["opportunity_id"], one["name"], one["standing"]) == ("d1", "Cold room", "lost")
    [named] = told("story", "a1", "COLD ROOM", "--db", database)["stories"]
    assert named == one
    assert one in told("story", "a1", "--db", database)["stories"]


def test_what_is_not_there_is_refused(database: str) -> None:
    with pytest.raises(NotThere):
        run("story", "nobody", "--db", database)
    with pytest.raises(NotThere):
        run("story", "a1", "no-such-deal", "--db", database)
    with pytest.raises(BadInput):
        run("reality", "--db", f"{database}.none")
    with pytest.raises(BadInput):
        run("playbook", "explain", "nonsense", "--db", database)
    with pytest.raises(BadPlaybook):
        run("playbook", "check", "nonsense")


def test_reality_and_drift_answer_in_json_and_in_words(database: str) -> None:
    audits = told("reality", "--db", database)["audits"]
    assert [x["name"] for x in audits][:5] == ["ownership", "next_step", "reminder", "stale_lead", "pipeline_reality"]
    assert all(len(x["rows"]) <= x["of"] for x in audits)
    assert "pipeline_reality:" in run("reality", "--db", database, "--rows", "0")
    drift = told("drift", "--db", database)
    assert set(drift) == {"at", "drift", "evenness", "hand_offs", "latencies", "tower"}
    assert len(drift["drift"]["weeks"]) == 12
    assert "Hand-offs" in run("drift", "--db", database)


def test_the_health_of_the_whole_names_no_user(database: str, sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        users = connection.execute(select(User.__table__.c.id, User.__table__.c.name)).all()  # type: ignore[attr-defined]
    shown = run("drift", "--db", database, "--json") + run("drift", "--db", database)
    assert users
    assert [name for row in users for name in row if f'"{name}"' in shown or f" {name} " in shown] == []


def test_a_playbook_is_checked_explained_learned_and_compared(database: str, tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    source = (PRESETS / "b2b_sales.toml").read_text(encoding="utf-8")
    ours.write_text(source.replace('window = "1 business day"', 'window = "1 business hour"', 1), encoding="utf-8")
    assert "valid" in run("playbook", "check", str(ours))
    assert told("playbook", "check", "one_person")["name"] == "One person"
    explained = told("playbook", "explain", "web lead Fri 17:50", "--db", database)
    assert (explained["rule"], explained["key"]) == ("lead_response", "web")
    assert "due    " in run("playbook", "explain", "web lead Fri 17:50", "--playbook", "one_person")
    suggested = told("playbook", "suggest", "--db", database)["suggestions"]
    assert all(x["suggested"] is None or x["n"] >= 10 for x in suggested)
    compared = told("playbook", "diff", str(ours), "--db", database)
    assert [x["place"] for x in compared["changes"]] == ["rules.answer_owed.window"]
    answer = [x for x in compared["rules"] if x["rule"] == "answer_owed"]
    assert all(x["after"] >= x["before"] for x in answer)


def test_diagnosing_changes_nothing(database: str, sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        before = list(connection.connection.iterdump())
    for words in (
        ("story", "a1"),
        ("reality",),
        ("drift",),
        ("playbook", "suggest"),
        ("playbook", "diff", "one_person"),
    ):
        run(*words, "--db", database)
    with sqlite_engine.connect() as connection:
        assert list(connection.connection.iterdump()) == before
