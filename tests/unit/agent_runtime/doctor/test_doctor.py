"""The doctor on installations that are well and on ones that are not: each trouble is found, with its fix."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from agent_runtime import db
from agent_runtime.audit.anchor import write_anchor
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.audit.service import append
from agent_runtime.doctor import machine
from agent_runtime.doctor.finding import Finding
from agent_runtime.doctor.installed import examine_database
from agent_runtime.doctor.machine import examine_machine
from agent_runtime.installation import install_key
from agent_runtime.migrations.tables import metadata
from agent_runtime.migrations.upgrade import upgrade
from agent_runtime.settings import Settings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TABLES = metadata().tables


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation that lacks nothing: an account, its owner with a profile, a worker, sight, an anchor."""
    settings = Settings(data_dir=tmp_path / "data", anchor_file=tmp_path / "anchors")
    settings.data_dir.mkdir()
    engine = db.make_engine(settings.database_url)
    upgrade(engine)
    key = install_key(settings.data_dir)
    sender = {"user_id": "lea", "name": "Lea", "address": "lea@us.example", "server": "office", "set_by": "ann"}
    sight = {"source": "email", "holder": "lea", "visible_from": NOON, "visible_until": NOON, "known_at": NOON}
    with engine.begin() as connection:
        connection.execute(insert(TABLES["tenure_user"]), {"id": "lea", "name": "Lea"})
        connection.execute(insert(TABLES["tenure_account"]), {"id": "acme", "name": "Acme", "owner_id": "lea"})
        connection.execute(insert(TABLES["tenure_sender"]), sender | {"set_at": NOON})
        connection.execute(insert(TABLES["tenure_coverage"]), sight)
        worker = {"executor_id": "one", "started_at": NOON, "heartbeat": NOON}
        connection.execute(insert(TABLES["tenure_worker"]), worker)
        append(connection, "acme", [Entry(NOON, ActorKind.AGENT, "agent", "x", "y")], install_key=key)
        write_anchor(connection, tmp_path / "anchors", install_key=key, now=NOON)
    engine.dispose()
    return settings


def looked_at(settings: Settings, now: datetime = NOON) -> dict[str, Finding]:
    """The findings about the database, by name."""
    return {finding.name: finding for finding in examine_database(settings, now)}


def test_an_installation_that_is_well_has_a_tick_everywhere(settings: Settings) -> None:
    found = looked_at(settings)
    assert [finding for finding in found.values() if not finding.ok] == []
    assert list(found) == [
        "database", "tables", "guards of ledger and audit", "audit chains", "install key", "audit anchor", "workers",
        "accounts",
        "senders", "sight", "connected systems", "calls of vendors",
    ]  # fmt: skip


def test_time_alone_makes_advice_but_no_trouble(settings: Settings) -> None:
    found = looked_at(settings, NOON + timedelta(days=2))
    assert [name for name, finding in found.items() if not finding.ok] == ["audit anchor", "workers", "sight"]
    assert not any(finding.needed for finding in found.values() if not finding.ok)
    assert "email lea" in found["sight"].found


def _execute(*statements: str) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        engine: Engine = db.make_engine(settings.database_url)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    return change


def _open_key(settings: Settings) -> None:
    (settings.data_dir / "install.key").chmod(0o644)


def _lose_key(settings: Settings) -> None:
    (settings.data_dir / "install.key").unlink()


def _garble_anchor(settings: Settings) -> None:
    assert settings.anchor_file
    settings.anchor_file.write_text("{}\n")


@pytest.mark.parametrize(
    ("change", "name", "fix"),
    [
        (_execute("UPDATE tenure_revision SET version_num = '0000'"), "tables", "tenure db upgrade"),
        (_execute("DROP TRIGGER tenure_audit_entry_no_delete", "DROP TRIGGER tenure_audit_entry_no_update",
                  "DROP TRIGGER tenure_audit_entry_no_replace"), "guards of ledger and audit", "backup"),
        (_execute("DROP TRIGGER tenure_audit_entry_no_update", "UPDATE tenure_audit_entry SET event = 'z'"),
         "audit chains", "backup"),
        (_execute("DROP TRIGGER tenure_audit_entry_no_delete", "DROP TRIGGER tenure_audit_head_no_delete",
                  "DELETE FROM tenure_audit_entry", "DELETE FROM tenure_audit_head"), "audit anchor", "changed"),
        (_garble_anchor, "audit anchor", "copy"),
        (_open_key, "install key", "chmod 600"),
        (_lose_key, "install key", "Put"),
        (_execute("DELETE FROM tenure_sender"), "senders", "sender profile"),
        (_execute("DELETE FROM tenure_worker"), "workers", "tenure work"),
    ],
)  # fmt: skip
def test_each_trouble_is_found_with_its_fix(
    settings: Settings, change: Callable[[Settings], None], name: str, fix: str
) -> None:
    change(settings)
    finding = looked_at(settings)[name]
    assert not finding.ok
    assert fix in finding.fix


def test_an_empty_database_is_no_trouble(tmp_path: Path) -> None:
    found = looked_at(Settings(data_dir=tmp_path))
    assert {name: finding.ok for name, finding in found.items()} == {"database": True, "tables": True}


def test_a_database_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    (finding,) = looked_at(Settings(database_url=f"sqlite:///{tmp_path}/none/none.db")).values()
    assert not finding.ok
    assert "\n" not in finding.found


def test_postgres_is_asked_for_its_time(postgres_engine: Engine, tmp_path: Path) -> None:
    upgrade(postgres_engine)
    url = postgres_engine.url.render_as_string(hide_password=False)
    found = looked_at(Settings(data_dir=tmp_path, database_url=url))
    assert not found["clock"].ok
    assert found["database"].ok
    assert found["guards of ledger and audit"].ok


def test_the_machine_is_looked_at(tmp_path: Path) -> None:
    found = {finding.name: finding for finding in examine_machine(Settings(data_dir=tmp_path, playbook="none"))}
    assert [name for name, finding in found.items() if not finding.ok and finding.needed] == ["playbook"]
    assert "data_dir from given" in found["settings"].found


def test_a_port_that_is_taken_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(machine, "PORT", taken.getsockname()[1])
        found = {finding.name: finding for finding in examine_machine(Settings(data_dir=tmp_path))}
    assert not found["port"].ok
    assert not found["port"].needed
