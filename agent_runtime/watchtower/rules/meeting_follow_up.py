"""A meeting took place and nothing followed."""

from collections.abc import Callable, Iterator

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.contact import is_ours_to_customer
from agent_runtime.watchtower.meetings import Meeting, is_review, meetings
from agent_runtime.watchtower.statement import Duty, Run, ours, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "meeting_follow_up"
KIND = "meeting_follow_up"
_DUTY = Duty(RULE, KIND, "send_what_was_agreed", "something of ours followed the meeting")
_NO_MEETING = {"canceled": "the meeting was canceled", "no_show": "nobody came"}


def state(view: View) -> Iterator[Begun]:
    """One interaction a meeting, business reviews aside, from when it was planned on: followed up in the window."""
    return follow_ups(view, _DUTY, lambda x: not is_review(x))


def follow_ups(view: View, duty: Duty, wanted: Callable[[Meeting], bool]) -> Iterator[Begun]:
    """The follow-ups of the wanted meetings: due in the window of the duty's rule, counted from the meeting's end.

    A meeting is known before it begins, so that its due time is known as well. A calendar seldom tells that one was
    held: while nothing else is told, it was. One that was canceled, or to which nobody came, needs none.
    """
    reached = [x for x in ours(view) if x.kind != "meeting"]
    for meeting in meetings(view):
        if not wanted(meeting):
            continue
        event = meeting.event
        met = next((x for x in reached if x.occurred_at >= meeting.ends and _is_for(x, meeting)), None)
        due = view.company.window(duty.rule, meeting.ends, view.account.segment)
        end = _none_needed(meeting)
        run = Run([event], None if end else met)
        yield owed(view, duty, run, due, key=meeting.key, opened_at=meeting.ends, end=end)


def _none_needed(meeting: Meeting) -> Ending | None:
    reason = _NO_MEETING.get(meeting.status)
    return Ending("disqualified", reason, meeting.event.occurred_at, (meeting.event.id,)) if reason else None


def _is_for(event: Event, meeting: Meeting) -> bool:
    """To somebody who was there, or about the same deal; where neither is known, to anybody of the account."""
    told = meeting.event
    if event.opportunity_id and event.opportunity_id == told.opportunity_id:
        return True
    there = {str(x).lower() for x in told.data.get("attendees") or ()}
    to = {str(x).lower() for x in (*(event.data.get("to") or ()), *(event.data.get("cc") or ()))}
    if is_ours_to_customer(event) and there & to:
        return True
    return told.contact_id is None or event.contact_id is None or told.contact_id == event.contact_id
