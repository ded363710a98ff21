"""Upgrades on both databases: models and revisions agree, guards stand and refuse, a failure changes nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from agent_runtime import db
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import Refused
from agent_runtime.migrations.freeze import write_revision
from agent_runtime.migrations.guards import GUARDED, guards
from agent_runtime.migrations.tables import differences
from agent_runtime.migrations.upgrade import SCRIPTS, standing, upgrade
from tests.integration.begun import begin_and_end

KEY = SecretStr("a key of this test")
# What a later version might do: copy guarded tables to give them a column, and write into what the guards protect.
LATER = '''"""A later version."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds a column to guarded tables and fills it."""
    for table in ("tenure_interaction", "tenure_expectation", "tenure_audit_entry"):
        with op.batch_alter_table(table, recreate="auto") as batch:
            batch.add_column(sa.Column("added", sa.String(), nullable=True))
            batch.alter_column("account_id", existing_type=sa.String(), existing_nullable=False, type_=sa.Text())
        op.execute(f"UPDATE {table} SET added = 'filled'")
'''
REFUSED = [
    "DELETE FROM tenure_interaction",
    "UPDATE tenure_interaction SET owner_id = NULL WHERE state = 'open'",
    "UPDATE tenure_interaction SET reason = 'other' WHERE state = 'ended'",
    "UPDATE tenure_interaction SET account_id = 'other' WHERE state = 'open'",
    "DELETE FROM tenure_expectation",
    "UPDATE tenure_expectation SET account_id = 'other'",
    "DELETE FROM tenure_breach",
    "UPDATE tenure_audit_entry SET event = 'other'",
    "DELETE FROM tenure_audit_entry",
    "DELETE FROM tenure_audit_head",
    "UPDATE tenure_audit_head SET seq = 0",
]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = db.make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    engine = request.getfixturevalue("postgres_engine")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    yield engine


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The revisions of a later version."""
    folder = tmp_path / "later"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "r0002_later.py").write_text(LATER)
    return folder


def shape(connection: Connection) -> set[str]:
    """Everything that a comparison of tables leaves out: triggers, checks, conditions of indexes."""
    found = {f"{table} {trigger}" for table, trigger in guards(connection)}
    if connection.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE 'tenure_%'"
        found |= set(connection.scalars(text(query)))
    else:
        found |= set(connection.scalars(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")))
        query = "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0"
        found |= set(connection.scalars(text(query)))
    return {" ".join(each.split()) for each in found if "tenure_revision" not in each}


def test_revisions_make_what_the_models_describe(empty: Engine, request: pytest.FixtureRequest) -> None:
    assert upgrade(empty).found is None
    with empty.connect() as connection:
        assert differences(connection) == []
        assert {table for table, _ in guards(connection)} == set(GUARDED)
        assert standing(connection).current
        made = shape(connection)
    db.create_schema(modelled := _another(empty, request))
    with modelled.connect() as connection:
        assert made == shape(connection)
    modelled.dispose()


def _another(engine: Engine, request: pytest.FixtureRequest) -> Engine:
    if engine.dialect.name == "sqlite":
        return db.make_engine(f"{engine.url}.modelled")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    return engine


def test_an_older_database_keeps_its_rows_and_its_guards(empty: Engine, later: Path) -> None:
    upgrade(empty)
    begin_and_end(empty, KEY)
    with empty.connect() as connection:
        before = guards(connection)
    assert upgrade(empty, later).found == "0001"
    with empty.connect() as connection:
        assert guards(connection) == before
        assert connection.scalar(text("SELECT count(*) FROM tenure_interaction WHERE added = 'filled'")) == 2
        assert connection.scalar(text("SELECT count(*) FROM tenure_expectation WHERE added = 'filled'")) == 1
        assert verify_all(connection) == []
    for statement in REFUSED:
        with pytest.raises(DBAPIError), empty.begin() as connection:
            connection.exec_driver_sql(statement)


def test_foreign_keys_are_watched_again_after_an_upgrade(empty: Engine, later: Path) -> None:
    upgrade(empty, later)
    orphan = "INSERT INTO tenure_backlog_row (interaction_id, backlog_id, account_id) VALUES ('a', 'none', 'b')"
    with pytest.raises(DBAPIError), empty.begin() as connection:
        connection.exec_driver_sql(orphan)


def test_a_revision_that_fails_leaves_everything_as_it_was(empty: Engine, later: Path) -> None:
    upgrade(empty)
    begin_and_end(empty, KEY)
    with empty.connect() as connection:
        before = shape(connection)
    revision = later / "versions" / "r0002_later.py"
    revision.write_text(revision.read_text() + '    op.execute("SELECT no_such_column FROM tenure_item")\n')
    with pytest.raises(DBAPIError):
        upgrade(empty, later)
    with empty.connect() as connection:
        assert shape(connection) == before
        assert standing(connection, later).found == "0001"


def test_tables_of_this_version_are_taken_over_and_others_refused(empty: Engine) -> None:
    db.create_schema(empty)
    assert upgrade(empty).found is None
    with empty.begin() as connection:
        assert standing(connection).current
        connection.exec_driver_sql("DROP TABLE tenure_revision")
        connection.exec_driver_sql("DROP TABLE tenure_draft")
    with pytest.raises(Refused, match="no known version"):
        upgrade(empty)


def test_two_programs_that_start_at_once_upgrade_once(empty: Engine) -> None:
    barrier, failed = Barrier(2), []

    def start() -> None:
        engine = db.make_engine(empty.url.render_as_string(hide_password=False))
        barrier.wait()
        try:
            upgrade(engine)
        except DBAPIError as error:
            failed.append(error)
        engine.dispose()

    threads = [Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with empty.connect() as connection:
        assert differences(connection) == []


def test_a_change_of_the_models_writes_its_own_revision(later: Path) -> None:
    (later / "versions" / "r0002_later.py").write_text(
        LATER[: LATER.index("    for table")] + '    op.drop_table("tenure_draft")\n'
    )
    write_revision("Drafts again", later)
    written = (later / "versions" / "r0003_drafts_again.py").read_text()
    assert "op.create_table('tenure_draft'" in written
    assert "sa.DateTime(timezone=True)" in written
    assert "sqlmodel" not in written
