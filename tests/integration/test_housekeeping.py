"""What an installation does for itself: the feed stays short, the audit is anchored, and one worker does it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from agent_runtime import events
from agent_runtime.audit.anchor import read_anchors
from agent_runtime.housekeeping import FEED_KEPT, Housekeeping
from agent_runtime.installation import Installation
from agent_runtime.playbook import default
from agent_runtime.settings import Settings
from tests.integration.firm import DAY, KEY, NOW, Firm, mail, world


@pytest.fixture
def installation(sqlite_engine: Engine, tmp_path: Path) -> Installation:
    asked = mail("new", NOW - 3 * DAY, "inbound", "kim", "Can you tell me what delivery would cost?")
    Firm(sqlite_engine, world(tmp_path / "world", [asked])).settle()
    settings = Settings(data_dir=tmp_path, anchor_file=tmp_path / "elsewhere" / "anchor.jsonl")
    (tmp_path / "elsewhere").mkdir()
    return Installation(settings, sqlite_engine, KEY, default())


def anchors(installation: Installation) -> int:
    file = installation.settings.anchor_file
    assert file
    return len(read_anchors(file, install_key=KEY)) if file.exists() else 0


def test_the_audit_is_anchored_once_an_hour_by_one_of_the_workers(installation: Installation) -> None:
    one, two = Housekeeping(installation, "one"), Housekeeping(installation, "two")
    for _ in range(3):
        one.step(NOW)
        two.step(NOW)
    assert anchors(installation) == 1
    one.step(NOW + timedelta(hours=1))
    assert anchors(installation) == 2


def test_another_worker_goes_on_where_one_died(installation: Installation) -> None:
    Housekeeping(installation, "one").step(NOW)
    two = Housekeeping(installation, "two")
    two.step(NOW + timedelta(minutes=2))
    assert anchors(installation) == 2


def test_the_feed_forgets_what_is_old(installation: Installation) -> None:
    with installation.engine.begin() as connection:
        events.publish(connection, "old", "acme", "x", NOW - FEED_KEPT - DAY)
        events.publish(connection, "new", "acme", "x", NOW)
    Housekeeping(installation, "one").step(NOW)
    with installation.engine.connect() as connection:
        kinds = set(connection.execute(text("SELECT kind FROM tenure_event")).scalars())
    assert "new" in kinds
    assert "old" not in kinds
