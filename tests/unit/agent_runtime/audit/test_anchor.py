"""The anchor: it finds what whoever has full rights on the database could hide from the chains."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import orjson
import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from agent_runtime.audit.anchor import check_anchor, read_anchors, write_anchor
from agent_runtime.audit.guards import ENTRY_TABLE, HEAD_TABLE
from agent_runtime.audit.policy import ActorKind, BreakKind, Broken, Entry
from agent_runtime.audit.service import append, verify_all
from agent_runtime.errors import AuditBroken, BadInput

KEY = SecretStr("a key of this test")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add(connection: Connection, account: str, *subjects: str) -> None:
    """One entry for each subject."""
    entries = [Entry(NOON, ActorKind.AGENT, "agent", "item.proposed", subject) for subject in subjects]
    append(connection, account, entries, install_key=KEY)


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """Two accounts with three entries each, on each database."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.connect() as connection:
        add(connection, "acme", "1", "2", "3")
        add(connection, "globex", "1", "2", "3")
        yield connection


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the anchors go."""
    return tmp_path / "anchors.jsonl"


def anchored(connection: Connection, file: Path) -> None:
    """One anchor of everything, then more entries, then a second one."""
    write_anchor(connection, file, install_key=KEY, now=NOON)
    add(connection, "acme", "4", "5")
    write_anchor(connection, file, install_key=KEY, now=NOON + timedelta(hours=1))


def unguard(connection: Connection) -> None:
    """What somebody with full rights does first."""
    if connection.dialect.name == "postgresql":
        for table in (ENTRY_TABLE, HEAD_TABLE):
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def remove(connection: Connection, account: str, after: int = 0) -> None:
    """Takes away the end of a chain, or all of it, so that what stays verifies."""
    unguard(connection)
    rows = connection.exec_driver_sql(
        f"SELECT entry_hash FROM {ENTRY_TABLE} WHERE account_id = '{account}' AND seq = {after}"
    ).all()
    connection.exec_driver_sql(f"DELETE FROM {ENTRY_TABLE} WHERE account_id = '{account}' AND seq > {after}")
    connection.exec_driver_sql(f"DELETE FROM {HEAD_TABLE} WHERE account_id = '{account}'")
    for row in rows:
        connection.exec_driver_sql(f"INSERT INTO {HEAD_TABLE} VALUES ('{account}', {after}, '{row[0]}')")


def test_what_was_anchored_and_grew_on_agrees(connection: Connection, file: Path) -> None:
    anchored(connection, file)
    add(connection, "acme", "6")
    add(connection, "initech", "1")
    assert check_anchor(connection, file, install_key=KEY) == []
    first, second = read_anchors(file, install_key=KEY)
    assert (set(first.heads), set(second.heads)) == ({"acme", "globex"}, {"acme"})
    assert second.accounts == 2


@pytest.mark.parametrize("after", [0, 1, 3, 4])
def test_a_chain_that_was_cut_with_its_head_is_found_where_it_ends(
    connection: Connection, file: Path, after: int
) -> None:
    anchored(connection, file)
    remove(connection, "acme", after)
    assert verify_all(connection) == []
    assert check_anchor(connection, file, install_key=KEY) == [Broken("acme", after + 1, BreakKind.TRUNCATED)]


def test_a_chain_that_was_written_anew_is_found(connection: Connection, file: Path) -> None:
    anchored(connection, file)
    remove(connection, "acme", 1)
    add(connection, "acme", "2", "other", "4", "5")
    assert verify_all(connection) == []
    assert check_anchor(connection, file, install_key=KEY) == [Broken("acme", 3, BreakKind.CHANGED)]


def test_a_database_without_anything_is_older_than_its_anchor(connection: Connection, file: Path) -> None:
    anchored(connection, file)
    connection.rollback()
    assert [broken.account_id for broken in check_anchor(connection, file, install_key=KEY)] == ["acme", "globex"]


def _drop_line(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def _forge_head(lines: list[bytes]) -> list[bytes]:
    content = orjson.loads(lines[0])
    content["heads"]["globex"][0] = 2
    return [orjson.dumps(content) + b"\n", lines[1]]


def _tear(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1][:-20]]


def _garble(lines: list[bytes]) -> list[bytes]:
    return [lines[0], b"[]\n"]


def _exchange(lines: list[bytes]) -> list[bytes]:
    return lines[::-1]


@pytest.mark.parametrize("change", [_drop_line, _forge_head, _tear, _garble, _exchange])
def test_an_anchor_file_that_was_changed_is_refused(
    connection: Connection, file: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    anchored(connection, file)
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(AuditBroken, match=r"Line [12] "):
        check_anchor(connection, file, install_key=KEY)
    with pytest.raises(AuditBroken):
        write_anchor(connection, file, install_key=KEY, now=NOON)


def test_only_the_installation_that_signed_can_read_it_as_its_own(connection: Connection, file: Path) -> None:
    anchored(connection, file)
    with pytest.raises(AuditBroken, match="another installation"):
        check_anchor(connection, file, install_key=SecretStr("another key"))


def test_a_missing_file_is_said(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        check_anchor(connection, tmp_path / "none", install_key=KEY)
    with pytest.raises(BadInput, match="cannot be written"):
        write_anchor(connection, tmp_path / "none" / "anchors.jsonl", install_key=KEY, now=NOON)


def test_two_that_anchor_at_once_write_one_file_that_holds(sqlite_engine: Engine, file: Path) -> None:
    with sqlite_engine.begin() as connection:
        add(connection, "acme", "1")

    def anchor() -> None:
        with sqlite_engine.connect() as connection:
            write_anchor(connection, file, install_key=KEY, now=NOON)

    threads = [Thread(target=anchor) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.number for each in read_anchors(file, install_key=KEY)] == list(range(1, 9))
