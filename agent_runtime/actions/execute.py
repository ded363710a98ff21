"""Executes one action: claims and checks it, has it done outside of any transaction, records what came of it."""

from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from agent_runtime.actions import limits, reasons, service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.deadline import within
from agent_runtime.actions.execution import Checks, Ended, Execution
from agent_runtime.actions.executors import Confirmed, Executors, ReadsBack, Rejected, Result, Retry, Sent
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.policy import MOST_ATTEMPTS, SENDING, pause_after
from agent_runtime.actions.reconcile import reconcile

_PATIENTLY = Retrying(
    retry=retry_if_exception_type(OperationalError),
    stop=stop_after_attempt(6),
    wait=wait_exponential(multiplier=0.1, max=3),
    reraise=True,
)


def execute(
    engine: Engine,
    action_id: str,
    now: datetime,
    executors: Executors,
    recheck: Checks,
    ended: Ended,
    install_key: SecretStr,
    claimed_by: str = "",
) -> str:
    """Takes the next step with one action, if one is due, and gives the state in which it is then.

    Pending: claimed, checked again, done, recorded. Claimed by a worker that died, or unknown: looked for first. Sent:
    looked for once. An action whose next step is not due stays as it is.
    However many call this at once, one of them does it. Raises NotThere.
    """
    execution = Execution(engine, now, executors, recheck, ended, install_key, claimed_by)
    with engine.connect() as connection:
        action = service.read(connection, action_id)
    return _do(execution, action_id) if action.state == ActionState.PENDING.value else reconcile(execution, action)


def _do(execution: Execution, action_id: str) -> str:
    try:
        with execution.engine.begin() as connection:
            claimed = _claim(execution, connection, service.read(connection, action_id))
    except service.MovedOn:
        return _state(execution, action_id)
    if isinstance(claimed, str):
        return claimed
    result = _carry_out(execution, claimed)
    # Something may be out by now, and only this says so: a database that is away for a moment must not lose it.
    return _PATIENTLY(_keep, execution, claimed, result)


def _keep(execution: Execution, claimed: ActionRow, result: Result) -> str:
    try:
        with execution.engine.begin() as connection:
            return _record(execution, connection, claimed, result)
    except service.MovedOn:
        # The lease was over, and somebody took this worker for dead.
        with execution.engine.begin() as connection:
            return _record_late(execution, connection, claimed.id, result)


def _state(execution: Execution, action_id: str) -> str:
    with execution.engine.connect() as connection:
        return service.read(connection, action_id).state


def _claim(execution: Execution, connection: Connection, action: ActionRow) -> ActionRow | str:
    """The claimed action, or the state of one that is not done now."""
    if action.state != ActionState.PENDING.value or action.execute_at > execution.now:
        return action.state
    if reason := execution.recheck(connection, action):
        return execution.settle(connection, action, ActionState.CANCELLED, reason=reason)
    room = _room_at(execution, connection, action)
    if room > execution.now:
        service.postpone(connection, action, room)
        return action.state
    lease = execution.executors.lease
    taken = service.claim_one(connection, action.id, execution.now, execution.claimed_by, lease)
    if taken is None:
        return service.read(connection, action.id).state
    execution.note(connection, taken, "")
    return taken


def _room_at(execution: Execution, connection: Connection, action: ActionRow) -> datetime:
    """When the limits of the provider and of the sender let this action go out."""
    now, sending = execution.now, execution.executors.sending
    if action.kind not in SENDING:
        return now
    sent = service.sent_since(connection, str(action.content.get("connector") or ""), now - limits.DAY)
    sender = (action.content.get("sender") or {}).get("email") or ""
    by_sender = [at for at, address in sent if address == sender]
    return max(
        limits.room_at([at for at, _ in sent], limits.of_connector(sending), now),
        limits.room_at(by_sender, limits.of_sender(sending), now),
    )


def _carry_out(execution: Execution, action: ActionRow) -> Result:
    executor = execution.executors.of(action)
    if executor is None:
        return Rejected(reasons.NO_EXECUTOR)
    return within(execution.executors.deadline, lambda: executor.execute(action))


def _record(execution: Execution, connection: Connection, action: ActionRow, result: Result) -> str:
    evidence = result.evidence
    if isinstance(result, Sent | Confirmed):
        look_at = _read_back_at(execution, action) if isinstance(result, Sent) else None
        return execution.settle(connection, action, _effect(result), result=evidence, again_at=look_at)
    if isinstance(result, Rejected):
        return execution.settle(connection, action, ActionState.FAILED, reason=result.reason, result=evidence)
    again_at = execution.now + pause_after(action.attempts)
    if not isinstance(result, Retry):
        return execution.settle(
            connection, action, ActionState.UNKNOWN, reason=result.reason, result=evidence, again_at=again_at
        )
    if action.attempts >= MOST_ATTEMPTS:
        kept = evidence | {"last": result.reason}
        return execution.settle(connection, action, ActionState.FAILED, reason=reasons.GAVE_UP, result=kept)
    return execution.settle(
        connection, action, ActionState.PENDING, reason=result.reason, result=evidence, again_at=again_at
    )


def _read_back_at(execution: Execution, action: ActionRow) -> datetime | None:
    executor = execution.executors.of(action)
    return execution.now + executor.settles_after if isinstance(executor, ReadsBack) else None


def _effect(result: Sent | Confirmed) -> ActionState:
    return ActionState.SENT if isinstance(result, Sent) else ActionState.CONFIRMED


def _record_late(execution: Execution, connection: Connection, action_id: str, result: Result) -> str:
    """An effect that became known late is recorded wherever it still can be, so that it is not done again."""
    action = service.read(connection, action_id)
    waiting = (ActionState.UNKNOWN.value, ActionState.PENDING.value)
    if isinstance(result, Sent | Confirmed) and action.state in waiting:
        return execution.settle(connection, action, _effect(result), result=result.evidence)
    execution.note(connection, action, f"late:{type(result).__name__.lower()}")
    return action.state
