"""A rollout: first nothing reaches anybody and it is counted, then a pilot team, then everybody."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.audit.service import verify_all
from agent_runtime.inbox import observed
from agent_runtime.playbook import Playbook, load
from agent_runtime.playbook.models import Rollout
from tests.integration.firm import DAY, NOW, Firm, mail, world

OLD, FRESH = NOW - 100 * DAY, NOW - 3 * DAY
EMAILS = [
    mail("old", OLD, "inbound", "uli", "Could you send me the data sheet, please?"),
    mail("new", FRESH, "inbound", "kim", "Can you tell me what delivery would cost?"),
    mail("too", FRESH, "inbound", "pat", "Can you tell me what delivery would cost?") | {"to": ["tom@firm.test"]},
]


def _rolled(stage: str, teams: tuple[str, ...] = ()) -> Playbook:
    rollout = Rollout.model_validate({"stage": stage, "teams": teams})
    # Read anew: a copy of one whose fingerprint was asked for would keep that.
    return load("b2b_sales").model_copy(update={"rollout": rollout})


@pytest.fixture
def firm(sqlite_engine: Engine, tmp_path: Path) -> Firm:
    made = Firm(sqlite_engine, world(tmp_path / "world", EMAILS), playbook=_rolled("observe"))
    made.settle()
    return made


def test_while_it_observes_nothing_reaches_anybody_and_is_counted_once(firm: Firm) -> None:
    firm.settle()
    assert firm.items() == []
    assert firm.query("SELECT * FROM tenure_event WHERE kind LIKE 'item%'") == []
    assert firm.query("SELECT * FROM tenure_action") == []
    with firm.engine.connect() as connection:
        told = observed.would_have(connection, NOW - DAY)
        assert verify_all(connection) == []
    assert [(x.signal, x.items, x.accounts) for x in told] == [("answer_owed", 2, 2)]


def test_a_pilot_reaches_its_team_and_who_stands_above_it(firm: Firm) -> None:
    people = {"lea": _Person("sales", "mona"), "ida": _Person("service", "max")}
    assert observed.reached(_rolled("pilot", ("sales",)).rollout, people) == frozenset({"lea", "mona"})
    assert observed.reached(_rolled("all").rollout, people) is None


def test_when_it_reaches_everybody_what_still_waits_is_delivered_once(firm: Firm) -> None:
    firm.playbook = _rolled("all")
    firm.live = firm.worker("two")
    firm.pass_time(timedelta(minutes=1))
    shown = {(x.account_id, x.signal) for x in firm.items()}
    assert shown == {("acme", "answer_owed"), ("corn", "answer_owed"), ("bolt", "backlog")}
    firm.settle()
    assert len(firm.items()) == 3


class _Person:
    def __init__(self, team: str, manager_id: str) -> None:
        self.team: str | None = team
        self.manager_id: str | None = manager_id
