"""A mail sequence ran out and the contact never answered: somebody has to choose another way."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.people import status_of
from agent_runtime.watchtower.statement import CAME, Duty, Run, first, ours, owed, theirs
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "sequence_ended"
_DUTY = Duty(RULE, "nurture", "choose_another_way", "the contact was taken up again", channels=("email", "call", "crm"))
_NOT_WANTED = frozenset({"opted_out", "left_company", "bounced"})


def state(view: View) -> Iterator[Begun]:
    """One interaction a sequence that ended without engagement: another step is taken within the window.

    Not where the source says that it was engaged with, where they came to us while it ran, nor of one who opted out.
    """
    ended = [x for x in view.of("sequence.ended") if x.data.get("engaged") in (False, "false", 0, "no", None)]
    if not ended:
        return
    enrolled, came = view.of("sequence.enrolled"), theirs(view)
    steps = sorted([*ours(view), *enrolled, *view.of("task.created"), *came],
                   key=lambda x: (x.occurred_at, x.stream, x.source_id))  # fmt: skip
    for event in ended:
        if _engaged(event, enrolled, came) or status_of(view, event.contact_id, event.occurred_at) in _NOT_WANTED:
            continue
        met = first(steps, event.occurred_at, event.contact_id)
        due = view.company.window(RULE, event.occurred_at, view.account.segment)
        yield owed(view, _DUTY, Run([event], met), due, end=None if met else _gone(view, event))


def _engaged(event: Event, enrolled: list[Event], came: list[Event]) -> bool:
    begun = [x for x in enrolled if x.contact_id == event.contact_id and x.occurred_at <= event.occurred_at]
    since = begun[-1].occurred_at if begun else event.occurred_at
    answer = first((x for x in came if x.kind in CAME), since, event.contact_id)
    return answer is not None and answer.occurred_at <= event.occurred_at


def _gone(view: View, event: Event) -> Ending | None:
    """Who opts out or leaves afterwards is not written to again."""
    changes = [x for x in view.of("contact.changed") if x.data.get("status") in _NOT_WANTED]
    gone = next((x for x in changes if x.contact_id == event.contact_id and x.occurred_at > event.occurred_at), None)
    return (
        Ending("disqualified", f"the contact is {gone.data['status']}", gone.occurred_at, (gone.id,)) if gone else None
    )
