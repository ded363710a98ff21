"""The conservation rule as triggers, for both databases: no row leaves, no ended row changes, identity is fixed."""

_FIXED = ("id", "account_id", "kind", "key", "opened_at", "opened_by", "continues_id")
# What an insert may not meet in the table, by table: its keys.
_TAKEN = {
    "tenure_interaction": ("id = NEW.id", "continues_id = NEW.continues_id"),
    "tenure_expectation": ("id = NEW.id", "interaction_id = NEW.interaction_id AND key = NEW.key"),
    "tenure_breach": ("expectation_id = NEW.expectation_id",),
}


def guard_statements(dialect: str, table: str) -> list[str]:
    """The DDL that guards `table` on `dialect` (sqlite or postgresql)."""
    if dialect == "sqlite":
        return _sqlite_refuse_removal(table) + (_sqlite_interaction() if table == "tenure_interaction" else [])
    return _postgres_refuse_removal(table) + (_postgres_interaction() if table == "tenure_interaction" else [])


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


def _sqlite_interaction() -> list[str]:
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _FIXED)
    return [
        "CREATE TRIGGER tenure_interaction_ended BEFORE UPDATE ON tenure_interaction WHEN OLD.state = 'ended'"
        " BEGIN SELECT RAISE(ABORT, 'tenure_interaction: an ended interaction never changes'); END",
        f"CREATE TRIGGER tenure_interaction_identity BEFORE UPDATE ON tenure_interaction WHEN {changed}"
        " BEGIN SELECT RAISE(ABORT, 'tenure_interaction: identity is fixed'); END",
    ]


def _postgres_refuse_removal(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN RAISE EXCEPTION '{table}: no row is ever deleted'; END $$",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        f"REVOKE DELETE, TRUNCATE ON {table} FROM PUBLIC",
    ]


def _postgres_interaction() -> list[str]:
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED)
    return [
        "CREATE OR REPLACE FUNCTION tenure_interaction_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.state = 'ended' THEN RAISE EXCEPTION 'tenure_interaction: an ended interaction never changes';"
        f" END IF; IF {changed} THEN RAISE EXCEPTION 'tenure_interaction: identity is fixed'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER tenure_interaction_keep BEFORE UPDATE ON tenure_interaction"
        " FOR EACH ROW EXECUTE FUNCTION tenure_interaction_keep()",
    ]
