"""The triggers of ledger and audit during a migration: out of its way, and made anew behind it."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from agent_runtime.audit import guards as audit_guards
from agent_runtime.ledger import guards as ledger_guards

GUARDED: dict[str, Callable[[str, str], list[str]]] = {
    "tenure_interaction": ledger_guards.guard_statements,
    "tenure_expectation": ledger_guards.guard_statements,
    "tenure_breach": ledger_guards.guard_statements,
    audit_guards.ENTRY_TABLE: audit_guards.guard_statements,
    audit_guards.HEAD_TABLE: audit_guards.guard_statements,
}

_TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2",
    "postgresql": "SELECT relation.relname, tgname FROM pg_trigger"
    " JOIN pg_class relation ON relation.oid = tgrelid"
    " WHERE NOT tgisinternal AND pg_table_is_visible(relation.oid) ORDER BY 1, 2",
}


def guards(connection: Connection) -> list[tuple[str, str]]:
    """The triggers that stand on our tables, as (table, trigger), in order."""
    rows = connection.execute(text(_TRIGGERS[connection.dialect.name]))
    return [(table, trigger) for table, trigger in rows if table.startswith("tenure_")]


def drop_guards(connection: Connection) -> None:
    """Takes the triggers away, for as long as the transaction of a migration lasts."""
    for table, trigger in guards(connection):
        on_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}{on_table}")


def make_guards(connection: Connection) -> None:
    """Makes every trigger as this version wants it: a table that was copied and renamed has lost its own."""
    drop_guards(connection)
    for table, statements in GUARDED.items():
        for statement in statements(connection.dialect.name, table):
            connection.exec_driver_sql(statement)
