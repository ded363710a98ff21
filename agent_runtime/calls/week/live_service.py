"""The live view of a database: open misses with whoever has them."""

from datetime import datetime

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.week.live import Live, live
from agent_runtime.calls.week.rows import need_rows
from agent_runtime.calls.week.service import RULE, House, read_world
from agent_runtime.ledger.models import Interaction

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]


def read_live(connection: Connection, house: House, now: datetime) -> Live:
    """Who waits at `now`."""
    world = read_world(connection, house, now)
    rows = need_rows(world.needs, world.calls, world.setting)
    pools = {line.queue: line.owner for line in world.context.lines if line.queue and line.owner}
    return live(rows, _owners(connection), pools, now, world.measure.longest)


def _owners(connection: Connection) -> dict[str, str]:
    """By the call that opened it, who has the interaction of a missed call."""
    query = select(_interaction.c.opened_by, _interaction.c.owner_id).where(
        _interaction.c.kind == RULE, _interaction.c.state == "open"
    )
    return {row.opened_by: row.owner_id for row in connection.execute(query)}
