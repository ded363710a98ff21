"""What Alembic runs for each command: our tables only, on the connection and in the transaction of the caller."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from agent_runtime.migrations.tables import COMPARED, metadata


def _written(kind: str, value: Any, _context: object) -> str | Literal[False]:
    # A revision stays as it was written, whatever the types of the models' library become.
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return "sa.String()" if kind == "type" and isinstance(value, AutoString) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    render_as_batch=True,
    render_item=_written,
    **COMPARED,
)
with context.begin_transaction():
    context.run_migrations()
