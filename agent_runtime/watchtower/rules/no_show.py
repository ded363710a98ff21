"""The customer did not come: a new date has to be offered."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.meetings import Meeting, meetings
from agent_runtime.watchtower.statement import Duty, Run, ours, owed, theirs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "no_show"
_DUTY = Duty(RULE, "no_show", "offer_a_new_date", "they were contacted, or a new date was made",
             channels=("email", "call", "message", "meeting"))  # fmt: skip


def state(view: View) -> Iterator[Begun]:
    """One interaction a missed meeting: we are in touch, they are, or a new date stands, within the window."""
    found = list(meetings(view)) if view.of("meeting") else []
    missed = [x for x in found if x.status == "no_show"]
    if not missed:
        return
    moves = sorted([*ours(view), *theirs(view)], key=lambda x: (x.occurred_at, x.stream, x.source_id))
    for meeting in missed:
        event = meeting.event
        candidates = [x for x in moves if x.occurred_at > meeting.begins and _same(x, event)]
        candidates += [x.event for x in found if _is_new_date(x, meeting)]
        met = min(candidates, key=lambda x: (x.occurred_at, x.id), default=None)
        begins = max(meeting.begins, event.occurred_at)
        due = view.company.window(RULE, begins, view.account.segment)
        yield owed(view, _DUTY, Run([event], met), due, key=meeting.key, opened_at=meeting.begins)


def _same(event: Event, missed: Event) -> bool:
    if event.id == missed.id or event.data.get("holding"):
        return False
    return missed.contact_id is None or event.contact_id in (None, missed.contact_id)


def _is_new_date(other: Meeting, missed: Meeting) -> bool:
    later = other.begins > missed.begins and other.status != "canceled" and other.event.id != missed.event.id
    return later and _same(other.event, missed.event)
