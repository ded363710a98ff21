"""We said that we would come back to it, named no day, and nothing came; or a summary of a call says that we would."""

from collections.abc import Iterator
from datetime import datetime

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
    steps = _steps(view)
    said: dict[str | None, list[Event]] = {}
    for event in sorted(_spoken(view) + [x for x, _ in steps.values()], key=lambda x: x.occurred_at):
        said.setdefault(event.contact_id, []).append(event)
    reached = ours(view) if said else []
    for contact, events in said.items():
        for run in runs(events, lambda x, who=contact: first(reached, x.occurred_at, who)):  # type: ignore[misc]
            begun = run.triggers[0]
            _, day = steps.get(begun.id, (begun, None))
            yield owed(view, _DUTY, run, day or view.company.window(RULE, begun.occurred_at, view.account.segment))


def _spoken(view: View) -> list[Event]:
    return [event for event, _ in mentions(view, "follow_up") if not event.data.get("holding")]


def _steps(view: View) -> dict[str, tuple[Event, datetime | None]]:
    """The calls of which only a summary says what we do next, with the day that it names, by their ids.

    A machine wrote it: it counts only while the checks of the calls hold.
    """
    if view.company.distrusted:
        return {}
    told = {event.id for event, _ in mentions(view, "follow_up")}
    return {
        event.id: (event, datetime.fromisoformat(step["due_at"]) if step.get("due_at") else None)
        for event, step in mentions(view, "summary_step")
        if event.id not in told and not event.data.get("promises")
    }
