"""A meeting with one who decides lies ahead, and nobody has prepared a brief."""

import re
from collections.abc import Iterator
from datetime import timedelta

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.meetings import Meeting, meetings, with_executive
from agent_runtime.watchtower.statement import Duty, Run, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "executive_brief"
_DUTY = Duty(RULE, "preparation", "prepare_the_brief", "the brief is ready", channels=("crm",))
_BRIEF = re.compile(r"\b(?:brief|briefing|dossier|preparation|prep|vorbereitung)\b", re.IGNORECASE)

# A prepared brief that was approved; a plan for a renewal is one as well, but its title begins with another word.
_TAKEN = "action.brief"


def state(view: View) -> Iterator[Begun]:
    """One preparation a meeting with an executive, due `meeting_ahead_days` before it.

    A task done or a note that names the brief shows it, and so does a prepared one that its owner took. A meeting
    that was canceled, or is over, needs none; of one that was told of afterwards nobody can say when it was made, so
    nothing was due.
    """
    ready = [x for x in view.of("task.completed", "note", "work.done", _TAKEN) if _is_brief(view, x)]
    ahead = timedelta(days=view.company.playbook.signals.meeting_ahead_days)
    for meeting in meetings(view):
        if not with_executive(view, meeting):
            continue
        event = meeting.event
        if meeting.told_after:
            yield Begun(_DUTY.kind, meeting.key, meeting.begins, event.id, (), _over(view, meeting))
            continue
        begins = event.occurred_at
        met = next((x for x in ready if _is_for(x, meeting)), None)
        due = max(begins + (meeting.begins - begins) / 2, meeting.begins - ahead)
        yield owed(view, _DUTY, Run([event], met), due, key=meeting.key, end=None if met else _over(view, meeting))


def _is_brief(view: View, event: Event) -> bool:
    if event.kind == _TAKEN:
        return bool(_BRIEF.match(event.subject or ""))
    task = event.data.get("task_id")
    made = (x.subject for x in view.of("task.created") if task and x.data.get("task_id") == task)
    return any(text and _BRIEF.search(text) for text in (event.subject, *made))


def _is_for(event: Event, meeting: Meeting) -> bool:
    same = event.opportunity_id in (None, meeting.event.opportunity_id)
    return same and meeting.begins - timedelta(days=14) <= event.occurred_at < meeting.begins


def _over(view: View, meeting: Meeting) -> Ending | None:
    event = meeting.event
    if meeting.status == "canceled":
        at = min(event.occurred_at, meeting.begins)
        return Ending("disqualified", "the meeting was canceled", at, (event.id,))
    if view.now >= meeting.begins:
        return Ending("disqualified", "the meeting is over", meeting.begins, (event.id,))
    return None
