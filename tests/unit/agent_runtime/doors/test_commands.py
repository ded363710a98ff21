"""`tenure webhooks` and `tenure hooks` on an installation: what an operator adds, sees and mends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine

from agent_runtime import db, events
from agent_runtime.audit import service as audit
from agent_runtime.doors.hooks import command as hooks
from agent_runtime.doors.hooks import service as came
from agent_runtime.doors.webhooks import command as webhooks
from agent_runtime.doors.webhooks import service
from agent_runtime.errors import BadInput, NotThere
from agent_runtime.http.signatures import Signed
from agent_runtime.migrations.upgrade import upgrade
from tests.unit.agent_runtime.app.office import NOW


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An installation that the settings name, with one hook."""
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("TENURE_HOOKS", '{"website": {"secret": "env:X", "stream": "forms"}}')
    monkeypatch.setenv("COLUMNS", "200")
    made = db.make_engine(f"sqlite:///{tmp_path / 'tenure.db'}")
    upgrade(made)
    db.create_schema(made)
    yield made
    made.dispose()


def _said(capsys: pytest.CaptureFixture[str]) -> Any:
    return orjson.loads(capsys.readouterr().out)


def test_an_operator_adds_a_receiver_and_follows_what_it_is_told(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    webhooks.add_command("https://ops.example/x?key=k", ["item.*"], "Ops", as_json=True)
    made = _said(capsys)
    assert made["secret"].startswith("whsec_")
    with engine.begin() as connection:
        events.publish(connection, "item.approve", "acc", "item-1", NOW)
        service.spread(connection, made["id"], NOW)
    webhooks.list_command(as_json=True)
    (line,) = _said(capsys)
    assert (line["host"], line["waiting"], line["label"]) == ("ops.example", 1, "Ops")
    webhooks.log_command(made["id"], "pending", 10, as_json=True)
    (told,) = _said(capsys)
    assert (told["kind"], told["state"]) == ("item.approve", "pending")
    webhooks.log_command(made["id"], None, 10, as_json=False)
    assert "item.approve" in capsys.readouterr().out
    webhooks.redeliver_command(made["id"], told["id"])
    webhooks.rotate_command(made["id"], as_json=True)
    webhooks.resume_command(made["id"])
    webhooks.remove_command(made["id"])
    capsys.readouterr()
    webhooks.list_command(as_json=True)
    assert _said(capsys) == []
    with engine.connect() as connection:
        assert audit.verify_all(connection) == []


def test_what_an_operator_gets_wrong_is_told(engine: Engine) -> None:
    for url in ("http://ops.example/", "nowhere"):
        with pytest.raises(BadInput):
            webhooks.add_command(url, ["*"], "", as_json=False)
    with pytest.raises(BadInput):
        webhooks.add_command("https://ops.example/", ["Item Delivered"], "", as_json=False)
    with pytest.raises(BadInput):
        webhooks.log_command("wh_none", "lost", 10, as_json=False)
    for change in (webhooks.remove_command, webhooks.resume_command):
        with pytest.raises(NotThere):
            change("wh_none")
    with pytest.raises(NotThere):
        hooks.retry_command("nothing")


def test_what_could_not_be_read_is_listed_and_read_again(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with engine.begin() as connection:
        came.keep(connection, "website", Signed("m1", NOW), b"no", NOW)
        key = came.next_waiting(connection) or ""
        came.reject(connection, key, "not readable as JSON")
    hooks.rejected_command(as_json=True)
    (line,) = _said(capsys)
    assert (line["hook"], line["message_id"], line["reason"]) == ("website", "m1", "not readable as JSON")
    hooks.list_command(as_json=True)
    assert _said(capsys) == [
        {"hook": "website", "path": "/hooks/website", "stream": "forms", "waiting": 0, "taken": 0, "rejected": 1}
    ]
    hooks.retry_command("website")
    capsys.readouterr()
    hooks.list_command(as_json=True)
    assert _said(capsys)[0]["waiting"] == 1
