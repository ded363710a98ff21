"""The rows of one item: read, written back, its versions and its decisions; in the caller's transaction."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from agent_runtime.actions.policy import content_hash
from agent_runtime.inbox.content import next_version
from agent_runtime.inbox.models import Decision, Draft, Item, ItemState, Suppressed
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Verb
from agent_runtime.ledger.models import Interaction
from memory.records import Reference

_item: Table = Item.__table__  # type: ignore[attr-defined]
_draft: Table = Draft.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_reference: Table = Reference.__table__  # type: ignore[attr-defined]
NAMES = [name for name in ItemRow.__slots__ if name in _item.c]
COLUMNS = [_item.c[name] for name in NAMES]
_LIVE = (ItemState.OPEN.value, ItemState.SNOOZED.value, ItemState.APPROVED.value)


def item(connection: Connection, item_id: str) -> ItemRow | None:
    """One item as it stands."""
    row = connection.execute(select(*COLUMNS).where(_item.c.id == item_id)).one_or_none()
    return ItemRow(*row) if row else None


def item_for_update(connection: Connection, item_id: str) -> ItemRow:
    """One item that is there; others who decide about it wait."""
    return ItemRow(*connection.execute(select(*COLUMNS).where(_item.c.id == item_id).with_for_update()).one())


def account_of(connection: Connection, item_id: str) -> str | None:
    """The account that an item is about; None where there is no such item."""
    found: str | None = connection.scalar(select(_item.c.account_id).where(_item.c.id == item_id))
    return found


def decisions_about(connection: Connection, item_id: str) -> int:
    """How many decisions were taken about an item."""
    return connection.scalar(select(func.count()).where(_decision.c.item_id == item_id)) or 0


def insert_item(connection: Connection, row: ItemRow) -> None:
    """Writes a new item."""
    connection.execute(insert(_item), {name: getattr(row, name) for name in NAMES})


def save(connection: Connection, row: ItemRow) -> None:
    """Writes an item back."""
    values = {name: getattr(row, name) for name in NAMES if name != "id"}
    connection.execute(update(_item).where(_item.c.id == row.id).values(values))


def keep_version(connection: Connection, row: ItemRow, made_by: str, now: datetime) -> None:
    """Keeps the item's present content as one of its versions."""
    version = {
        "item_id": row.id,
        "version": row.draft_version,
        "account_id": row.account_id,
        "action": row.action,
        "content_hash": row.content_hash,
        "made_by": made_by,
        "made_at": now,
    }
    connection.execute(insert(_draft), version)


def reopen(connection: Connection, row: ItemRow, by: str, now: datetime) -> ItemRow:
    """Back before its owner, as a version of its own, since the one before may have been approved.

    It says what it said, so `made_at` stays: what came since it was written still stands against it.
    """
    version = row.draft_version + 1
    action = next_version(row.action, version)
    row = replace(
        row, state=ItemState.OPEN.value, action=action, draft_version=version, content_hash=content_hash(action),
        snoozed_until=None, snoozed_for=None, closed_at=None, closed_reason=None,
    )  # fmt: skip
    save(connection, row)
    keep_version(connection, row, by, now)
    return row


def record(
    connection: Connection, row: ItemRow, decision_id: str, command: Verb, user_id: str, now: datetime, channel: str
) -> None:
    """Keeps the decision itself; a changed draft stands among the versions."""
    said = command.model_dump(mode="json", exclude_none=True, exclude={"draft", "draft_version", "hash", "verb"})
    decision = {
        "id": decision_id,
        "item_id": row.id,
        "account_id": row.account_id,
        "verb": command.verb,  # type: ignore[attr-defined]
        "decided_by": user_id,
        "decided_at": now,
        "channel": channel,
        "draft_version": row.draft_version,
        "content_hash": row.content_hash,
        "reason": str(said.pop("reason", "")),
        "detail": said,
    }
    connection.execute(insert(_decision), decision)


def present(row: ItemRow) -> dict[str, Any]:
    """How an item stands now, for somebody who decided about something older."""
    return {"state": row.state, "draft_version": row.draft_version, "hash": row.content_hash, "action": row.action}


def identity_of(connection: Connection, row: ItemRow) -> tuple[str, str]:
    """Kind and key of the interaction that an item is about."""
    query = select(_interaction.c.kind, _interaction.c.key).where(_interaction.c.id == row.interaction_id)
    found = connection.execute(query).one_or_none()
    return (found.kind, found.key) if found else ("", "")


def matter_taken(connection: Connection, row: ItemRow) -> bool:
    """Whether another item about the same matter is not closed."""
    others = (_item.c.account_id == row.account_id, _item.c.id != row.id, _item.c.state.in_(_LIVE))
    query = select(_item.c.opportunity_id, _item.c.interaction_id).where(*others)
    return any((x.opportunity_id or x.interaction_id) == row.matter for x in connection.execute(query))


def forget_hold(connection: Connection, expectation_id: str, step: int) -> None:
    """A person takes back that something was put off."""
    hold = (_suppressed.c.expectation_id == expectation_id, _suppressed.c.step == step)
    connection.execute(delete(_suppressed).where(*hold))


def shift_end(connection: Connection, user_id: str, now: datetime) -> datetime | None:
    """When the shift ends in which a user works now; None where no list of shifts tells."""
    shifts = connection.scalars(select(_reference.c.data).where(_reference.c.stream == "shifts"))
    mine = [x for x in shifts if x.get("user_id") == user_id and x.get("from") and x.get("to")]
    spans = [(datetime.fromisoformat(x["from"]), datetime.fromisoformat(x["to"])) for x in mine]
    known = [(begins, ends) for begins, ends in spans if begins.tzinfo and ends.tzinfo]
    return min((ends for begins, ends in known if begins <= now < ends), default=None)
