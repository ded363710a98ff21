"""The customer's contract with a competitor ends on a known day: an offer has to be there before it renews itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import Duty, Run, first, moment, ours, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "competitor_contract"
_DUTY = Duty(RULE, "signal", "offer_before_their_contract_ends", "the customer was spoken to before the contract ended")
_RIVAL = ("competitor", "incumbent", "current_vendor", "current_supplier")
_ENDS = ("end", "renew", "until", "expir")


def state(view: View) -> Iterator[Begun]:
    """One signal a contract: from `contract_days` before its end on, the customer is contacted within the window.

    A later word about the date replaces the earlier one; a date that was past when it was told begins nothing.
    """
    told = _told(view)
    reached = ours(view) if told else []
    ahead = timedelta(days=view.company.playbook.signals.contract_days)
    for event, ends in told[-1:]:
        begins = max(event.occurred_at, ends - ahead)
        due = min(view.company.window(RULE, begins, view.account.segment), ends)
        met = first(reached, begins)
        yield owed(view, _DUTY, Run([event], met), due, key=f"{RULE}:{view.account.id}", opened_at=begins)


def _told(view: View) -> list[tuple[Event, datetime]]:
    """Each end of a contract with the activity that told it, in order."""
    zone = view.company.calendar.zone
    found = [(x, moment(said.get("due_at"), zone)) for x, said in mentions(view, "contract_end")]
    found += [(x, moment(x.data.get("to"), zone)) for x in view.of("field.changed") if _is_end(x)]
    ahead = [(x, ends) for x, ends in found if ends and ends > x.occurred_at]
    return sorted(ahead, key=lambda pair: (pair[0].occurred_at, pair[0].stream, pair[0].source_id))


def _is_end(event: Event) -> bool:
    field = str(event.data.get("field") or "").lower()
    return any(x in field for x in _RIVAL) and any(x in field for x in _ENDS)
