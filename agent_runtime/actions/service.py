"""Takes decided actions into the outbox, claims and cancels them, records what came of them: never commits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, and_, func, insert, or_, select, update

from agent_runtime.actions.activity import activity_of
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.models import Action, ActionState
from agent_runtime.actions.policy import (
    EFFECTIVE,
    IN_MAILBOX,
    LINKS,
    OUTWARD,
    SENDING,
    bound_content,
    content_hash,
    may_move,
)  # fmt: skip
from agent_runtime.actions.standing import account_owner, heard_from, seen_outside
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere, Refused
from agent_runtime.jobs import post
from memory.timeline import add

_action: Table = Action.__table__  # type: ignore[attr-defined]
_COLUMNS = [_action.c[name] for name in ActionRow.__slots__]
_PENDING = ActionState.PENDING.value
# States that somebody has to look at when `look_at` has come: the worker may have died, the provider may know more.
_LOOKED_AT = (ActionState.CLAIMED.value, ActionState.UNKNOWN.value, ActionState.SENT.value)
# What counts against the limits of a provider.
_COUNTED = (*_LOOKED_AT, ActionState.CONFIRMED.value)


class MovedOn(Refused):
    """Somebody else took the next step with the action since it was read; nothing was recorded."""


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
    execute_at: datetime | None = None,
    state: ActionState = ActionState.PENDING,
) -> ActionRow:
    """Puts a decided action into the outbox; the same `effect_key` a second time is refused by the database.

    `execute_at`: not before then, the end of the undo window or a time that a person chose; at once where None.
    `state` is CONFIRMED for what a rule does inside in this very transaction.
    """
    content = bound_content(action) | {name: action.get(name) for name in LINKS}
    outward = action["kind"] in OUTWARD
    row = ActionRow(
        id="out_" + blake2b(effect_key.encode(), digest_size=8).hexdigest(),
        account_id=account_id,
        item_id=item_id,
        interaction_id=interaction_id,
        kind=action["kind"],
        content=content,
        content_hash=content_hash(action),
        decided_by=decided_by,
        decided_at=now,
        execute_at=execute_at or now,
        state=state.value,
        owner_id=account_owner(connection, account_id) if outward else None,
        heard=heard_from(connection, account_id, content.get("contact_id")) if outward else 0,
    )
    values = {name: getattr(row, name) for name in ActionRow.__slots__}
    connection.execute(insert(_action), values | _beside(row, effect_key, state, now))
    return row


def _beside(row: ActionRow, effect_key: str, state: ActionState, now: datetime) -> dict[str, Any]:
    return {
        "effect_key": effect_key,
        "connector": row.content.get("connector") or "",
        "sender": (row.content.get("sender") or {}).get("email") or "",
        "executed_at": now if state in EFFECTIVE else None,
        "reason": "",
        "result": {},
    }


def read(connection: Connection, action_id: str) -> ActionRow:
    """The action as it stands; raises NotThere."""
    row = connection.execute(select(*_COLUMNS).where(_action.c.id == action_id)).one_or_none()
    if row is None:
        raise NotThere(f"There is no action {action_id}.")
    return ActionRow(*row)


def due(connection: Connection, now: datetime) -> list[ActionRow]:
    """What `execute.execute` has something to do with now: pending and due, or to be looked at again; oldest first.

    `turn` tells one step of an action from the next, for a queue that takes each piece of work once.
    """
    pending = and_(_action.c.state == _PENDING, _action.c.execute_at <= now)
    looked = and_(_action.c.look_at <= now, _action.c.state.in_(_LOOKED_AT))
    query = select(*_COLUMNS).where(or_(pending, looked)).order_by(_action.c.execute_at, _action.c.id)
    return [ActionRow(*row) for row in connection.execute(query)]


def next_due(connection: Connection) -> datetime | None:
    """When the next action is due or looked at again; None when nothing waits."""
    pending = select(_action.c.execute_at).where(_action.c.state == _PENDING)
    looked = select(_action.c.look_at).where(_action.c.look_at.is_not(None))
    firsts = [
        connection.scalar(pending.order_by(_action.c.execute_at).limit(1)),
        connection.scalar(looked.order_by(_action.c.look_at).limit(1)),
    ]
    return min((x for x in firsts if x is not None), default=None)


def claim(connection: Connection, now: datetime) -> list[ActionRow]:
    """Takes everything that is due to be executed; whoever comes second gets nothing."""
    waiting = select(_action.c.id).where(_action.c.state == _PENDING, _action.c.execute_at <= now)
    taken = update(_action).where(_action.c.id.in_(waiting)).values(**_claimed(now, "", None))
    rows = connection.execute(taken.returning(*_COLUMNS)).all()
    return sorted((ActionRow(*row) for row in rows), key=lambda x: (x.execute_at, x.id))


def claim_one(
    connection: Connection, action_id: str, now: datetime, claimed_by: str, lease: timedelta
) -> ActionRow | None:
    """Takes one due action for the length of `lease`; None when it is not due or somebody else has it.

    A claim whose lease is over without a result belongs to a worker that died: `due` gives it again.
    """
    mine = (_action.c.id == action_id, _action.c.state == _PENDING, _action.c.execute_at <= now)
    taken = update(_action).where(*mine).values(**_claimed(now, claimed_by, now + lease))
    row = connection.execute(taken.returning(*_COLUMNS)).one_or_none()
    return ActionRow(*row) if row else None


def _claimed(now: datetime, claimed_by: str, look_at: datetime | None) -> dict[str, Any]:
    return {
        "state": ActionState.CLAIMED.value,
        "claimed_at": now,
        "claimed_by": claimed_by,
        "look_at": look_at,
        "attempts": _action.c.attempts + 1,
        "turn": _action.c.turn + 1,
    }


def left_claimed(connection: Connection) -> list[ActionRow]:
    """What was claimed and has no result yet: an executor that was broken off has to do it again."""
    query = select(*_COLUMNS).where(_action.c.state == ActionState.CLAIMED.value)
    return [ActionRow(*row) for row in connection.execute(query.order_by(_action.c.execute_at, _action.c.id))]


def confirmed_mails(connection: Connection) -> list[ActionRow]:
    """The mails that went out, in the order in which they were due."""
    sent = (_action.c.kind == "send_email", _action.c.state == ActionState.CONFIRMED.value)
    query = select(*_COLUMNS).where(*sent).order_by(_action.c.execute_at, _action.c.id)
    return [ActionRow(*row) for row in connection.execute(query)]


def abandon(connection: Connection, claimed_by: str, now: datetime) -> list[str]:
    """Ends the leases of a worker that is known to be dead, so that its actions are looked at now; gives their ids."""
    left = (_action.c.claimed_by == claimed_by, _action.c.state == ActionState.CLAIMED.value)
    changed = update(_action).where(*left).values(look_at=now, turn=_action.c.turn + 1)
    return sorted(connection.scalars(changed.returning(_action.c.id)))


def cancel(
    connection: Connection,
    *,
    reason: str,
    now: datetime,
    action_ids: Sequence[str] | None = None,
    account_id: str | None = None,
    item_id: str | None = None,
) -> list[ActionRow]:
    """Cancels what is pending of these actions, this account or this item; gives what was, in a fixed order.

    Drafts in mailboxes are no part of what was decided about an item, and are withdrawn when it is closed.
    What is claimed already is not stopped: it has its effect, or it is cancelled by its own check. The caller appends
    `told(row, now)` of each to the audit.
    """
    given = {"id": action_ids, "account_id": account_id, "item_id": item_id}
    wanted = [
        _action.c[name].in_(value) if name == "id" else _action.c[name] == value
        for name, value in given.items()
        if value is not None
    ]
    if item_id is not None:
        wanted.append(_action.c.kind.not_in(IN_MAILBOX))
    if not wanted:
        raise Refused("Nothing was named that is to be cancelled.")
    values = {"state": ActionState.CANCELLED.value, "reason": reason, "turn": _action.c.turn + 1}
    done = update(_action).where(_action.c.state == _PENDING, *wanted).values(**values)
    rows = [ActionRow(*row) for row in connection.execute(done.returning(*_COLUMNS))]
    return sorted(rows, key=lambda x: (x.execute_at, x.id))


def move(
    connection: Connection,
    action: ActionRow,
    state: ActionState,
    *,
    now: datetime,
    reason: str = "",
    result: dict[str, Any] | None = None,
    again_at: datetime | None = None,
) -> ActionRow:
    """Moves an action on from exactly the turn that was read, and puts an effect on the account's timeline.

    `again_at`: when a pending one is tried, an unknown or sent one looked at again. Raises MovedOn when somebody else
    moved it meanwhile, Refused when it may not go there; nothing is changed then.
    """
    values = _moved(action, state, now, again_at) | {"reason": reason}
    _write(connection, action, values if result is None else values | {"result": result})
    if "executed_at" in values and action.kind not in IN_MAILBOX:
        _put_on_timeline(connection, action, now)
    return replace(action, **{name: value for name, value in values.items() if name in ActionRow.__slots__})


def _write(connection: Connection, action: ActionRow, values: dict[str, Any]) -> None:
    if not may_move(ActionState(action.state), ActionState(values["state"])):
        raise Refused(f"Action {action.id} is {action.state}; it cannot become {values['state']}.")
    same = (_action.c.id == action.id, _action.c.state == action.state, _action.c.turn == action.turn)
    if connection.execute(update(_action).where(*same).values(**values)).rowcount != 1:
        raise MovedOn(f"Action {action.id} was moved on by somebody else; nothing was recorded.")


def _moved(action: ActionRow, state: ActionState, now: datetime, again_at: datetime | None) -> dict[str, Any]:
    before = ActionState(action.state)
    values: dict[str, Any] = {"state": state.value, "turn": action.turn + 1, "look_at": None}
    if state in EFFECTIVE and before not in EFFECTIVE:
        values["executed_at"] = now
    if state is ActionState.SENT:
        values["look_at"] = again_at
    if state is ActionState.UNKNOWN:
        values |= {"look_at": again_at or now, "looks": action.looks + (before is ActionState.UNKNOWN)}
    if state is ActionState.PENDING:
        returned = before is ActionState.UNKNOWN
        values |= {"execute_at": again_at or now, "looks": 0, "returns": action.returns + returned}
    return values


def sent_since(connection: Connection, connector: str, moment: datetime) -> list[tuple[datetime, str]]:
    """When, and by which sender's address, something was or may have been sent through `connector` from `moment` on.

    On PostgreSQL nobody else counts the same connector until the caller's transaction has ended, so that two workers
    do not share the last place; on SQLite the transaction holds the write lock already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"tenure_send|{connector}"))))
    query = select(_action.c.claimed_at, _action.c.sender).where(
        _action.c.connector == connector,
        _action.c.claimed_at >= moment,
        _action.c.kind.in_(SENDING),
        _action.c.state.in_(_COUNTED),
    )
    return [(row.claimed_at, row.sender) for row in connection.execute(query)]


def postpone(connection: Connection, action: ActionRow, until: datetime) -> None:
    """Moves the time of a pending action on, because the provider's limits leave no room before."""
    same = (_action.c.id == action.id, _action.c.state == _PENDING, _action.c.turn == action.turn)
    connection.execute(update(_action).where(*same).values(execute_at=until, turn=action.turn + 1))


def leave(connection: Connection, action: ActionRow) -> None:
    """Leaves a sent action as it is: it was looked for, and the provider shows nothing either way."""
    same = (_action.c.id == action.id, _action.c.turn == action.turn)
    connection.execute(update(_action).where(*same).values(look_at=None, turn=action.turn + 1))


def record_result(connection: Connection, action: ActionRow, result: dict[str, Any], now: datetime) -> str:
    """Marks a claimed action as confirmed and puts it on the account's timeline; gives the activity's id."""
    if action.state != ActionState.CLAIMED.value:
        raise Refused(f"Action {action.id} is not claimed; its result was not recorded.")
    _write(connection, action, _moved(action, ActionState.CONFIRMED, now, None) | {"reason": "", "result": result})
    return _put_on_timeline(connection, action, now)


def _put_on_timeline(connection: Connection, action: ActionRow, now: datetime) -> str:
    """What a source showed meanwhile, as a mail in the folder of sent mail, stands there already."""
    message_id = action.content.get("message_id") if action.kind == "send_email" else None
    seen = seen_outside(connection, action.account_id, message_id) if message_id else None
    activity_id = seen or add(connection, [activity_of(action, now)])[0].activity_id
    post(connection, [(action.account_id, activity_id)])
    return activity_id


def told(action: ActionRow, now: datetime, **detail: Any) -> Entry:
    """The audit entry about where the action stands now; `detail` holds ids, states and reasons, no text."""
    known = {"kind": action.kind, "content_hash": action.content_hash, "item": action.item_id}
    return Entry(now, ActorKind.AGENT, "agent", f"action.{action.state}", action.id, known | detail)
