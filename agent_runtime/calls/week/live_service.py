"""The live view of a database: open misses with whoever has them."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.week.live import Live, live
from agent_runtime.calls.week.service import RULE, House, read_waiting
from agent_runtime.ledger.models import Interaction

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]


def read_live(connection: Connection, house: House, now: datetime) -> Live:
    """Who waits at `now`."""
    rows, context = read_waiting(connection, house, now)
    pools = {line.queue: line.owner for line in context.lines if line.queue and line.owner}
    longest = timedelta(days=house.playbook.signals.callback_days)
    return live(rows, _owners(connection), pools, now, longest)


def _owners(connection: Connection) -> dict[str, str]:
    """By the call that opened it, who has the interaction of a missed call."""
    query = select(_interaction.c.opened_by, _interaction.c.owner_id).where(
        _interaction.c.kind == RULE, _interaction.c.state == "open"
    )
    return {row.opened_by: row.owner_id for row in connection.execute(query)}
