"""The customer complained elsewhere: a case is open, and whoever owns the account has not been in touch."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.statement import Duty, Run, first, ours, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "escalation"
_DUTY = Duty(RULE, "escalation", "see_to_the_complaint", "the customer was contacted about it")
_GRAVE = frozenset({"high", "critical", "urgent", "p1", "sev1", "1"})
_CLOSED = frozenset({"closed", "solved", "resolved", "canceled"})


def state(view: View) -> Iterator[Begun]:
    """One interaction a grave case: the customer is contacted within the window. A case that is closed ends it.

    What the help desk settles every day is no escalation; a case that becomes grave later is one from then on.
    """
    told: dict[str, list[Event]] = {}
    for event in view.of("case"):
        told.setdefault(str(event.data.get("case_id") or event.source_id), []).append(event)
    reached = ours(view)
    for case_id, events in told.items():
        grave = next((x for x in events if _is_grave(x)), None)
        if grave is None:
            continue
        closed = next((x for x in events if x.occurred_at > grave.occurred_at and _is_closed(x)), None)
        met = first(reached, grave.occurred_at, grave.contact_id)
        due = view.company.window(RULE, grave.occurred_at, view.account.segment)
        yield owed(view, _DUTY, Run([grave], met), due, key=f"{RULE}:{case_id}", end=_end(met, closed))


def _is_grave(event: Event) -> bool:
    return str(event.data.get("severity") or "").lower() in _GRAVE and not _is_closed(event)


def _is_closed(event: Event) -> bool:
    return str(event.data.get("status") or "").lower() in _CLOSED


def _end(met: Event | None, closed: Event | None) -> Ending | None:
    """Closed before anybody was in touch: then the case itself was the answer."""
    if closed is None or (met is not None and met.occurred_at <= closed.occurred_at):
        return None
    return Ending("converted", "the case was closed", closed.occurred_at, (closed.id,))
