"""A test lead is sent through the real doors, its path is shown, and nothing of it stays."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from agent_runtime import db
from agent_runtime.doctor.fresh_lead import examine_fresh_leads
from agent_runtime.installation import Installation, open_installation
from agent_runtime.settings import Settings
from memory.records import User

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
TYPES = ("phone", "web", "after hours", "referral", "event")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = open_installation(Settings(data_dir=tmp_path))
    with made.engine.begin() as connection:
        connection.execute(insert(User), {"id": "anna", "name": "Anna Berg", "email": "a@x.example", "role": "rep"})
    return made


def rows(installation: Installation) -> dict[str, int]:
    with installation.engine.connect() as connection:
        return {
            table.name: int(connection.scalar(text(f"SELECT count(*) FROM {table.name}")) or 0) for table in db.tables()
        }


def test_each_type_of_lead_gets_all_four_at_once_and_nothing_stays(installation: Installation) -> None:
    before = rows(installation)
    *leads, verdict = examine_fresh_leads(installation, NOW)
    assert [x.name for x in leads] == [f"lead, {name}" for name in TYPES]
    assert all(x.ok for x in leads), [x.found for x in leads]
    assert verdict.found == "4 of 4 for every lead: a real system"
    assert rows(installation) == before


def test_a_rule_that_is_off_leaves_a_lead_with_nothing(installation: Installation) -> None:
    rules = installation.playbook.rules
    off = rules.model_copy(update={"lead_response": rules.lead_response.model_copy(update={"enabled": False})})
    playbook = installation.playbook.model_copy(update={"rules": off})
    made = Installation(installation.settings, installation.engine, installation.install_key, playbook)
    *_, verdict = examine_fresh_leads(made, NOW)
    assert (verdict.ok, verdict.found) == (False, "0 of 4 for every lead: nothing")
