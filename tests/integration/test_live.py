"""A running installation: its first day, its mornings, several workers, and accounts that nobody asks for."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from agent_runtime.audit.service import verify_all
from agent_runtime.errors import BadSetting, NotThere
from agent_runtime.inbox import backlog
from agent_runtime.inbox.decide import Deciding
from agent_runtime.inbox.verbs import Outcome
from agent_runtime.installation import install_key
from agent_runtime.jobs import AccountLoop
from agent_runtime.loop import visits
from agent_runtime.playbook import load
from tests.integration.firm import DAY, KEY, NOW, Firm, mail, world

_VISITED_AT = AccountLoop.__table__.c.visited_at  # type: ignore[attr-defined]
OLD = NOW - 100 * DAY
FRESH = NOW - 3 * DAY
EMAILS = [
    mail("old", OLD, "inbound", "uli", "Could you send me the data sheet, please?"),
    mail("new", FRESH, "inbound", "kim", "Can you tell me what delivery would cost?"),
]
TALK = {"kind": "opportunity.stage", "stage": "talk", "amount": 9000, "currency": "EUR"}
STALE_DEAL = {"id": "d1", "at": (NOW - 150 * DAY).isoformat(), "account_id": "corn", "opportunity_id": "deal", **TALK}


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    made: Engine = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def firm(engine: Engine, tmp_path: Path) -> Firm:
    made = Firm(engine, world(tmp_path / "world", EMAILS, [STALE_DEAL | {"user_id": "tom"}]))
    made.settle()
    return made


def test_on_the_first_day_what_is_old_is_one_batch_and_what_is_new_an_item(firm: Firm) -> None:
    assert [(x.account_id, x.signal, x.owner_id) for x in firm.items()] == [
        ("acme", "answer_owed", "lea"),
        ("corn", "backlog", "mona"),
    ]
    with firm.engine.connect() as connection:
        (batch,) = backlog.batches(connection)
        rows = backlog.rows_of(connection, batch.id, "", 10)
        assert (batch.owner_id, batch.size, batch.waiting) == ("mona", len(rows), len(rows))
        assert ("bolt", "open_question") in [(x["account_id"], x["kind"]) for x in rows]
        assert verify_all(connection) == []
    assert batch.review_at > NOW


def test_a_judged_row_ends_with_its_reason_or_comes_to_life(firm: Firm) -> None:
    by = Deciding("mona", "api", firm.clock.now(), KEY, timedelta(0))
    lost = Outcome(verb="outcome", outcome="lost", reason="no_response")
    with firm.engine.begin() as connection:
        (batch,) = backlog.batches(connection)
        rows = {x["account_id"]: x["id"] for x in backlog.rows_of(connection, batch.id, "", 10)}
        with pytest.raises(NotThere):
            backlog.judge(connection, batch.id, ["int_of_nobody"], lost, by)
        assert backlog.judge(connection, batch.id, [rows["bolt"]], lost, by) == 1
        assert backlog.judge(connection, batch.id, [rows["bolt"]], lost, by) == 0
    firm.settle()
    (row,) = firm.query("SELECT state, outcome, reason FROM tenure_interaction WHERE id = :x", x=rows["bolt"])
    assert tuple(row) == ("ended", "lost", "no_response")
    with firm.engine.connect() as connection:
        assert verify_all(connection) == []


def test_the_review_is_done_when_nothing_is_left_to_judge(firm: Firm) -> None:
    by = Deciding("mona", "api", firm.clock.now(), KEY, timedelta(0))
    with firm.engine.begin() as connection:
        (batch,) = backlog.batches(connection)
        names = [x["id"] for x in backlog.rows_of(connection, batch.id, "", 10)]
        backlog.judge(connection, batch.id, names, None, by)
    firm.settle()
    assert "backlog" not in [x.signal for x in firm.items()]
    assert "bolt" in [x.account_id for x in firm.items()]


def test_each_morning_brings_in_some_of_the_backlog(firm: Firm) -> None:
    firm.pass_time(DAY)
    assert {"bolt", "corn"} <= {x.account_id for x in firm.items()}
    with firm.engine.connect() as connection:
        (batch,) = backlog.batches(connection)
    assert batch.waiting == 0


def test_two_workers_deliver_one_round(firm: Firm) -> None:
    other = firm.worker("two")
    firm.clock.move_to(NOW + DAY)
    firm.settle()
    before = firm.query("SELECT count(*) FROM tenure_item")
    firm.settle(other)
    assert firm.query("SELECT count(*) FROM tenure_item") == before
    matters = firm.query("SELECT interaction_id FROM tenure_item WHERE state = 'open'")
    assert len(matters) == len(set(matters))


def test_an_account_that_nobody_asks_for_is_looked_at_each_day(firm: Firm) -> None:
    for _ in range(3):
        firm.pass_time(DAY + timedelta(minutes=1))
        with firm.engine.connect() as connection:
            visited = list(connection.scalars(select(_VISITED_AT)))
        assert visited
        assert all(at is not None and at > firm.clock.now() - DAY for at in visited)


def test_another_playbook_gives_every_account_its_turn_at_once(firm: Firm) -> None:
    firm.pass_time(DAY)
    with firm.engine.begin() as connection:
        company = firm.company(connection)
        other = replace(company, playbook=load("one_person"))
        assert not visits.visit_all_under(connection, company)
        assert visits.visit_all_under(connection, other)
    assert visits.visit(firm.engine, other, firm.clock.now()) == 3
    assert visits.visit(firm.engine, other, firm.clock.now()) == 0


def test_three_days_without_a_worker_change_nothing_but_the_time(tmp_path: Path, engine: Engine) -> None:
    firm = Firm(engine, world(tmp_path / "world", EMAILS[1:]))
    firm.settle()
    firm.clock.move_to(NOW + 3 * DAY)
    firm.settle(firm.worker("after the outage"))
    breaches = firm.query("SELECT rule, due_at FROM tenure_breach")
    assert [x.rule for x in breaches] == ["answer_owed"]


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    key = install_key(tmp_path)
    assert install_key(tmp_path).get_secret_value() == key.get_secret_value()
    assert (tmp_path / "install.key").stat().st_mode & 0o077 == 0
    (tmp_path / "install.key").write_text("")
    with pytest.raises(BadSetting):
        install_key(tmp_path)
