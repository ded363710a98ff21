"""The conservation rule as triggers, for both databases: no row leaves, no ended row changes, identity is fixed."""

# What a row is; it never becomes another. Only a merge of accounts, or its undoing, takes a row to another account.
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


# Of an ended interaction all this stays: a merge may only take it to another account, an erasure its contact from it.
_TOLD = (
    "id", "continues_id", "kind", "key", "opportunity_id", "opened_at", "opened_by", "state", "owner_id", "next_action",
    "next_due_at", "recovery", "outcome", "reason", "evidence", "ended_at", "wake_at", "wake_signal",
)  # fmt: skip
_SQLITE_ENDED = [
    "CREATE TRIGGER tenure_interaction_ended BEFORE UPDATE ON tenure_interaction WHEN OLD.state = 'ended' AND ("
    + " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _TOLD)
    + ") BEGIN SELECT RAISE(ABORT, 'tenure_interaction: an ended interaction never changes'); END",
]
# Postgres compares no JSON, but its text.
_POSTGRES_TOLD = " OR ".join(
    f"OLD.{column}::text IS DISTINCT FROM NEW.{column}::text"
    if column == "evidence"
    else f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in _TOLD
)
_POSTGRES_ENDED = (
    f"IF OLD.state = 'ended' AND ({_POSTGRES_TOLD}) THEN"
    " RAISE EXCEPTION 'tenure_interaction: an ended interaction never changes'; END IF;"
)
# Whether a merge that stands, or is being undone, leads from the old account to the new one.
_MERGED = (
    "EXISTS (SELECT 1 FROM tenure_merge WHERE kind = 'account' AND undone_at IS NULL"
    " AND ((loser = OLD.account_id AND winner = NEW.account_id)"
    " OR (winner = OLD.account_id AND loser = NEW.account_id)))"
)


def _changed(table: str, differs: str) -> str:
    """The condition under which an update would make another row of this one."""
    plain = " OR ".join(f"OLD.{x} {differs} NEW.{x}" for x in _FIXED[table] if x != "account_id")
    return f"{plain} OR (OLD.account_id {differs} NEW.account_id AND NOT {_MERGED})"


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
    changed = _changed(table, "IS NOT")
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
    changed = _changed(table, "IS DISTINCT FROM")
    return [
        f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ended}"
        f" IF {changed} THEN RAISE EXCEPTION '{table}: identity is fixed'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()",
    ]
