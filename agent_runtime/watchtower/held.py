"""Somebody is already on it: stretches of time in which a follow-up can wait, each with its own end. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from agent_runtime.watchtower.contact import is_ours_to_customer, same_person
from agent_runtime.watchtower.statement import moment
from agent_runtime.watchtower.view import View
from memory.timeline import Event

# A sequence that nobody ends has stopped at the latest then.
LONGEST_SEQUENCE = timedelta(days=60)
# A task without a time is a plan; one that nobody touches for so long holds nothing any more.
LONGEST_PLAN = timedelta(days=30)
# One who is away without a word of the return is asked about again after so long.
UNKNOWN_RETURN = timedelta(days=14)


class Hold(NamedTuple):
    """From `since` until `until` somebody is on it, as the activity shows; `why`: meeting, task, sequence, colleague
    or leave."""

    why: str
    since: datetime
    until: datetime
    activity_id: str


def holds(view: View, contact_id: str | None, opportunity_id: str | None) -> list[Hold]:
    """Every stretch about this person or deal, by its beginning; what lies in the past is told as well."""
    found = [
        *_meetings(view, contact_id, opportunity_id),
        *_tasks(view, contact_id, opportunity_id),
        *_sequences(view, contact_id),
        *_mails(view, contact_id),
        *_leaves(view, contact_id),
    ]
    return sorted(found, key=lambda x: (x.since, x.until, x.activity_id))


def held_until(due_at: datetime, stretches: Sequence[Hold]) -> tuple[datetime, tuple[Hold, ...]]:
    """The due time moved to the end of what holds it, and the holds that moved it, in order.

    Only what had begun by the due time holds it: nothing that was planned after a breach takes it back.
    """
    used: list[Hold] = []
    while found := next((x for x in stretches if x.since <= due_at < x.until), None):
        due_at = found.until
        used.append(found)
    return due_at, tuple(used)


def _about(event: Event, contact_id: str | None, opportunity_id: str | None) -> bool:
    """About the same deal where both name one, else with the same person; what names neither is about anything."""
    if opportunity_id and event.opportunity_id:
        return event.opportunity_id == opportunity_id
    return same_person(event, contact_id)


def _meetings(view: View, contact_id: str | None, opportunity_id: str | None) -> Iterator[Hold]:
    for event in view.of("meeting"):
        begins = moment(event.data.get("starts_at"), view.company.calendar.zone)
        ahead = begins and event.data.get("status") in ("scheduled", "held", None)
        if begins and ahead and _about(event, contact_id, opportunity_id):
            yield Hold("meeting", min(event.occurred_at, begins), begins, event.id)


def _tasks(view: View, contact_id: str | None, opportunity_id: str | None) -> Iterator[Hold]:
    created = view.of("task.created")
    done = {str(x.data.get("task_id")): x.occurred_at for x in view.of("task.completed")} if created else {}
    for event in created:
        due = moment(event.data.get("due_at"), view.company.calendar.zone) or event.occurred_at + LONGEST_PLAN
        if _about(event, contact_id, opportunity_id):
            until = min(due, done.get(str(event.data.get("task_id") or event.source_id), due))
            yield Hold("task", event.occurred_at, until, event.id)


def _sequences(view: View, contact_id: str | None) -> Iterator[Hold]:
    ended = view.of("sequence.ended")
    for event in view.of("sequence.enrolled"):
        if same_person(event, contact_id):
            ends = (x.occurred_at for x in ended if x.occurred_at >= event.occurred_at and _same_sequence(x, event))
            until = next(ends, event.occurred_at + LONGEST_SEQUENCE)
            yield Hold("sequence", event.occurred_at, until, event.id)


def _same_sequence(end: Event, start: Event) -> bool:
    return end.data.get("name") == start.data.get("name") and same_person(end, start.contact_id)


def _mails(view: View, contact_id: str | None) -> Iterator[Hold]:
    days = timedelta(days=view.company.playbook.signals.colleague_days)
    for event in view.of("email", "message"):
        if is_ours_to_customer(event) and same_person(event, contact_id):
            yield Hold("colleague", event.occurred_at, event.occurred_at + days, event.id)


def _leaves(view: View, contact_id: str | None) -> Iterator[Hold]:
    """Away: until the day after the return; a later change of state ends it."""
    changes = [x for x in view.of("contact.changed") if contact_id and x.contact_id == contact_id]
    for place, event in enumerate(changes):
        if event.data.get("status") == "on_leave":
            back = moment(event.data.get("until"), view.company.calendar.zone)
            until = back + timedelta(days=1) if back else event.occurred_at + UNKNOWN_RETURN
            yield Hold("leave", event.occurred_at, _earlier(until, changes[place + 1 :]), event.id)


def _earlier(until: datetime, changes: Iterable[Event]) -> datetime:
    return min([until, *(x.occurred_at for x in changes)])
