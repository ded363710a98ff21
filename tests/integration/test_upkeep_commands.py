"""The commands that keep an installation up, as a person types them: what they say, and with which exit code."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from agent_runtime import db
from agent_runtime.cli import app
from agent_runtime.errors import TenureError
from agent_runtime.installation import install_key
from agent_runtime.migrations.tables import metadata
from tests.integration.begun import begin_and_end

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on an installation with one account of Lea's; gives what it printed as JSON."""
    monkeypatch.setenv("TENURE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TENURE_ANCHOR_FILE", str(tmp_path / "anchors"))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, exit_code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*words, "--json"])
        if isinstance(result.exception, TenureError):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return orjson.loads(result.stdout)

    run("db", "upgrade")
    engine = db.make_engine(f"sqlite:///{tmp_path / 'data' / 'tenure.db'}")
    begin_and_end(engine, install_key(tmp_path / "data"))
    with engine.begin() as connection:
        tables = metadata().tables
        connection.execute(insert(tables["tenure_user"]), [{"id": "lea", "name": "Lea"}, {"id": "tom", "name": "Tom"}])
        connection.execute(insert(tables["tenure_account"]), {"id": "acme", "name": "Acme", "owner_id": "lea"})
    engine.dispose()
    return run


def test_an_upgrade_says_where_the_database_stood(run: Run) -> None:
    assert run("db", "upgrade")["found"] == "0001"


def test_a_backup_restores_into_another_database(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("audit", "anchor")
    written = run("backup", str(tmp_path / "backup.zip"))
    monkeypatch.setenv("TENURE_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert run("restore", str(tmp_path / "backup.zip")) == written
    assert run("audit", "verify", "--anchor", str(tmp_path / "anchors")) == []
    with pytest.raises(TenureError, match="not empty"):
        run("restore", str(tmp_path / "backup.zip"))


def test_an_older_backup_shows_against_the_anchor(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("backup", str(tmp_path / "backup.zip"))
    run("transfer", "--from", "lea", "--to", "tom", "--yes")
    run("audit", "anchor")
    assert run("audit", "verify", "--anchor", str(tmp_path / "anchors")) == []
    monkeypatch.setenv("TENURE_DATABASE_URL", f"sqlite:///{tmp_path / 'older.db'}")
    run("restore", str(tmp_path / "backup.zip"))
    (broken,) = run("audit", "verify", "--anchor", str(tmp_path / "anchors"), exit_code=1)
    assert (broken["account_id"], broken["seq"], broken["kind"]) == ("acme", 4, "truncated")


def test_a_transfer_lists_first_and_moves_when_told(run: Run) -> None:
    listed = run("transfer", "--from", "lea", "--to", "tom", "--where", "name=acme")
    assert [each["id"] for each in listed["would_move"]] == ["acme"]
    assert run("transfer", "--from", "lea", "--to", "tom", "--where", "name=beta", "--yes")["moved"] == []
    assert run("transfer", "--from", "lea", "--to", "tom", "--yes")["moved"] == ["acme"]
    assert run("transfer", "--from", "lea", "--to", "tom")["would_move"] == []


def test_the_doctor_says_what_is_needed_by_its_exit_code(run: Run, tmp_path: Path) -> None:
    run("audit", "anchor")
    assert all(finding["ok"] for finding in run("doctor") if finding["needed"])
    (tmp_path / "data" / "install.key").chmod(0o644)
    assert [x["name"] for x in run("doctor", exit_code=1) if not x["ok"] and x["needed"]] == ["install key"]


def test_without_a_receiver_nothing_is_forwarded(run: Run) -> None:
    with pytest.raises(TenureError, match="No receiver"):
        run("audit", "forward")


def test_the_audit_goes_to_this_machines_log(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        monkeypatch.setenv("TENURE_AUDIT_SINK", f"syslog+unix:{tmp_path / 'log'}")
        assert run("audit", "forward") == {"forwarded": 3}
        assert run("audit", "forward") == {"forwarded": 0}
