"""A replay that stands still says so, and names who holds it up."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from agent_runtime import db
from agent_runtime.replay import Replay, ReplayOptions
from agent_runtime.replay.engine import StuckReplay

HEAD = 'start = 2026-01-05T00:00:00Z\nend = 2026-02-05T00:00:00Z\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
LEAD = '{"id": "1", "at": "2026-01-05T10:00:00Z", "account_id": "a1", "kind": "lead.created", "lead_id": "l1"}\n'


def test_a_moment_that_repeats_for_ever_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "world.toml").write_text(HEAD)
    (folder / "accounts.csv").write_text("id,name\na1,Acme\n")
    (folder / "crm.jsonl").write_text(LEAD)
    Replay(folder, options(tmp_path, datetime.fromisoformat("2026-01-06T00:00:00+00:00"))).run()
    engine = db.make_engine(f"sqlite:///{tmp_path / 'replay.db'}")
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER stand_still AFTER UPDATE ON tenure_expectation WHEN NEW.look_at > OLD.look_at"
                " BEGIN UPDATE tenure_expectation SET look_at = OLD.look_at WHERE id = OLD.id; END"
            )
        )
    engine.dispose()
    with pytest.raises(StuckReplay, match="account a1 is due again and again"):
        Replay(folder, options(tmp_path, None, resume=True)).run()


def options(folder: Path, until: datetime | None, *, resume: bool = False) -> ReplayOptions:
    return ReplayOptions(folder / "out", until=until, database=folder / "replay.db", resume=resume)
