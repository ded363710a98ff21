"""Takes decided actions into the outbox and records what came of them, in the caller's transaction."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.models import Action, ActionState
from agent_runtime.actions.policy import LINKS, bound_content, content_hash
from agent_runtime.errors import Refused
from agent_runtime.jobs import post
from memory.timeline import NewActivity, add

_action: Table = Action.__table__  # type: ignore[attr-defined]
_COLUMNS = [_action.c[name] for name in ActionRow.__slots__]

# What an executed action is on the account's timeline. A card or task given to a person is no contact yet.
_ACTIVITY_KIND = {"send_email": "email", "message": "message", "meeting": "meeting"}


def decide(
    connection: Connection,
    action: dict[str, Any],
    *,
    account_id: str,
    effect_key: str,
    decided_by: str,
    now: datetime,
    item_id: str | None = None,
    interaction_id: str | None = None,
    state: ActionState = ActionState.PENDING,
) -> ActionRow:
    """Puts a decided action into the outbox; the same `effect_key` a second time is refused by the database."""
    row = ActionRow(
        id="out_" + blake2b(effect_key.encode(), digest_size=8).hexdigest(),
        account_id=account_id,
        item_id=item_id,
        interaction_id=interaction_id,
        kind=action["kind"],
        content=bound_content(action) | {name: action.get(name) for name in LINKS},
        content_hash=content_hash(action),
        decided_by=decided_by,
        decided_at=now,
        execute_at=now,
        state=state.value,
    )
    values = {name: getattr(row, name) for name in ActionRow.__slots__}
    executed_at = now if state is ActionState.EXECUTED else None
    connection.execute(insert(_action), values | {"effect_key": effect_key, "executed_at": executed_at, "result": {}})
    return row


def claim(connection: Connection, now: datetime) -> list[ActionRow]:
    """Takes what is due to be executed; whoever comes second gets nothing."""
    due = select(_action.c.id).where(_action.c.state == ActionState.PENDING.value, _action.c.execute_at <= now)
    taken = update(_action).where(_action.c.id.in_(due)).values(state=ActionState.CLAIMED.value)
    rows = connection.execute(taken.returning(*_COLUMNS)).all()
    return sorted((ActionRow(*row) for row in rows), key=lambda x: (x.execute_at, x.id))


def left_claimed(connection: Connection) -> list[ActionRow]:
    """What was claimed and has no result yet: an executor that was broken off has to do it again."""
    query = select(*_COLUMNS).where(_action.c.state == ActionState.CLAIMED.value)
    return [ActionRow(*row) for row in connection.execute(query.order_by(_action.c.execute_at, _action.c.id))]


def record_result(connection: Connection, action: ActionRow, result: dict[str, Any], now: datetime) -> str:
    """Marks a claimed action as executed and puts it on the account's timeline; gives the activity's id."""
    changed = connection.execute(
        update(_action)
        .where(_action.c.id == action.id, _action.c.state == ActionState.CLAIMED.value)
        .values(state=ActionState.EXECUTED.value, executed_at=now, result=result)
    )
    if changed.rowcount != 1:
        raise Refused(f"Action {action.id} is not claimed; its result was not recorded.")
    (added,) = add(connection, [_activity(action, now)])
    post(connection, [(action.account_id, added.activity_id)])
    return added.activity_id


def _activity(action: ActionRow, now: datetime) -> NewActivity:
    content = action.content
    outward = action.kind in _ACTIVITY_KIND
    data = {
        "to": content.get("to") or [],
        "thread": (content.get("references") or [None])[0] or content.get("in_reply_to") or content.get("message_id"),
        "message_id": content.get("message_id"),
        "promises": content.get("promises") or [],
        "action_id": action.id,
    }
    return NewActivity(
        source="tenure",
        stream="outbox",
        source_id=action.id,
        account_id=action.account_id,
        kind=_ACTIVITY_KIND.get(action.kind, f"action.{action.kind}"),
        direction="outbound" if outward else "internal",
        occurred_at=now,
        known_at=now,
        contact_id=content.get("contact_id"),
        user_id=content.get("user_id"),
        opportunity_id=content.get("opportunity_id"),
        caused_by="person",
        subject=content.get("subject"),
        data=data,
        text=content.get("body") if outward else None,
        speaker=content.get("user_id") or "",
    )
