"""The audit on real databases: writing, finding what somebody with raw SQL did, and the refusals."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from agent_runtime.audit.guards import ENTRY_TABLE, HEAD_TABLE
from agent_runtime.audit.policy import ActorKind, BreakKind, Broken, Entry
from agent_runtime.audit.service import append, export_jsonl, verify_all

KEY = SecretStr("a key of this test")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A transaction on each database, in which two accounts have five entries each."""
    with _filled(request.getfixturevalue(request.param)) as connection:
        yield connection


@pytest.fixture
def unguarded(sqlite_engine: Engine) -> Iterator[Connection]:
    """The same on SQLite after somebody with full rights has dropped the guards."""
    with _filled(sqlite_engine) as connection:
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in triggers.scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection


def _filled(engine: Engine) -> Connection:
    connection = engine.connect()
    for account in ("acme", "globex"):
        append(connection, account, [_entry(number) for number in range(1, 4)], install_key=KEY)
        append(connection, account, [_entry(4), _entry(5)], install_key=KEY)
    return connection


def _entry(number: int) -> Entry:
    payload = {
        "state": "proposed",
        "draft": f"sha256-{number}",
        "factors": [number, 0.1 * number, None, True],
    }
    at = NOON + timedelta(microseconds=number)
    return Entry(at, ActorKind.RULE, "answer_owed", "item.proposed", f"item-{number}", payload)


def test_what_was_appended_verifies_and_counts_on(connection: Connection) -> None:
    assert verify_all(connection) == []
    assert append(connection, "acme", [_entry(6)], install_key=KEY) == 6
    assert append(connection, "acme", [], install_key=KEY) == 6
    assert append(connection, "initech", [_entry(1)], install_key=KEY) == 1
    assert verify_all(connection) == []


def test_the_caller_alone_decides_whether_it_stays(connection: Connection) -> None:
    connection.rollback()
    assert list(export_jsonl(connection)) == []


def test_many_entries_cost_three_statements(sqlite_engine: Engine) -> None:
    statements: list[str] = []
    with sqlite_engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        append(connection, "acme", [_entry(number) for number in range(1000)], install_key=KEY)
    assert [statement.split()[0] for statement in statements] == ["SELECT", "INSERT", "INSERT"]


def test_a_refused_entry_leaves_nothing_behind(connection: Connection) -> None:
    before = list(export_jsonl(connection))
    with pytest.raises(TypeError):
        append(connection, "acme", [_entry(6), _unwritable()], install_key=KEY)
    assert list(export_jsonl(connection)) == before


def _unwritable() -> Entry:
    return Entry(NOON, ActorKind.USER, "lea", "item.approved", "item-1", {"what": object()})


def test_the_export_has_each_entry_and_the_same_bytes_each_time(connection: Connection) -> None:
    lines = list(export_jsonl(connection))
    assert lines == list(export_jsonl(connection))
    keys = [(row["account_id"], row["seq"]) for row in map(orjson.loads, lines)]
    assert keys == [(account, seq) for account in ("acme", "globex") for seq in range(1, 6)]
    assert list(export_jsonl(connection, "globex")) == lines[5:]


@pytest.mark.parametrize("seq", range(1, 6))
@pytest.mark.parametrize(
    "flip",
    [
        "at = '2026-03-02 12:00:01.000000'",
        "at = 'no time'",
        "actor_kind = 'user'",
        "actor_id = 'somebody'",
        "event = 'item.sent'",
        "event = x'00'",
        "subject_id = 'item-9'",
        "payload = '{}'",
        "payload = '{'",
        "salt = 'x'",
        "previous_hash = 'x'",
        "entry_hash = 'x'",
    ],
)
def test_a_flip_is_found_at_its_record(unguarded: Connection, flip: str, seq: int) -> None:
    unguarded.exec_driver_sql(f"UPDATE {ENTRY_TABLE} SET {flip} WHERE account_id = 'acme' AND seq = {seq}")
    assert verify_all(unguarded) == [Broken("acme", seq, BreakKind.CHANGED)]


@pytest.mark.parametrize("seq", range(1, 5))
def test_a_deletion_is_found_at_its_record(unguarded: Connection, seq: int) -> None:
    unguarded.exec_driver_sql(f"DELETE FROM {ENTRY_TABLE} WHERE account_id = 'globex' AND seq = {seq}")
    assert verify_all(unguarded) == [Broken("globex", seq, BreakKind.MISSING)]


@pytest.mark.parametrize("last", range(5))
def test_a_cut_is_found_where_it_begins(unguarded: Connection, last: int) -> None:
    unguarded.exec_driver_sql(f"DELETE FROM {ENTRY_TABLE} WHERE account_id = 'acme' AND seq > {last}")
    assert verify_all(unguarded) == [Broken("acme", last + 1, BreakKind.TRUNCATED)]


@pytest.mark.parametrize("seq", range(1, 5))
def test_two_exchanged_records_are_found_at_the_first(unguarded: Connection, seq: int) -> None:
    for old, new in ((seq, 99), (seq + 1, seq), (99, seq + 1)):
        unguarded.exec_driver_sql(f"UPDATE {ENTRY_TABLE} SET seq = {new} WHERE account_id = 'acme' AND seq = {old}")
    assert verify_all(unguarded) == [Broken("acme", seq, BreakKind.REORDERED)]


def test_a_head_that_was_removed_is_found(unguarded: Connection) -> None:
    unguarded.exec_driver_sql(f"DELETE FROM {HEAD_TABLE} WHERE account_id = 'acme'")
    assert [broken.account_id for broken in verify_all(unguarded)] == ["acme"]


def test_each_broken_account_is_named(unguarded: Connection) -> None:
    unguarded.exec_driver_sql(f"UPDATE {ENTRY_TABLE} SET event = 'x' WHERE seq = 3")
    assert [(broken.account_id, broken.seq) for broken in verify_all(unguarded)] == [
        ("acme", 3),
        ("globex", 3),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {ENTRY_TABLE} SET event = 'x' WHERE seq = 2",
        f"DELETE FROM {ENTRY_TABLE} WHERE seq = 5",
        f"DELETE FROM {HEAD_TABLE}",
        f"UPDATE {HEAD_TABLE} SET seq = 4",
        f"UPDATE {HEAD_TABLE} SET head_hash = 'x'",
        f"UPDATE {HEAD_TABLE} SET account_id = 'x', seq = 9 WHERE account_id = 'acme'",
    ],
)
def test_the_database_refuses_change_and_removal(connection: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"append-only|moves forward"):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("table", [ENTRY_TABLE, HEAD_TABLE])
def test_sqlite_refuses_a_replacement(sqlite_engine: Engine, table: str) -> None:
    with _filled(sqlite_engine) as connection, pytest.raises(DBAPIError, match=r"append-only|moves forward"):
        connection.exec_driver_sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


@pytest.mark.parametrize("table", [ENTRY_TABLE, HEAD_TABLE])
def test_postgres_refuses_to_be_emptied(postgres_engine: Engine, table: str) -> None:
    with (
        _filled(postgres_engine) as connection,
        pytest.raises(DBAPIError, match=r"append-only|moves forward"),
    ):
        connection.exec_driver_sql(f"TRUNCATE {table}")
