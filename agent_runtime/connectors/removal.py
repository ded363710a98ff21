"""Takes back what was written into a connected system: what was made goes, what was only changed stays."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, func, select

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.executors import Confirmed
from agent_runtime.actions.mailbox_drafts import DRAFT, WITHDRAW, MailboxDrafts, placed
from agent_runtime.actions.models import Action, ActionState
from agent_runtime.connectors.executor import approved_write
from tools.base import Removes, VendorError, Writer

_action: Table = Action.__table__  # type: ignore[attr-defined]
_COLUMNS = [_action.c[name] for name in ActionRow.__slots__]


@dataclass(frozen=True, slots=True)
class Removed:
    """How many objects went; `stayed`: changes of what was there before, and drafts that somebody edited; `failed`:
    what the vendor did not let go."""

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


def standing_drafts(connection: Connection, name: str) -> list[ActionRow]:
    """The drafts of ours that stand in a connected mailbox, each as it was put there last."""
    query = select(_action.c.item_id).where(_action.c.kind == DRAFT, _action.c.connector == name).distinct()
    last = [placed(connection, item) for item in sorted(x for x in connection.scalars(query) if x)]
    return [one for one in last if one is not None and one.content.get("connector") == name]


def sent_mails(connection: Connection, name: str) -> int:
    """How many mails and messages went out by it; nobody takes them back."""
    query = select(func.count()).where(
        _action.c.kind.in_(("send_email", "message")),
        _action.c.connector == name,
        _action.c.state.in_((ActionState.SENT.value, ActionState.CONFIRMED.value)),
    )
    return int(connection.scalar(query) or 0)


def withdraw_drafts(drafts: MailboxDrafts, standing: list[ActionRow]) -> Removed:
    """Withdraws each draft that nobody touched; one that was edited, sent or thrown away is a person's own."""
    removed = stayed = failed = 0
    for action in standing:
        match drafts.execute(replace(action, kind=WITHDRAW)):
            case Confirmed(details) if details.get("left"):
                stayed += 1
            case Confirmed():
                removed += 1
            case _:
                failed += 1
    return Removed(removed, stayed, failed)


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
