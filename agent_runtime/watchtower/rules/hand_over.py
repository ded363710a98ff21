"""An account went to another owner, and the new one has not taken it up."""

from collections.abc import Iterator
from datetime import timedelta

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.contact import is_ours_to_customer
from agent_runtime.watchtower.statement import Duty, Run, owed
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "hand_over"
_DUTY = Duty(RULE, "hand_over", "take_over_the_account", "the new owner took it up",
             channels=("email", "call", "message", "crm"))  # fmt: skip

# Who goes takes leave of the customer some days before the change stands in the CRM.
_INTRODUCED_BEFORE = timedelta(days=7)


def state(view: View) -> Iterator[Begun]:
    """One hand-over from one of ours to another: the new owner does something here within the window,
    or is introduced by the one before.

    Nobody takes over from nobody: a first owner is none, nor is a name written again. Who gets it on, before
    anything was done, passes on the hand-over.
    """
    moves = [x for x in view.of("owner.changed") if _is_hand_over(view, x)]
    if not moves:
        return
    done = [x for x in view.events if x.user_id and x.caused_by == "person" and x.kind != "owner.changed"]
    changes = view.of("owner.changed")
    for event in moves:
        heir = event.data["to_user_id"]
        met = next((x for x in done if _takes_up(x, event, heir)), None)
        passed = next((x for x in changes if x.occurred_at > event.occurred_at and _role(x) == _role(event)), None)
        due = view.company.window(RULE, event.occurred_at, view.account.segment)
        yield owed(view, _DUTY, Run([event], met), due, end=_passed_on(passed, met))


def _is_hand_over(view: View, event: Event) -> bool:
    before, heir = event.data.get("from_user_id"), event.data.get("to_user_id")
    return bool(before and heir and before != heir and heir in view.company.people)


def _takes_up(event: Event, moved: Event, heir: str) -> bool:
    """The new owner does anything here, or the one before writes to the customer around the change: an introduction."""
    if event.user_id == moved.data["from_user_id"] and is_ours_to_customer(event):
        return event.occurred_at > moved.occurred_at - _INTRODUCED_BEFORE
    return event.user_id == heir and event.occurred_at > moved.occurred_at


def _role(event: Event) -> str:
    return str(event.data.get("role") or "owner")


def _passed_on(passed: Event | None, met: Event | None) -> Ending | None:
    if passed is None or (met is not None and met.occurred_at <= passed.occurred_at):
        return None
    return Ending("disqualified", "it was handed on to somebody else", passed.occurred_at, (passed.id,))
