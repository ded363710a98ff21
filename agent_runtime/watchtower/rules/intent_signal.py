"""The market shows interest of this account: a tracked topic, from a feed."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.held import held_until, holds
from agent_runtime.watchtower.statement import Duty, first, ours, owed, runs
from agent_runtime.watchtower.view import View

RULE = "intent_signal"
_DUTY = Duty(RULE, "signal", "reach_out_on_their_interest", "the customer was contacted")


def state(view: View) -> Iterator[Begun]:
    """One signal until the account is contacted; weak ones do not count, and what somebody is already on is held."""
    strong = [x for x in view.of("intent") if _strength(x.data.get("strength")) >= _least(view)]
    if not strong:
        return
    reached = ours(view)
    for run in runs(strong, lambda x: first(reached, x.occurred_at)):
        begins = run.triggers[0]
        window = view.company.window(RULE, begins.occurred_at, view.account.segment)
        due, _ = held_until(window, holds(view, None, begins.opportunity_id))
        yield owed(view, _DUTY, run, due)


def _least(view: View) -> float:
    return view.company.playbook.signals.intent_strength


def _strength(value: object) -> float:
    """0 to 1; a feed that says 0 to 100 is read as such, one that says nothing is believed."""
    if not isinstance(value, (int, float)):
        return 1.0
    return value / 100 if value > 1 else float(value)
