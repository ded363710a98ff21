"""The customer said in passing that more is wanted: another site, more users, a budget, a date to begin."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.mentions import mentions, watched_elsewhere
from agent_runtime.watchtower.statement import Duty, first, ours, owed, runs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "buying_signal"
_DUTY = Duty(RULE, "signal", "take_up_what_they_want", "the customer was spoken to about it")


def state(view: View) -> Iterator[Begun]:
    """One signal of a person until we come back to them within the window; what a mail asks is watched as a question.

    A talk in which it was said does not settle it: what was wanted comes after the talk.
    """
    said: dict[str | None, list[Event]] = {}
    for event, _ in mentions(view, "buying"):
        if not watched_elsewhere(event):
            said.setdefault(event.contact_id, []).append(event)
    reached = ours(view) if said else []
    for contact, events in said.items():
        for run in runs(events, lambda x, who=contact: first(reached, x.occurred_at, who)):  # type: ignore[misc]
            due = view.company.window(RULE, run.triggers[0].occurred_at, view.account.segment)
            yield owed(view, _DUTY, run, due)
