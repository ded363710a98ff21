"""A new executive at the customer: the first weeks decide with whom they work."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.people import is_executive, title_of
from agent_runtime.watchtower.statement import Duty, Run, first, ours, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "new_executive"
_DUTY = Duty(RULE, "signal", "introduce_ourselves", "the new executive was contacted")
_JOINED = frozenset({"active", "joined", "new"})
_TITLES = ("title", "role", "position")


def state(view: View) -> Iterator[Begun]:
    """One signal an executive who joined, or who became one: contacted within the window. One who left ends it."""
    came = [x for x in view.of("contact.changed", "field.changed") if x.contact_id and _came(view, x)]
    if not came:
        return
    reached = ours(view)
    for event in came:
        if any(x.contact_id == event.contact_id and x.occurred_at < event.occurred_at for x in reached):
            continue
        met = next((x for x in reached if x.contact_id == event.contact_id and x.occurred_at > event.occurred_at), None)
        due = view.company.window(RULE, event.occurred_at, view.account.segment)
        gone = first([x for x in view.of("contact.changed") if x.data.get("status") == "left_company"],
                     event.occurred_at, event.contact_id)  # fmt: skip
        end = Ending("disqualified", "the person has left", gone.occurred_at, (gone.id,)) if gone and not met else None
        yield owed(view, _DUTY, Run([event], met), due, end=end)


def _came(view: View, event: Event) -> bool:
    data = event.data
    if event.kind == "field.changed":
        promoted = is_executive(str(data.get("to") or "")) and not is_executive(str(data.get("from") or ""))
        return data.get("object") == "contact" and data.get("field") in _TITLES and promoted
    first_word = not any(x.contact_id == event.contact_id for x in view.events if x.occurred_at < event.occurred_at)
    title = str(data.get("title") or title_of(view, event.contact_id))
    return data.get("status") in _JOINED and first_word and is_executive(title)
