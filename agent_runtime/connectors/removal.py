"""Takes back what was written into a connected system: what was made goes, what was only changed stays."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.models import Action, ActionState
from agent_runtime.connectors.executor import approved_write
from tools.base import Removes, VendorError, Writer

_action: Table = Action.__table__  # type: ignore[attr-defined]
_COLUMNS = [_action.c[name] for name in ActionRow.__slots__]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many objects went; `stayed`: changes of what was there before; `failed`: what the vendor did not let go."""

    removed: int
    stayed: int
    failed: int


def written_by_us(connection: Connection, name: str) -> list[ActionRow]:
    """Every write into a connected system that had its effect, the oldest first."""
    query = select(*_COLUMNS).where(
        _action.c.kind == "crm_write",
        _action.c.connector == name,
        _action.c.state.in_((ActionState.SENT.value, ActionState.CONFIRMED.value)),
    )
    return [ActionRow(**row._mapping) for row in connection.execute(query.order_by(_action.c.decided_at, _action.c.id))]


def remove_written(writer: Writer, actions: list[ActionRow]) -> Removed:
    """Removes what these actions made; asks the vendor for each by its key, so that nothing else can be meant."""
    removed = stayed = failed = 0
    for action in actions:
        try:
            approved = approved_write(action)
            there = writer.find(approved)
            if there is None:
                continue
            if isinstance(writer, Removes) and writer.remove(approved.op, there.source_id):
                removed += 1
            else:
                stayed += 1
        except VendorError:
            failed += 1
    return Removed(removed, stayed, failed)
