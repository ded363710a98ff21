"""We said that we would come back to it, named no day, and nothing came."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import Duty, first, ours, owed, runs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "follow_up_said"
_DUTY = Duty(RULE, "promise", "follow_up_as_said", "we came back to it")


def state(view: View) -> Iterator[Begun]:
    """One promise without a day to a person until we come back; a holding reply promises, and keeps nothing.

    A holding reply to a question is left out: there the question itself is still owed.
    """
    if not view.company.playbook.rule(RULE).enabled:
        return
    said: dict[str | None, list[Event]] = {}
    for event, _ in mentions(view, "follow_up"):
        if not event.data.get("holding"):
            said.setdefault(event.contact_id, []).append(event)
    reached = ours(view) if said else []
    for contact, events in said.items():
        for run in runs(events, lambda x, who=contact: first(reached, x.occurred_at, who)):  # type: ignore[misc]
            due = view.company.window(RULE, run.triggers[0].occurred_at, view.account.segment)
            yield owed(view, _DUTY, run, due)
