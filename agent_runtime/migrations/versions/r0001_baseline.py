"""The first tables, as they stood at the first release with migrations; the DDL stands beside, by database."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes all tables and indexes."""
    connection = op.get_bind()
    script = Path(__file__).with_name(f"r0001_{connection.dialect.name}.sql").read_text(encoding="utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            connection.exec_driver_sql(statement)
