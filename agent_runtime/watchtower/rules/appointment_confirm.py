"""An appointment lies ahead that nobody has confirmed."""

from collections.abc import Iterator
from datetime import timedelta

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.meetings import Meeting, meetings
from agent_runtime.watchtower.statement import Duty, Run, ours, owed, theirs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "appointment_confirm"
_DUTY = Duty(RULE, "appointment", "confirm_the_appointment", "the appointment was confirmed")
# Who agreed on it so shortly before needs no reminder.
_JUST_MADE = timedelta(days=3)
# Only what is said about it in the last days before it confirms it.
_LAST_DAYS = timedelta(days=3)


def state(view: View) -> Iterator[Begun]:
    """One confirmation an appointment made days before it, due `meeting_ahead_days` before it.

    A word of either side to the other in the last three days confirms it. Canceled or past, it needs none.
    """
    words = sorted([*ours(view), *theirs(view)], key=lambda x: (x.occurred_at, x.stream, x.source_id))
    ahead = timedelta(days=view.company.playbook.signals.meeting_ahead_days)
    for meeting in meetings(view):
        event = meeting.event
        if meeting.told_after or meeting.begins - event.occurred_at < _JUST_MADE:
            continue
        met = next((x for x in words if _confirms(x, meeting)), None)
        due = meeting.begins - ahead
        yield owed(view, _DUTY, Run([event], met), due, key=meeting.key, end=None if met else _over(view, meeting))


def _confirms(event: Event, meeting: Meeting) -> bool:
    near = max(meeting.begins - _LAST_DAYS, meeting.event.occurred_at) < event.occurred_at < meeting.begins
    who = meeting.event.contact_id
    return near and event.id != meeting.event.id and (who is None or event.contact_id in (None, who))


def _over(view: View, meeting: Meeting) -> Ending | None:
    event = meeting.event
    if meeting.status == "canceled":
        return Ending("disqualified", "the appointment was canceled", event.occurred_at, (event.id,))
    if view.now >= meeting.begins:
        return Ending("disqualified", "the appointment has come", meeting.begins, (event.id,))
    return None
