"""We said that we would call back, named no time, and did not."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.contact import is_two_way
from agent_runtime.watchtower.mentions import mentions
from agent_runtime.watchtower.statement import Duty, first, owed, runs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "callback_promised"
_DUTY = Duty(RULE, "promise", "call_back_as_promised", "they were spoken to", channels=("call",))


def state(view: View) -> Iterator[Begun]:
    """One promise of a call to a person until we speak; one with a time is watched as a dated promise.

    Nobody named a time, so the window says how long a customer waits for a call; a call that was not answered is none.
    """
    said: dict[str | None, list[Event]] = {}
    for event, _ in mentions(view, "callback"):
        said.setdefault(event.contact_id, []).append(event)
    talks = [x for x in view.of("call", "meeting") if is_two_way(x)] if said else []
    for contact, events in said.items():
        for run in runs(events, lambda x, who=contact: first(talks, x.occurred_at, who)):  # type: ignore[misc]
            due = view.company.window(RULE, run.triggers[0].occurred_at, view.account.segment)
            yield owed(view, _DUTY, run, due)
