"""A new lead gets a receipt at once where the playbook switches it on; what is owed to it stays owed."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime.actions import service as actions
from agent_runtime.actions.activity import activity_of
from agent_runtime.playbook import default
from tests.integration.firm import NOW, Firm, mail, world
from tools.base import SourceRecord

LEAD = {"kind": "lead.created", "lead_id": "l1", "lead_type": "web", "status": "new", "contact_id": "kim"}


def _firm(engine: Engine, folder: Path, autonomy: str) -> Firm:
    allowed = default().autonomy.model_copy(update={"acknowledgement": autonomy})
    playbook = default().model_copy(update={"autonomy": allowed})
    firm = Firm(engine, world(folder, [mail("hello", NOW - timedelta(days=9), "outbound", "uli", "Hello.")]),
                playbook=playbook)  # fmt: skip
    firm.settle()
    return firm


def _lead(firm: Firm, name: str, age: timedelta = timedelta(0)) -> None:
    at = firm.clock.now() - age
    fields = LEAD | {"lead_id": name}
    firm.take(SourceRecord("crm", "crm", name, at, at, "acme", fields=fields))
    firm.settle()


@pytest.mark.parametrize("autonomy", ["never", "approve"])
def test_without_a_word_of_the_playbook_nothing_goes_out(sqlite_engine: Engine, tmp_path: Path, autonomy: str) -> None:
    firm = _firm(sqlite_engine, tmp_path / "world", autonomy)
    _lead(firm, "l1")
    assert firm.query("SELECT * FROM tenure_action") == []


def test_the_receipt_goes_out_once_at_once_and_meets_nothing(sqlite_engine: Engine, tmp_path: Path) -> None:
    firm = _firm(sqlite_engine, tmp_path / "world", "auto")
    _lead(firm, "l1")
    (row,) = firm.query("SELECT id, kind, decided_by FROM tenure_action")
    assert (row.kind, row.decided_by) == ("send_email", "rule:acknowledgement")
    with firm.engine.connect() as connection:
        action = actions.read(connection, row.id)
    assert action.content["to"] == ["kim@acme.test"]
    sent = activity_of(action, firm.clock.now())
    assert (sent.caused_by, sent.data["auto"]) == ("rule", True)
    (owed,) = firm.query("SELECT state, rule FROM tenure_expectation WHERE rule = 'lead_response'")
    assert owed.state == "waiting"
    firm.settle()
    assert len(firm.query("SELECT id FROM tenure_action")) == 1


def test_what_an_import_tells_of_long_ago_gets_none(sqlite_engine: Engine, tmp_path: Path) -> None:
    firm = _firm(sqlite_engine, tmp_path / "world", "auto")
    _lead(firm, "l1", age=timedelta(hours=2))
    assert firm.query("SELECT * FROM tenure_action") == []
