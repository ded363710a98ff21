"""The tables as the models describe them, and how a database is compared with them."""

from importlib import import_module
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlmodel import SQLModel

from agent_runtime import db

# Where a database notes its revision. The engine keeps tables of its own in the same database: not ours to compare.
VERSION_TABLE = "tenure_revision"


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or (name or "").startswith("tenure_")


COMPARED: dict[str, Any] = {"version_table": VERSION_TABLE, "include_name": _is_ours}


def metadata() -> MetaData:
    """All tables of this version, every module that defines one imported."""
    for name in db.MODEL_MODULES:
        import_module(name)
    return SQLModel.metadata


def differences(connection: Connection) -> list[Any]:
    """What would have to change for the database to have the tables, columns and indexes of the models."""
    context = MigrationContext.configure(connection, opts=COMPARED)
    return list(compare_metadata(context, metadata()))
