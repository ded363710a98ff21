"""Looks whether an action that may have gone out did: nothing unknown is ever done again without an answer."""

from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.actions import reasons, service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.deadline import within
from agent_runtime.actions.execution import Execution
from agent_runtime.actions.executors import Executor, Found, ReadsBack
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.policy import MOST_LOOKS, pause_after
from agent_runtime.actions.standing import seen_outside

# An action that was surely not done is tried once more, not again and again: the read-back might be what is wrong.
MOST_RETURNS = 1


def reconcile(execution: Execution, action: ActionRow) -> str:
    """Reads back a claimed action whose worker died, an unknown or a sent one; does nothing before its time.

    There: confirmed. Surely not there: pending once more, then failed. Not to be told: looked at again, then failed
    with a reason that asks a person to look.
    """
    due = _due(execution, action)
    if due is None:
        return action.state
    found = _find(execution, due)
    try:
        with execution.engine.begin() as connection:
            there = found is Found.THERE or _was_seen(connection, due)
            return _conclude(execution, connection, due, Found.THERE if there else found)
    except service.MovedOn:
        with execution.engine.connect() as connection:
            return service.read(connection, action.id).state


def _due(execution: Execution, action: ActionRow) -> ActionRow | None:
    """The action, unknown or sent, when its time to be looked at has come; None while somebody is still at it."""
    with execution.engine.begin() as connection:
        present = service.read(connection, action.id)
        if present.turn != action.turn or present.look_at is None or present.look_at > execution.now:
            return None
        if present.state != ActionState.CLAIMED.value:
            return present
        died = service.move(connection, present, ActionState.UNKNOWN, now=execution.now, reason=reasons.WORKER_DIED)
        execution.note(connection, died, reasons.WORKER_DIED)
        return died


def _find(execution: Execution, action: ActionRow) -> Found:
    executor = execution.executors.of(action)
    if not isinstance(executor, ReadsBack):
        return Found.UNSEEN
    answer = within(execution.executors.deadline, lambda: executor.find(action))
    if answer is Found.ABSENT and execution.now < _settled_at(executor, action):
        return Found.UNSEEN
    return answer if isinstance(answer, Found) else Found.UNSEEN


def _settled_at(executor: Executor | None, action: ActionRow) -> datetime:
    """From when on a read-back that finds nothing can be relied on."""
    claimed_at = action.claimed_at or action.execute_at
    return claimed_at + executor.settles_after if isinstance(executor, ReadsBack) else claimed_at


def _conclude(execution: Execution, connection: Connection, action: ActionRow, found: Found) -> str:
    now = execution.now
    if found is Found.THERE:
        return execution.settle(connection, action, ActionState.CONFIRMED)
    if action.state == ActionState.SENT.value:
        service.leave(connection, action)
        return action.state
    if found is Found.ABSENT and action.returns < MOST_RETURNS:
        return execution.settle(connection, action, ActionState.PENDING, again_at=now)
    if found is Found.ABSENT:
        return execution.settle(connection, action, ActionState.FAILED, reason=reasons.NOT_SENT)
    settled_at = _settled_at(execution.executors.of(action), action)
    if action.looks >= MOST_LOOKS and now >= settled_at:
        return execution.settle(connection, action, ActionState.FAILED, reason=reasons.MAY_HAVE_GONE_OUT)
    again_at = max(now + pause_after(action.looks + 1), settled_at if action.looks >= MOST_LOOKS else now)
    return execution.settle(connection, action, ActionState.UNKNOWN, again_at=again_at)


def _was_seen(connection: Connection, action: ActionRow) -> bool:
    """Whether a source has shown us the mail since: then it did go out, whatever the provider shows."""
    message_id = action.content.get("message_id")
    return bool(message_id and seen_outside(connection, action.account_id, str(message_id)))
