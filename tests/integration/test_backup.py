"""Backup and restore: out of either database into either, whole and verified, or not at all."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, insert, select, text

from agent_runtime import db
from agent_runtime.actions import service as actions
from agent_runtime.actions.models import ActionState
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.audit.service import append, verify_all
from agent_runtime.backup.lines import read_lines
from agent_runtime.backup.restore import restore_backup
from agent_runtime.backup.write import MANIFEST, NOT_KEPT, kept_tables, write_backup
from agent_runtime.errors import AuditBroken, BadInput, Refused
from agent_runtime.jobs import post
from agent_runtime.migrations.tables import metadata
from agent_runtime.migrations.upgrade import upgrade
from tests.integration.begun import NOON, begin_and_end

KEY = SecretStr("a key of this test")
LATER = NOON + timedelta(hours=1)
DATABASES = ["sqlite", "postgresql"]


def _empty(request: pytest.FixtureRequest, dialect: str, name: str) -> Engine:
    if dialect == "sqlite":
        return db.make_engine(f"sqlite:///{request.getfixturevalue('tmp_path') / name}")
    engine: Engine = request.getfixturevalue("postgres_engine")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    return engine


@pytest.fixture(params=DATABASES)
def target(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database without any table."""
    engine = _empty(request, request.param, "target.db")
    yield engine
    engine.dispose()


def fill(engine: Engine) -> None:
    """Ledger, audit, directory, mailbox and outbox."""
    begin_and_end(engine, KEY)
    tables = metadata().tables
    account = {"id": "acme", "name": "Ümlaut \u2028 & Söhne", "renewal_date": NOON.date(), "provisional": True}
    with engine.begin() as connection:
        values = account | {"arr": 0.1 + 0.2, "custom": {"ß": [1, 2.5, None, True], "a": {}}}
        connection.execute(insert(tables["tenure_account"]), values)
        post(connection, [("acme", "mail-1"), ("acme", "mail-2")])
        for key, state, at in (("a", "PENDING", NOON), ("b", "PENDING", LATER), ("c", "CONFIRMED", NOON)):
            action = {"kind": "send_email", "connector": "file", "to": ["a@b.example"], "body": "Hello"}
            actions.decide(
                connection, action, account_id="acme", effect_key=key, decided_by="lea", now=NOON,
                execute_at=at, state=ActionState[state],
            )  # fmt: skip


def contents(engine: Engine) -> dict[str, list[bytes]]:
    """Every line of every table that a backup keeps."""
    with engine.connect() as connection:
        return {table.name: list(read_lines(connection, table)) for table in kept_tables()}


def rewrite(file: Path, member: str, old: bytes, new: bytes) -> None:
    """Changes one member of a backup."""
    with ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    with ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("into", DATABASES)
@pytest.mark.parametrize("out_of", DATABASES)
def test_everything_comes_back_in_either_database(
    request: pytest.FixtureRequest, tmp_path: Path, out_of: str, into: str
) -> None:
    source, file = _empty(request, out_of, "source.db"), tmp_path / "backup.zip"
    upgrade(source)
    fill(source)
    before, manifest = contents(source), write_backup(source, file, NOON)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert manifest.rows == {name: len(lines) for name, lines in before.items()}
    target = _empty(request, into, "target.db")
    assert restore_backup(target, file, install_key=KEY, now=NOON - timedelta(days=1)) == manifest
    assert contents(target) == before
    for engine in (source, target):
        engine.dispose()


def test_the_restored_database_goes_on(sqlite_source: Engine, target: Engine, tmp_path: Path) -> None:
    write_backup(sqlite_source, tmp_path / "backup.zip", NOON)
    restore_backup(target, tmp_path / "backup.zip", install_key=KEY, now=NOON)
    with target.begin() as connection:
        post(connection, [("acme", "mail-3")])
        entry = Entry(NOON, ActorKind.USER, "lea", "item.approved", "item-1")
        append(connection, "acme", [entry], install_key=KEY)
        assert connection.scalar(text("SELECT max(id) FROM tenure_letter")) == 3
        assert verify_all(connection) == []


@pytest.fixture
def sqlite_source(tmp_path: Path) -> Iterator[Engine]:
    """The filled database, on SQLite."""
    engine = db.make_engine(f"sqlite:///{tmp_path / 'source.db'}")
    upgrade(engine)
    fill(engine)
    yield engine
    engine.dispose()


def test_what_may_have_been_done_since_is_looked_for_first(
    sqlite_source: Engine, target: Engine, tmp_path: Path
) -> None:
    write_backup(sqlite_source, tmp_path / "backup.zip", NOON)
    restore_backup(target, tmp_path / "backup.zip", install_key=KEY, now=NOON)
    action = metadata().tables["tenure_action"]
    with target.connect() as connection:
        states = {key: state for key, state in connection.execute(select(action.c.effect_key, action.c.state))}
        told = connection.scalar(text("SELECT count(*) FROM tenure_audit_entry WHERE event = 'action.unknown'"))
        assert verify_all(connection) == []
    assert (states, told) == ({"a": "unknown", "b": "pending", "c": "confirmed"}, 1)


def test_a_restore_needs_an_empty_database(sqlite_source: Engine, tmp_path: Path) -> None:
    write_backup(sqlite_source, tmp_path / "backup.zip", NOON)
    before = contents(sqlite_source)
    with pytest.raises(Refused, match="not empty"):
        restore_backup(sqlite_source, tmp_path / "backup.zip", install_key=KEY, now=NOON)
    assert contents(sqlite_source) == before


def test_a_backup_never_overwrites_and_a_failed_one_leaves_no_file(sqlite_source: Engine, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("mine")
    with pytest.raises(BadInput, match="already"):
        write_backup(sqlite_source, file, NOON)
    with sqlite_source.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tenure_revision")
    with pytest.raises(Refused, match="not of this version"):
        write_backup(sqlite_source, tmp_path / "other.zip", NOON)
    assert file.read_text() == "mine"
    assert not list(tmp_path.glob("other.zip*"))


@pytest.mark.parametrize(
    ("member", "old", "new", "error"),
    [
        ("tenure_audit_entry.jsonl", b"interaction.begun", b"interaction.other", AuditBroken),
        ("tenure_letter.jsonl", b"mail-2", b'mail"2', BadInput),
        ("tenure_account.jsonl", b'"name"', b'"title"', BadInput),
        ("tenure_expectation.jsonl", b'"interaction_id":"two"', b'"interaction_id":"six"', BadInput),
        ("tenure_interaction.jsonl", b'"owner_id":"lea",', b"", BadInput),
        (MANIFEST, b'"tenure_letter": 2', b'"tenure_letter": 3', BadInput),
        (MANIFEST, b'"revision": "', b'"revision": "9', Refused),
    ],
)
def test_a_backup_that_was_changed_restores_nothing(
    sqlite_source: Engine, target: Engine, tmp_path: Path, member: str, old: bytes, new: bytes, error: type[Exception]
) -> None:
    file = tmp_path / "backup.zip"
    write_backup(sqlite_source, file, NOON)
    rewrite(file, member, old, new)
    with pytest.raises(error):
        restore_backup(target, file, install_key=KEY, now=NOON)
    assert set(map(len, contents(target).values())) == {0}


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_what_is_no_backup_is_refused(target: Engine, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "backup.zip"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadInput, match="no backup"):
        restore_backup(target, file, install_key=KEY, now=NOON)


def test_no_token_is_in_a_backup(sqlite_source: Engine, tmp_path: Path) -> None:
    write_backup(sqlite_source, tmp_path / "backup.zip", NOON)
    with ZipFile(tmp_path / "backup.zip") as archive:
        names = {name.removesuffix(".jsonl") for name in archive.namelist()}
        rows = orjson.loads(archive.read(MANIFEST))["rows"]
    assert names & NOT_KEPT == set()
    assert names == set(rows) | {MANIFEST}
