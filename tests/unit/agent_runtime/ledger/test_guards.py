"""The database itself refuses to lose what was begun, on SQLite and on PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from agent_runtime.ledger import service
from agent_runtime.ledger.book import Book, BreachRow, ExpectationRow, InteractionRow

T = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLES = ("tenure_interaction", "tenure_expectation", "tenure_breach")


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A database of each kind with one open and one ended interaction, and what belongs to them."""
    engine: Engine = request.getfixturevalue(request.param)
    with engine.begin() as connection:
        service.save(connection, _book())
    return engine


def _book() -> Book:
    four: dict[str, Any] = {"owner_id": "u1", "next_action": "act", "next_due_at": T, "recovery": "remind"}
    past: dict[str, Any] = {"outcome": "lost", "reason": "no budget", "evidence": ["act_2"], "ended_at": T}
    rows = [
        InteractionRow("open", None, "A", "promise", "k1", None, None, T, "act_1", "open", **four, new=True),
        InteractionRow("ended", None, "A", "promise", "k2", None, None, T, "act_1", "ended", **past, new=True),
        InteractionRow("next", "ended", "A", "promise", "k2", None, None, T, "act_1", "open", **four, new=True),
    ]  # fmt: skip
    owed = [
        ExpectationRow(name, "open", "A", name, "promise_due", "act", "ours", T, T, [], [], new=True)
        for name in ("e1", "e2", "e3")
    ]
    breaches = {x: BreachRow(x, "open", "A", "promise_due", T, T, "u1", new=True) for x in ("e1", "e2")}
    return Book("A", rows, {"open": owed}, breaches)


def _content(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [[tuple(row) for row in connection.execute(text(f"SELECT * FROM {x} ORDER BY 1"))] for x in TABLES]


def _allowed(engine: Engine, statements: Iterable[str]) -> list[str]:
    """Those of the statements that were carried out, or changed something."""
    found = []
    with engine.connect() as connection:
        before = _content(connection)
    for statement in statements:
        try:
            with engine.begin() as connection:
                connection.execute(text(statement))
        except DBAPIError:
            with engine.connect() as connection:
                found += [statement] if _content(connection) != before else []
        else:
            found.append(statement)
    return found


_ENDED = "state='ended', outcome='lost', reason='no', evidence='[\"act_9\"]', ended_at='2026-03-03 09:00:00'"
_DEFERRED = _ENDED.replace("'lost'", "'deferred'")


_BREAKS = [
        *(f"DELETE FROM {table}" for table in TABLES),
        "DELETE FROM tenure_interaction WHERE id = 'ended'",
        "DELETE FROM tenure_breach WHERE expectation_id = 'e1'",
        *(
            f"UPDATE tenure_interaction SET {change} WHERE id = 'ended'"
            for change in (
                "outcome = 'converted'", "reason = 'other'", "state = 'open'", "evidence = '[]'", "ended_at = NULL",
                "wake_signal = 'x'", "owner_id = 'u2'",
            )
        ),
        *(
            f"UPDATE tenure_interaction SET {change} WHERE id = 'open'"
            for change in (
                "id = 'other'", "account_id = 'B'", "kind = 'opportunity'", "key = 'k9'", "continues_id = 'ended'",
                "opened_at = '2020-01-01 00:00:00'", "opened_by = 'act_9'",
                "owner_id = NULL", "owner_id = ''", "next_action = NULL", "next_action = ''", "next_due_at = NULL",
                "recovery = NULL", "recovery = ''", "outcome = 'lost'", "ended_at = '2026-03-03 09:00:00'",
                "state = 'gone'", "state = NULL", "state = 'ended'",
                _ENDED.replace("outcome='lost'", "outcome=NULL"),
                _ENDED.replace("reason='no'", "reason=NULL"),
                _ENDED.replace("reason='no'", "reason=''"),
                _ENDED.replace("'[\"act_9\"]'", "NULL"),
                _ENDED.replace("'[\"act_9\"]'", "'null'"),
                _ENDED.replace("'[\"act_9\"]'", "'[]'"),
                _ENDED.replace("ended_at='2026-03-03 09:00:00'", "ended_at=NULL"),
                _ENDED.replace("'lost'", "'forgotten'"),
                _DEFERRED,
            )
        ),
        "UPDATE tenure_expectation SET id = 'e9' WHERE id = 'e2'",
        "UPDATE tenure_expectation SET interaction_id = 'next' WHERE id = 'e2'",
        "UPDATE tenure_expectation SET account_id = 'B' WHERE id = 'e2'",
        "UPDATE tenure_expectation SET key = 'e1' WHERE id = 'e2'",
        "UPDATE tenure_breach SET expectation_id = 'e1' WHERE expectation_id = 'e2'",
        "UPDATE tenure_breach SET interaction_id = 'next' WHERE expectation_id = 'e2'",
        "INSERT INTO tenure_interaction (id, continues_id, account_id, kind, key, opened_at, opened_by, state,"
        " owner_id, next_action, next_due_at, recovery, wake_signal) VALUES ('third', 'ended', 'A', 'promise', 'k2',"
        " '2026-03-03 09:00:00', 'act_1', 'open', 'u1', 'act', '2026-03-03 09:00:00', 'remind', '')",
    ]  # fmt: skip


def test_every_way_to_lose_something_is_refused(engine: Engine) -> None:
    assert _allowed(engine, _BREAKS) == []


def test_truncate_is_refused(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        service.save(connection, _book())
    assert _allowed(postgres_engine, [f"TRUNCATE {table} CASCADE" for table in TABLES]) == []


_REPLACES = [
    *(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" for table in TABLES),
    "INSERT OR REPLACE INTO tenure_interaction (id, continues_id, account_id, kind, key, opened_at, opened_by,"
    " state, owner_id, next_action, next_due_at, recovery, wake_signal) VALUES ('third', 'ended', 'A', 'promise',"
    " 'k2', '2026-03-03 09:00:00', 'act_1', 'open', 'u1', 'act', '2026-03-03 09:00:00', 'remind', '')",
    "INSERT OR REPLACE INTO tenure_expectation SELECT 'e9', interaction_id, account_id, key, rule, action, turn,"
    " opened_at, due_at, channels, evidence, state, step, look_at, settled_at, settled_by, blind"
    " FROM tenure_expectation WHERE id = 'e1'",
    "UPDATE OR REPLACE tenure_interaction SET id = 'open' WHERE id = 'next'",
    "UPDATE OR REPLACE tenure_expectation SET id = 'e1' WHERE id = 'e2'",
    "UPDATE OR REPLACE tenure_expectation SET key = 'e3' WHERE id = 'e2'",
    "UPDATE OR REPLACE tenure_breach SET expectation_id = 'e1' WHERE expectation_id = 'e2'",
    "REPLACE INTO tenure_breach SELECT * FROM tenure_breach WHERE expectation_id = 'e1'",
]


def test_sqlite_replaces_nothing(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        service.save(connection, _book())
    assert _allowed(sqlite_engine, _REPLACES) == []


def test_what_is_allowed_is_possible(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE tenure_interaction SET {_ENDED} WHERE id = 'open'"))
        woken = f"{_DEFERRED}, wake_at='2026-06-01 09:00:00'"
        connection.execute(text(f"UPDATE tenure_interaction SET {woken} WHERE id = 'next'"))
        connection.execute(text("UPDATE tenure_expectation SET state = 'met', key = 'e9' WHERE id = 'e2'"))
        connection.execute(text("UPDATE tenure_breach SET retracted_by = 'act_9' WHERE expectation_id = 'e2'"))
        assert connection.scalar(text("SELECT count(*) FROM tenure_interaction WHERE state = 'ended'")) == 3
