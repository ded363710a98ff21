"""The customer promised something by a day, and it has not come."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.held import held_until, holds
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import Duty, Run, first, moment, owed, theirs
from agent_runtime.watchtower.view import View

RULE = "customer_promise"
_DUTY = Duty(RULE, "promise", "ask_for_what_they_promised", "they were in touch again", turn="theirs")


def state(view: View) -> Iterator[Begun]:
    """One promise of theirs with a day; the window is the grace after it, and a leave or a meeting holds it."""
    told = list(mentions(view, "their_promise"))
    signs = theirs(view) if told else []
    for event, said in told:
        day = moment(said.get("due_at"), view.company.calendar.zone)
        if day is None:
            continue
        planned = [x for x in holds(view, event.contact_id, event.opportunity_id) if x.why in ("meeting", "leave")]
        due, _ = held_until(view.company.window(RULE, day, view.account.segment), planned)
        yield owed(view, _DUTY, Run([event], first(signs, event.occurred_at, event.contact_id)), due)
