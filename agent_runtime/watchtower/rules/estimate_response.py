"""An estimate went out by mail, without a deal in the CRM, and the customer has not answered."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.estimates import deal_of_estimate, estimates
from agent_runtime.watchtower.held import held_until, holds
from agent_runtime.watchtower.statement import Duty, owed, runs, theirs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "estimate_response"
_DUTY = Duty(RULE, "proposal_follow_up", "get_an_answer_to_the_estimate", "the customer answered", turn="theirs",
             channels=("email", "call", "message"))  # fmt: skip


def state(view: View) -> Iterator[Begun]:
    """One follow-up for each run of unanswered estimates to a person; a newer one begins the wait anew.

    Estimates of a deal are watched as its proposals. A meeting or an own task about it holds it.
    """
    sent: dict[str | None, list[Event]] = {}
    for event in estimates(view):
        if deal_of_estimate(view, event) is None:
            sent.setdefault(event.contact_id, []).append(event)
    signs = theirs(view) if sent else []
    for contact, events in sent.items():
        for run in runs(events, lambda x: _answer(signs, x)):
            last = run.triggers[-1]
            window = view.company.window(RULE, last.occurred_at, view.account.segment)
            planned = [x for x in holds(view, contact, None) if x.why in ("meeting", "task", "leave")]
            due, _ = held_until(window, planned)
            yield owed(view, _DUTY, run, due, opened_at=last.occurred_at)


def _answer(signs: list[Event], estimate: Event) -> Event | None:
    thread = estimate.data.get("thread")
    later = (x for x in signs if x.occurred_at > estimate.occurred_at)
    who = estimate.contact_id
    return next((x for x in later if who is None or x.contact_id == who or (thread and x.data.get("thread") == thread)),
                None)  # fmt: skip
