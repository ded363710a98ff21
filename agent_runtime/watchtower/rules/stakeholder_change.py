"""A person with whom we had to do has left, or has another role now: the relation has to be taken up anew."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.people import champion_of
from agent_runtime.watchtower.statement import Duty, Run, ours, owed, theirs, within
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "stakeholder_change"
_DUTY = Duty(RULE, "signal", "take_up_the_relation_anew", "somebody of the customer was contacted after the change")
_TITLES = ("title", "role", "position")


def state(view: View) -> Iterator[Begun]:
    """One signal a change of a person who was in touch with us; the champion of an open deal is watched elsewhere."""
    changes = [x for x in view.of("contact.changed", "field.changed") if x.contact_id and _is_change(x)]
    if not changes:
        return
    signs, reached = theirs(view), ours(view)
    for event in changes:
        known = any(x.contact_id == event.contact_id and x.occurred_at < event.occurred_at for x in signs)
        if known and not _carries(view, event, signs):
            due = view.company.window(RULE, event.occurred_at, view.account.segment)
            yield owed(view, _DUTY, Run([event], next((x for x in reached if _answers(x, event)), None)), due)


def _is_change(event: Event) -> bool:
    data = event.data
    if event.kind == "contact.changed":
        return data.get("status") == "left_company"
    return data.get("object") == "contact" and data.get("field") in _TITLES and data.get("from") not in (None, "")


def _answers(reached: Event, change: Event) -> bool:
    """After a role changed, the person or a colleague is spoken to; after one left, a colleague."""
    left = change.kind == "contact.changed"
    return reached.occurred_at > change.occurred_at and not (left and reached.contact_id == change.contact_id)


def _carries(view: View, event: Event, signs: list[Event]) -> bool:
    """Whether the person carried a deal that was open then, so that `champion_left` says more."""
    if event.kind != "contact.changed" or "champion_left" in view.company.switched_off:
        return False
    for deal in view.deals.values():
        life = deal.life_at(event.occurred_at)
        if life is not None:
            mine = (x for x in within(signs, life) if x.opportunity_id in (None, deal.id))
            if champion_of(view, (x for x in mine if x.occurred_at <= event.occurred_at)) == event.contact_id:
                return True
    return False
