"""What each verb does with an item, in the caller's transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from agent_runtime.actions import service as actions
from agent_runtime.actions.policy import content_hash, effect_key
from agent_runtime.calendars import Window
from agent_runtime.errors import BadInput, Refused
from agent_runtime.inbox import attested, content, muting, service, store
from agent_runtime.inbox import verbs as v
from agent_runtime.inbox.case import Case, Decided
from agent_runtime.inbox.models import ItemState
from agent_runtime.inbox.policy import ANY_STEP
from agent_runtime.jobs import post
from memory import timeline

# A call that reached nobody is tried again so soon, unless the person says what comes next.
_TRY_AGAIN = Window.parse("1 business day")
# Nobody tells today what they did longer ago, nor when they come back to something later than this.
_LONG_AGO, _FAR_AHEAD = timedelta(days=366), timedelta(days=3 * 366)
_PUT_OFF = (ItemState.SNOOZED.value, ItemState.DISMISSED.value)


def _approve(case: Case, command: v.Approve) -> Decided:
    case.must_be(ItemState.OPEN)
    case.must_be_seen(command)
    if command.draft:
        _rewrite(case, command.draft)
    item = case.item
    if getattr(case.house.playbook.autonomy, item.action["kind"], "approve") == "never":
        raise Refused(f"The playbook never allows {item.action['kind']}; nothing was approved.")
    undo_until = case.now + case.by.undo
    execute_at = max(undo_until, command.execute_at or undo_until)
    _must_make_sense(case, execute_at)
    case.save(state=ItemState.APPROVED.value)
    action = actions.decide(
        case.connection,
        item.action,
        account_id=item.account_id,
        effect_key=effect_key(item.id, item.draft_version),
        decided_by=case.by.user_id,
        now=case.now,
        item_id=item.id,
        interaction_id=item.interaction_id,
        execute_at=execute_at,
    )
    case.tell("item.approved", action=action.id, content_hash=item.content_hash, item=item.id, channel=case.by.channel)
    return case.result(undo_until=undo_until, action_id=action.id)


def _must_make_sense(case: Case, execute_at: datetime) -> None:
    """What is approved happens while it says what is the case; the recheck of the executor is for what comes later."""
    not_after = case.item.action.get("not_after")
    if not_after and execute_at > datetime.fromisoformat(not_after):
        raise Refused(f"It has lost its sense after {not_after}; nothing was approved.", fix="Choose an earlier time.")
    if execute_at > case.now + timedelta(days=case.house.playbook.decisions.snooze_most_days):
        raise BadInput("That is too far ahead; nothing was approved.", fix="Choose an earlier time, or put it off.")


def _edit(case: Case, command: v.Edit) -> Decided:
    case.must_be(ItemState.OPEN)
    case.must_be_seen(command)
    _rewrite(case, command.draft)
    return case.result()


def _rewrite(case: Case, changes: v.Changes) -> None:
    action, flags = content.changed(case.item, changes)
    before = case.item.content_hash
    version, digest = case.item.draft_version + 1, content_hash(action)
    case.save(action=action, draft_version=version, content_hash=digest, flags=flags, made_at=case.now)
    store.keep_version(case.connection, case.item, case.by.user_id, case.now)
    case.tell("item.edited", before=before, content_hash=digest, version=version)


def _done(case: Case, command: v.Done) -> Decided:
    """Also of a card that was taken and is being worked: what came of it is told afterwards."""
    taken = case.item.action["kind"] == "call_card" and case.item.closed_reason == service.EXECUTED
    case.must_be(ItemState.OPEN, ItemState.SNOOZED, *((ItemState.DONE,) if taken else ()))
    item, now = case.item, case.now
    if not now - _LONG_AGO <= command.at <= now:
        raise BadInput("What was done lies in the future, or too far back.", fix="Nothing was changed; correct it.")
    if command.next:
        _must_come(case, command.next.due_at)
    case.attest(attested.done_elsewhere(item, command, case.witness()))
    returns_at = command.next.due_at if command.next else case.house.due(_returns(case, command), now)
    told = f"done elsewhere: {command.how}, {command.result}"
    service.suppress(case.connection, item.account_id, item.expectation_id, ANY_STEP, "done", told, now, returns_at)
    case.close(ItemState.DONE, told)
    case.tell("item.done_elsewhere", how=command.how, result=command.result, next=command.next is not None)
    return case.result(returns_at=returns_at, unless="with this it is done")


def _returns(case: Case, done: v.Done) -> Window:
    """When the matter comes back, should what was done not settle it."""
    return case.house.playbook.decisions.dismissed_returns if done.result == "reached" else _TRY_AGAIN


def _must_come(case: Case, moment: datetime) -> None:
    if not case.now < moment <= case.now + _FAR_AHEAD:
        raise BadInput("That is no time to come, or too far away.", fix="Nothing was changed; name another one.")


def _outcome(case: Case, command: v.Outcome) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    if command.wake_at:
        _must_come(case, command.wake_at)
    case.attest([attested.judged(case.item, command, case.witness())])
    case.close(ItemState.DONE, f"outcome: {command.outcome}")
    case.tell("item.outcome", outcome=command.outcome)
    return case.result(returns_at=command.wake_at)


def _dismiss(case: Case, command: v.Dismiss) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    item, now = case.item, case.now
    if not item.interaction_id:
        case.close(ItemState.DISMISSED, command.reason)
        case.tell("item.dismissed", reason=command.reason)
        return case.result()
    returns_at = case.house.due(case.house.playbook.decisions.dismissed_returns, now)
    reason = f"dismissed by {case.by.user_id}: {command.reason}"
    service.suppress(
        case.connection, item.account_id, item.expectation_id, ANY_STEP, "dismissed", reason, now, returns_at
    )  # fmt: skip
    case.close(ItemState.DISMISSED, command.reason)
    case.tell("item.dismissed", reason=command.reason, returns_at=returns_at.isoformat())
    return case.result(returns_at=returns_at, unless="what was missing comes, or the matter ends")


def _snooze(case: Case, command: v.Snooze) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    _must_be_near(case, command.until)
    case.save(state=ItemState.SNOOZED.value, snoozed_until=command.until, snoozed_for=command.event)
    case.tell("item.snoozed", until=command.until.isoformat(), event=command.event)
    unless = "they reply before, or what was missing comes" if command.event else "what was missing comes before"
    return case.result(returns_at=command.until, unless=unless)


def _must_be_near(case: Case, until: datetime) -> None:
    most = case.now + timedelta(days=case.house.playbook.decisions.snooze_most_days)
    if not case.now < until <= most:
        raise BadInput(
            f"It can be put off to a time until {most:%Y-%m-%d}, not to this one.",
            fix="Nothing was changed; name another time, or mark the matter as deferred.",
        )


def _mute(case: Case, command: v.Mute) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    item = case.item
    if item.signal in muting.WAITED_FOR:
        raise Refused("Somebody waits for this; it cannot be muted.", fix="Put it off, or say how it ended.")
    _must_be_near(case, command.until)
    muting.mute(case.connection, item.account_id, item.signal, command.until, case.by.user_id, case.now)
    case.save(state=ItemState.SNOOZED.value, snoozed_until=command.until, snoozed_for=None)
    case.tell("item.muted", signal=item.signal, until=command.until.isoformat())
    return case.result(returns_at=command.until, unless="what was missing comes before")


def _reassign(case: Case, command: v.Reassign) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    if command.to not in case.house.people or case.house.has_left(command.to, case.now):
        raise BadInput("There is no such colleague.", fix="Nothing was changed; name one who works here.")
    if command.to == case.item.owner_id:
        raise BadInput("It is theirs already.", fix="Nothing was changed.")
    case.attest([attested.assigned(case.item, command, case.witness())])
    case.close(ItemState.RENEWED, f"reassigned to {command.to}")
    case.tell("item.reassigned", before=case.item.owner_id, after=command.to)
    return case.result()


def _accept(case: Case, _command: v.Accept) -> Decided:
    case.must_be(ItemState.OPEN, ItemState.SNOOZED)
    accounts = [str(row["account_id"]) for row in case.item.beside.get("triage", ())]
    if not accounts:
        raise Refused("It hands nothing over.", fix="Nothing was changed.")
    by = case.witness()
    added = timeline.add(case.connection, [attested.accepted(account, by) for account in accounts])
    post(case.connection, zip(accounts, (x.activity_id for x in added), strict=True))
    case.close(ItemState.DONE, "accepted")
    case.tell("item.accepted", accounts=len(accounts))
    return case.result()


def _claim(case: Case, _command: v.Claim) -> Decided:
    case.must_be(ItemState.OPEN)
    item, now, me = case.item, case.now, case.by.user_id
    if item.owner_id in case.house.people:
        raise Refused(f"It belongs to {item.owner_id}, not to a pool.", fix="Nothing was changed.")
    if item.claimed_by not in (None, me) and item.claimed_until and item.claimed_until > now:
        raise Refused(f"{item.claimed_by} has taken it.", fix="Nothing was changed; take another one.")
    until = case.house.due(case.house.playbook.decisions.lease, now)
    shift_ends = store.shift_end(case.connection, me, now)
    until = min(until, shift_ends) if shift_ends else until
    case.save(claimed_by=me, claimed_until=until)
    case.tell("item.claimed", until=until.isoformat())
    return case.result(returns_at=until)


def _release(case: Case, _command: v.Release) -> Decided:
    case.must_be(ItemState.OPEN)
    case.save(claimed_by=None, claimed_until=None)
    case.tell("item.released")
    return case.result()


def _undo(case: Case, _command: v.Undo) -> Decided:
    case.must_be(ItemState.APPROVED, ItemState.SNOOZED, ItemState.DISMISSED)
    item = case.item
    if item.state == ItemState.APPROVED:
        _cancel(case)
    if item.state in _PUT_OFF and store.matter_taken(case.connection, item):
        raise Refused("The matter is open in another item by now.", fix="Decide about that one.")
    store.forget_hold(case.connection, item.expectation_id, ANY_STEP)
    if item.state == ItemState.SNOOZED and muting.lift(case.connection, item.account_id, item.signal):
        case.tell("item.unmuted", signal=item.signal)
    case.item = store.reopen(case.connection, item, case.by.user_id, case.now)
    case.tell("item.undone", before=item.state)
    return case.result()


def _cancel(case: Case) -> None:
    reason = f"taken back by {case.by.user_id}"
    cancelled = actions.cancel(case.connection, reason=reason, now=case.now, item_id=case.item.id)
    if not cancelled:
        raise Refused("Its action has begun and cannot be taken back.", fix="Look at what became of it.")
    case.entries += [actions.told(action, case.now, reason="taken back") for action in cancelled]


VERBS: dict[type, Callable[[Case, Any], Decided]] = {
    v.Approve: _approve,
    v.Edit: _edit,
    v.Done: _done,
    v.Dismiss: _dismiss,
    v.Snooze: _snooze,
    v.Mute: _mute,
    v.Reassign: _reassign,
    v.Outcome: _outcome,
    v.Accept: _accept,
    v.Claim: _claim,
    v.Release: _release,
    v.Undo: _undo,
}
