"""A lead that nobody contacts, from its arrival to the manager: what the system does itself, step by step."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.ledger import service as ledger
from tests.integration.firm import DAY, NOW, Firm, mail, world
from tools.base import SourceRecord

HOUR = timedelta(hours=1)
LEAD = {"kind": "lead.created", "lead_id": "l1", "lead_type": "web", "status": "new", "contact_id": "kim"}
EMAILS = [
    mail("hello", NOW - 9 * DAY, "outbound", "uli", "Hello."),
    mail("asked", NOW - 2 * DAY, "inbound", "pat", "Can you tell me what delivery would cost?")
    | {"to": ["tom@firm.test"]},
]


@pytest.fixture
def firm(sqlite_engine: Engine, tmp_path: Path) -> Firm:
    made = Firm(sqlite_engine, world(tmp_path / "world", EMAILS))
    made.settle()
    made.take(SourceRecord("crm", "crm", "l1", made.clock.now(), made.clock.now(), "acme", fields=LEAD))
    made.settle()
    return made


def _lead(firm: Firm) -> tuple[str, str, str]:
    (row,) = firm.query("SELECT state, owner_id, next_action FROM tenure_interaction WHERE kind = 'lead_response'")
    return tuple(row)


def _days(firm: Firm, hours: int) -> None:
    """Ordinary hours in which the lead's contact is silent and nobody of ours does anything."""
    for _ in range(hours):
        firm.pass_time(HOUR)


def test_a_lead_that_nobody_contacts_is_reassigned_and_then_escalated_by_the_system_itself(firm: Firm) -> None:
    assert _lead(firm) == ("open", "lea", "contact_the_lead")
    _days(firm, 7)
    assert _lead(firm)[1] == "tom"
    _days(firm, 24)
    assert _lead(firm)[1] == "mona"
    done = firm.query(
        "SELECT a.kind, a.decided_by, a.state FROM tenure_action a JOIN tenure_interaction i ON i.id = a.interaction_id"
        " WHERE i.kind = 'lead_response' ORDER BY a.decided_at"
    )
    assert [tuple(x) for x in done][:2] == [
        ("reassign", "rule:reassign", "confirmed"), ("escalate", "rule:escalate", "confirmed"),
    ]  # fmt: skip


def test_what_is_left_lying_has_a_consequence_each_time(firm: Firm) -> None:
    _days(firm, 31)
    shown = firm.query(
        "SELECT step, owner_id, state FROM tenure_item WHERE signal = 'lead_response' ORDER BY delivered_at, step"
    )
    assert len({x.step for x in shown}) >= 2
    assert [x.state for x in shown][:-1] == ["expired"] * (len(shown) - 1)


def test_every_next_action_came_without_anybody_asking(firm: Firm) -> None:
    _days(firm, 31)
    assert firm.query("SELECT * FROM tenure_decision") == []
    items = firm.query("SELECT action FROM tenure_item WHERE interaction_id <> ''")
    assert items
    assert firm.query("SELECT * FROM tenure_interaction WHERE state = 'open' AND next_action = ''") == []


def test_what_is_shown_and_what_is_resolved_are_the_same_interactions(firm: Firm) -> None:
    _days(firm, 31)
    shown = {x.interaction_id for x in firm.query("SELECT interaction_id FROM tenure_item WHERE interaction_id <> ''")}
    missed = {x.interaction_id for x in firm.query("SELECT interaction_id FROM tenure_breach")}
    states = {x.id: x.state for x in firm.query("SELECT id, state FROM tenure_interaction")}
    assert shown
    assert shown <= missed <= set(states)
    with firm.engine.connect() as connection:
        counted = ledger.counts(connection)
    assert (counted["begun"], counted["missing"]) == (len(states), 0)
