"""A competitor was named: in what the customer wrote or said, in a note, or in a field of the CRM."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.held import Hold, held_until, holds
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import Duty, first, ours, owed, runs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "competitor_named"
_DUTY = Duty(RULE, "signal", "answer_the_competitor", "the customer was spoken to after the competitor was named")
_NOBODY = frozenset({"", "none", "no", "n/a", "unknown", "-", "keiner", "keine", "unbekannt"})


def state(view: View) -> Iterator[Begun]:
    """One signal each time until the customer was contacted again; a planned meeting holds it until then.

    A field that is emptied, or says that there is none, names nobody.
    """
    named = [x for x, _ in mentions(view, "competitor")] + [x for x in view.of("field.changed") if _names_one(x)]
    if not named:
        return
    named.sort(key=lambda x: (x.occurred_at, x.stream, x.source_id))
    reached = ours(view)
    for run in runs(named, lambda x: first(reached, x.occurred_at)):
        begins = run.triggers[0]
        window = view.company.window(RULE, begins.occurred_at, view.account.segment)
        due, _ = held_until(window, _meetings(view, begins))
        yield owed(view, _DUTY, run, due)


def _names_one(event: Event) -> bool:
    field, value = str(event.data.get("field") or "").lower(), str(event.data.get("to") or "").strip().lower()
    dated = any(word in field for word in ("date", "end", "renew", "until"))
    return "competitor" in field and not dated and value not in _NOBODY


def _meetings(view: View, event: Event) -> list[Hold]:
    return [x for x in holds(view, event.contact_id, event.opportunity_id) if x.why == "meeting"]
