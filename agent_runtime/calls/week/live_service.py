"""The live view of a database: open misses with whoever has them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.week.live import Live, Waiting, live
from agent_runtime.calls.week.service import RULE, House, read_waiting
from agent_runtime.ledger.models import Interaction
from memory.records import User

_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]


def read_live(connection: Connection, house: House, now: datetime) -> Live:
    """Who waits at `now`."""
    rows, context = read_waiting(connection, house, now)
    pools = {line.queue: line.owner for line in context.lines if line.queue and line.owner}
    longest = timedelta(days=house.playbook.signals.callback_days)
    names = {row.id: row.name for row in connection.execute(select(_user.c.id, _user.c.name))}
    pools = {queue: names.get(owner, owner) for queue, owner in pools.items()}
    return live(rows, _owners(connection, names), pools, now, longest)


def _owners(connection: Connection, names: Mapping[str, str]) -> dict[str, str]:
    """By the call that opened it, who has the interaction of a missed call: a person by name, or a pool."""
    query = select(_interaction.c.opened_by, _interaction.c.owner_id).where(
        _interaction.c.kind == RULE, _interaction.c.state == "open"
    )
    return {row.opened_by: names.get(row.owner_id, row.owner_id) for row in connection.execute(query)}


def seen_only(found: Live, sees: Callable[[str], bool]) -> Live:
    """The same, without the accounts that the reader does not see."""

    def shown(one: Waiting) -> Waiting:
        return one if one.account_id and sees(one.account_id) else replace(one, account_id=None)

    return replace(found, oldest=shown(found.oldest) if found.oldest else None, first=tuple(map(shown, found.first)))
