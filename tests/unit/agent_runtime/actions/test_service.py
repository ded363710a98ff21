"""Actions are decided once, claimed once, recorded once; and come back on the timeline."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from agent_runtime import jobs
from agent_runtime.actions import service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.models import ActionState
from agent_runtime.errors import Refused
from agent_runtime.permissions import agent_scope
from memory import timeline
from tests.unit.agent_runtime.actions.prepared import NOW, mail


def _decide(connection: Connection, effect_key: str = "it_1:1", kind: str = "send_email") -> ActionRow:
    return service.decide(
        connection, mail(kind=kind), account_id="A", effect_key=effect_key, decided_by="u1", now=NOW
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["sqlite_engine", "postgres_engine"])
def test_one_effect_is_decided_once(request: pytest.FixtureRequest, kind: str) -> None:
    engine: Engine = request.getfixturevalue(kind)
    with engine.begin() as connection:
        _decide(connection)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        _decide(connection)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM tenure_action")) == 1
        with pytest.raises(IntegrityError):
            connection.execute(text("INSERT INTO tenure_action SELECT * FROM tenure_action"))


def test_a_claim_takes_what_is_due_once(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        action = _decide(connection)
        assert service.claim(connection, NOW - timedelta(seconds=1)) == []
        (claimed,) = service.claim(connection, NOW)
        assert (claimed.id, claimed.content, claimed.state) == (action.id, action.content, "claimed")
        assert service.claim(connection, NOW) == []
        assert service.left_claimed(connection) == [claimed]


def test_what_is_executed_inside_is_never_claimed(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        service.decide(
            connection, mail(kind="reassign"), account_id="A", effect_key="k", decided_by="rule:reassign", now=NOW,
            state=ActionState.CONFIRMED,
        )  # fmt: skip
        assert service.claim(connection, NOW) == []


def test_a_result_is_an_activity_and_wakes_the_account(sqlite_engine: Engine) -> None:
    later = NOW + timedelta(minutes=5)
    with sqlite_engine.begin() as connection:
        _decide(connection)
        (claimed,) = service.claim(connection, NOW)
        name = service.record_result(connection, claimed, {"file": "x.eml"}, later)
        (event,) = timeline.read(connection, agent_scope("A"))
        assert (event.id, event.kind, event.direction, event.caused_by) == (name, "email", "outbound", "person")
        assert (event.occurred_at, event.contact_id, event.opportunity_id) == (later, "c1", "opp")
        assert event.data["thread"] == "<q@them.test>"
        assert jobs.woken(connection) == ["A"]
        assert connection.scalar(text("SELECT activity_id FROM tenure_letter")) == name


def test_a_result_is_recorded_once_and_only_of_what_was_claimed(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        action = _decide(connection)
        with pytest.raises(Refused):
            service.record_result(connection, action, {}, NOW)
        (claimed,) = service.claim(connection, NOW)
        service.record_result(connection, claimed, {}, NOW)
        with pytest.raises(Refused):
            service.record_result(connection, claimed, {}, NOW)
        assert len(timeline.read(connection, agent_scope("A"))) == 1


def test_a_card_given_to_a_person_is_no_contact(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        _decide(connection, kind="call_card")
        (claimed,) = service.claim(connection, NOW)
        service.record_result(connection, claimed, {}, NOW)
        (event,) = timeline.read(connection, agent_scope("A"))
        assert (event.kind, event.direction) == ("action.call_card", "internal")
