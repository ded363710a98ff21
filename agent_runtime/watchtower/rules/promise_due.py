"""We promised something by a time: a task with a due time, or "I will … by …" in a mail or call."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import asks_no_more, is_connected, is_ours_to_customer, is_two_way, same_person
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "promise_due"
KIND = "promise"
_occurred_at = attrgetter("occurred_at")
_CALL = re.compile(r"\b(?:call|ring|phone|anrufen|rufe|telefon\w*)\b")  # of lower case, which is found faster


def state(view: View) -> Iterator[Begun]:
    """One interaction a promise. A task without a due time is a plan: nobody named a time.

    Nobody misses what could not be seen: that somebody comes or is met stands in no mail and in no call.
    """
    for task in view.of("task.created"):
        if task.data.get("due_at"):
            yield _task(view, task)
    for event in view.of("email", "message", "call", "meeting"):
        for number, promise in enumerate(event.data.get("promises") or ()):
            if promise.get("due_at") and not promise.get("on_site"):
                yield _spoken(view, event, number, promise)


def _task(view: View, task: Event) -> Begun:
    task_id = str(task.data.get("task_id") or task.source_id)
    done = next((x for x in view.of("task.completed") if str(x.data.get("task_id")) == task_id), None)
    if done is None and task.data.get("channel") == "call":
        done = next((x for x in view.of("call") if _does_task(x, task)), None)
    return _begun(view, task, f"task:{task_id}", datetime.fromisoformat(task.data["due_at"]), done)


def _does_task(call: Event, task: Event) -> bool:
    """A connected call with the task's own subject, or with the task's contact, is the task done."""
    if call.occurred_at <= task.occurred_at or not is_ours_to_customer(call):
        return False
    named = task.subject and call.data.get("purpose") == task.subject and call.opportunity_id == task.opportunity_id
    return bool(named or (task.contact_id and call.contact_id == task.contact_id))


def _spoken(view: View, event: Event, number: int, promise: dict[str, str]) -> Begun:
    by_call = bool(_CALL.search((promise.get("what") or promise.get("quote") or "").lower()))
    kinds = ("call", "meeting") if by_call else ("email", "message", "call", "meeting")
    told = view.of(*kinds)
    done = _kept(told[bisect_right(told, event.occurred_at, key=_occurred_at) :], event, by_call)
    due = datetime.fromisoformat(promise["due_at"])
    return _begun(view, event, f"{event.source_id}:{number}", due, done)


def _kept(later: Sequence[Event], promise: Event, by_call: bool) -> Event | None:
    """What kept the promise. Of a doubtful reply nobody can tell from its words alone whether it did: it did once the
    customer writes again and asks for nothing."""
    doubtful: Event | None = None
    for event in later:
        if doubtful and asks_no_more(event) and same_person(event, promise.contact_id):
            return doubtful
        if _keeps(event, promise, by_call):
            if not event.data.get("doubtful"):
                return event
            doubtful = event
    return None


def _keeps(later: Event, promise: Event, by_call: bool) -> bool:
    """Something of ours to the same person; a holding reply keeps nothing."""
    if later.data.get("holding") or not same_person(later, promise.contact_id):
        return False
    if by_call:
        return is_two_way(later)
    return is_ours_to_customer(later) and (later.kind != "call" or is_connected(later))


def _begun(view: View, event: Event, key: str, due: datetime, done: Event | None) -> Begun:
    ended = view.end_of(event.opportunity_id, event.occurred_at)
    end = None
    if done and (ended is None or done.occurred_at <= ended.at):
        end = Ending("converted", "the promise was kept", done.occurred_at, (done.id,))
    elif ended:
        reason = f"no longer needed: the opportunity ended, stage {ended.stage}"
        end = Ending("disqualified", reason, ended.at, (ended.activity_id,))
    expected = Expected(
        key=RULE,
        rule=RULE,
        action="keep_the_promise",
        opened_at=event.occurred_at,
        due_at=view.company.window(RULE, due),
        channels=("email", "call"),
        evidence=(event.id,),
        met_at=done.occurred_at if done else None,
        met_by=done.id if done else None,
    )
    return Begun(
        kind=KIND,
        key=key,
        opened_at=event.occurred_at,
        opened_by=event.id,
        expected=(expected,),
        end=end,
        opportunity_id=event.opportunity_id,
        contact_id=event.contact_id,
    )
