"""The tour begins with what shows most: a promise that was said, ready to be sent; without a demo it says so."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from agent_runtime.demo.tour import moments, print_tour, the_promise
from agent_runtime.errors import BadInput
from agent_runtime.inbox import service as inbox
from agent_runtime.installation import About, company_of
from agent_runtime.playbook import load
from memory import timeline
from memory.records import Account
from memory.timeline import NewActivity
from tests.unit.agent_runtime.actions.prepared import item, mail

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def said(name: str, kind: str) -> NewActivity:
    return NewActivity(
        source="any", stream="any", source_id=name, account_id="A", kind=kind, direction="outbound",
        occurred_at=NOW, known_at=NOW, text="I will send you the drawing by Friday.",
    )  # fmt: skip


def put(engine: Engine, name: str, signal: str, source: str, kind: str = "send_email", **more: Any) -> None:
    """An open item `name` about something that was said in a `source` of that kind."""
    with engine.begin() as connection:
        [added] = timeline.add(connection, [said(name, source)])
        evidence = [{"activity_id": added.activity_id, "at": NOW.isoformat(), "quote": "by Friday"}]
        told = {"expectation_id": f"e-{name}", "interaction_id": f"i-{name}", "opportunity_id": None}
        row = item(name, signal=signal, action=mail(kind=kind), evidence=evidence, **(told | more))
        inbox.deliver(connection, row)


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    with sqlite_engine.begin() as connection:
        connection.execute(insert(Account), {"id": "A", "name": "A", "provisional": False, "custom": {}})
    return sqlite_engine


def test_a_spoken_promise_that_is_ready_to_be_sent_comes_first(engine: Engine) -> None:
    put(engine, "question", "answer_owed", "email", priority=9.0)
    put(engine, "inside", "promise_due", "call", "escalate", priority=9.0)
    put(engine, "written", "promise_due", "email", priority=9.0)
    put(engine, "spoken", "promise_due", "call", priority=1.0)
    put(engine, "less", "promise_due", "call", priority=0.5)
    with engine.connect() as connection:
        found = the_promise(connection)
    assert found is not None
    assert found.id == "spoken"


def test_without_a_promise_it_begins_with_another_item(engine: Engine) -> None:
    put(engine, "question", "answer_owed", "email")
    with engine.connect() as connection:
        found = the_promise(connection)
    assert found is not None
    assert found.id == "question"


def test_a_company_in_which_nothing_waits_has_five_moments_as_well(engine: Engine) -> None:
    with engine.connect() as connection:
        company = company_of(connection, About(timezone="Europe/Berlin"), load("b2b_sales"), NOW.year)
        found = moments(connection, company, NOW)
    assert [x.path for x in found] == ["/inbox", "/demo/twins", "/handover", "/accounts", None]


def test_where_there_is_no_demo_it_says_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no demo") as refused:
        print_tour(folder=tmp_path, port=8321, as_json=False)
    assert "make demo" in str(refused.value)
