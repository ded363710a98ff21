"""The customer raised a concern and nobody has come back to it."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.mentions import mentions, watched_elsewhere
from agent_runtime.watchtower.statement import Duty, first, ours, owed, runs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "concern_open"
_DUTY = Duty(RULE, "concern", "answer_the_concern", "the concern was taken up with the customer")


def state(view: View) -> Iterator[Begun]:
    """One concern of a person until we come back to them; a holding reply does not.

    What a mail asks at the same time is watched as a question that wants an answer, and not twice.
    """
    raised: dict[str | None, list[Event]] = {}
    for event, _ in mentions(view, "concern"):
        if not watched_elsewhere(event):
            raised.setdefault(event.contact_id, []).append(event)
    reached = ours(view) if raised else []
    for contact, events in raised.items():
        for run in runs(events, lambda x, who=contact: first(reached, x.occurred_at, who)):  # type: ignore[misc]
            due = view.company.window(RULE, run.triggers[0].occurred_at, view.account.segment)
            yield owed(view, _DUTY, run, due)
