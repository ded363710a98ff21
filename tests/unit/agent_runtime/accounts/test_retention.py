"""The playbook says how long words are kept; that they went is in the audit, and no byte of them is left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from agent_runtime.accounts.erasure import scrub
from agent_runtime.accounts.retention import EVENT, apply_retention, kept_days
from agent_runtime.audit import service as audit
from agent_runtime.audit.models import AuditEntry
from agent_runtime.playbook import load
from agent_runtime.playbook.bounds import Retention
from memory.records import Episode
from tests.corpus.home import take
from tests.corpus.sales import END, generate
from tests.unit.agent_runtime.accounts.desk_of_sales import KEY, stored_bytes

_entry: Any = AuditEntry.__table__  # type: ignore[attr-defined]


def test_by_default_nothing_goes(sqlite_engine: Engine) -> None:
    assert kept_days(load("b2b_sales").retention) == {}
    with sqlite_engine.begin() as connection:
        take(connection, generate(2))
        assert apply_retention(connection, Retention(), END, KEY) == 0


def test_old_mails_lose_their_words_and_the_audit_says_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    check_mails(sqlite_engine)
    scrub(sqlite_engine)
    left = stored_bytes(tmp_path)
    assert b"Our budget is 10,000 EUR" not in left
    assert b"rollout000" in left


def test_old_mails_lose_their_words_on_postgres(postgres_engine: Engine) -> None:
    check_mails(postgres_engine)


def check_mails(engine: Engine) -> None:
    policy, done = Retention(mails_days=200), 0
    with engine.begin() as connection:
        take(connection, generate(2))
        before = connection.scalar(select(func.count()).select_from(Episode)) or 0
    while True:
        with engine.begin() as connection:
            count = apply_retention(connection, policy, END, KEY, most=7)
        if not count:
            break
        done += count
    with engine.begin() as connection:
        after = connection.scalar(select(func.count()).select_from(Episode)) or 0
        entries = connection.execute(select(_entry).where(_entry.c.event == EVENT)).all()
        assert audit.verify_all(connection) == []
    assert done == before - after > 20
    assert sum(row.payload["count"] for row in entries) == done
    assert {row.payload["kind"] for row in entries} == {"email"}
    assert {row.payload["before"] for row in entries} == {(END - timedelta(days=200)).isoformat()}
