"""A lead that nobody has worked at all: no contact, no task, no word in the CRM."""

from collections.abc import Iterator

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.lead_response import KIND, leads
from agent_runtime.watchtower.statement import Duty, expected
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "unworked_lead"
_DUTY = Duty(RULE, KIND, "work_the_lead_or_close_it", "somebody took it up", channels=("email", "call", "crm"))
_WORK = frozenset({"task.created", "task.completed", "work.done", "note", "meeting"})


def state(view: View) -> Iterator[Inside]:
    """For each lead: some sign within the window that a person has it in hand, be it a task or an unanswered call.

    It weighs more than the first response that came too late: here nobody has begun.
    """
    work = [x for x in view.events if x.caused_by == "person" or x.kind in _WORK]
    for lead in leads(view):
        met = next((x for x in work if x.occurred_at >= lead.opened_at and _is_about(x, lead.contact_id)), None)
        due = view.company.window(RULE, lead.opened_at, view.account.segment)
        expectation = expected(_DUTY, lead.opened_at, due, [lead.event], met, key=f"{RULE}:{lead.key}")
        yield Inside(KIND, lead.key, expectation)


def _is_about(event: Event, contact_id: str | None) -> bool:
    return event.kind != "lead.created" and (contact_id is None or event.contact_id in (None, contact_id))
