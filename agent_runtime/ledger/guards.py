"""The conservation rule as triggers, for both databases: no row leaves, no ended row changes, identity is fixed."""

# What a row is; it never becomes another.
_FIXED = {
    "tenure_interaction": ("id", "account_id", "kind", "key", "opened_at", "opened_by", "continues_id"),
    "tenure_expectation": ("id", "interaction_id", "account_id"),
    "tenure_breach": ("expectation_id", "interaction_id", "account_id"),
}
# What an insert may not meet in the table, by table: its keys.
_TAKEN = {
    "tenure_interaction": ("id = NEW.id", "continues_id = NEW.continues_id"),
    "tenure_expectation": ("id = NEW.id", "interaction_id = NEW.interaction_id AND key = NEW.key"),
    "tenure_breach": ("expectation_id = NEW.expectation_id",),
}


def guard_statements(dialect: str, table: str) -> list[str]:
    """The DDL that guards `table` on `dialect` (sqlite or postgresql)."""
    ended = table == "tenure_interaction"
    if dialect == "sqlite":
        return _sqlite_refuse_removal(table) + _sqlite_keep(table) + (_SQLITE_ENDED if ended else [])
    return _postgres_refuse_removal(table) + _postgres_keep(table, _POSTGRES_ENDED if ended else "")


_SQLITE_ENDED = [
    "CREATE TRIGGER tenure_interaction_ended BEFORE UPDATE ON tenure_interaction WHEN OLD.state = 'ended'"
    " BEGIN SELECT RAISE(ABORT, 'tenure_interaction: an ended interaction never changes'); END",
]
_POSTGRES_ENDED = (
    "IF OLD.state = 'ended' THEN RAISE EXCEPTION 'tenure_interaction: an ended interaction never changes'; END IF;"
)


def _sqlite_refuse_removal(table: str) -> list[str]:
    taken = " OR ".join(f"({condition})" for condition in _TAKEN[table])
    return [
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: no row is ever deleted'); END",
        # INSERT OR REPLACE deletes the old row without firing the delete trigger.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"
        f" BEGIN SELECT RAISE(ABORT, '{table}: already there'); END",
    ]


def _sqlite_keep(table: str) -> list[str]:
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _FIXED[table])
    statements = [
        f"CREATE TRIGGER {table}_identity BEFORE UPDATE ON {table} WHEN {changed}"
        f" BEGIN SELECT RAISE(ABORT, '{table}: identity is fixed'); END",
    ]
    if table == "tenure_expectation":
        # UPDATE OR REPLACE deletes the row that has the key already, without firing the delete trigger.
        taken = f"SELECT 1 FROM {table} WHERE interaction_id = NEW.interaction_id AND key = NEW.key AND id <> OLD.id"
        statements.append(
            f"CREATE TRIGGER {table}_key BEFORE UPDATE OF key ON {table} WHEN EXISTS ({taken})"
            f" BEGIN SELECT RAISE(ABORT, '{table}: already there'); END"
        )
    return statements


def _postgres_refuse_removal(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{table}: no row is ever deleted'; END $$",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM PUBLIC",
    ]


def _postgres_keep(table: str, ended: str) -> list[str]:
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED[table])
    return [
        f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ended}"
        f" IF {changed} THEN RAISE EXCEPTION '{table}: identity is fixed'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
    ]
