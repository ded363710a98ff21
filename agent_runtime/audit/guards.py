"""The database's own refusals: no audit entry is changed, deleted or replaced, and no head goes back."""

ENTRY_TABLE = "tenure_audit_entry"
HEAD_TABLE = "tenure_audit_head"

_REASON = {
    ENTRY_TABLE: "audit entries are append-only",
    HEAD_TABLE: "an audit head only moves forward",
}
_HEAD_GOES_BACK = "NEW.seq <= OLD.seq OR NEW.account_id <> OLD.account_id"


def guard_statements(dialect: str, table: str) -> list[str]:
    """The DDL that guards `table` on `dialect` (sqlite or postgresql), in order; harmless to run again."""
    return _sqlite(table) if dialect == "sqlite" else _postgres(table)


def _sqlite(table: str) -> list[str]:
    keys = "account_id = NEW.account_id" + (" AND seq = NEW.seq" if table == ENTRY_TABLE else "")
    update = "" if table == ENTRY_TABLE else f" WHEN {_HEAD_GOES_BACK}"
    refusals = {
        "no_update": f"UPDATE ON {table}{update}",
        "no_delete": f"DELETE ON {table}",
        # INSERT OR REPLACE deletes the old row without firing the DELETE trigger.
        "no_replace": f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {keys})",
    }
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_{name} BEFORE {moment}"
        f" BEGIN SELECT RAISE(ABORT, '{_REASON[table]}'); END"
        for name, moment in refusals.items()
    ]


def _postgres(table: str) -> list[str]:
    each_row = "FOR EACH ROW" if table == ENTRY_TABLE else f"FOR EACH ROW WHEN ({_HEAD_GOES_BACK})"
    refusals = {
        "no_update": f"UPDATE ON {table} {each_row}",
        "no_delete": f"DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT",
    }
    refuse = (
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION '{_REASON[table]}'; END $$"
    )
    return [refuse] + [
        f"CREATE OR REPLACE TRIGGER {table}_{name} BEFORE {moment} EXECUTE FUNCTION {table}_refuse()"
        for name, moment in refusals.items()
    ]
