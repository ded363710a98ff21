"""A customer called, nobody answered, and nobody called back."""

from collections.abc import Iterator

from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs, leg_reached_person
from agent_runtime.calls.models import DistinctCall, Need
from agent_runtime.calls.needs import needs
from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import STILL_TALKING
from agent_runtime.watchtower.phone import legs, messages
from agent_runtime.watchtower.view import View

RULE = "missed_call"
KIND = "missed_call"


def state(view: View) -> Iterator[Begun]:
    """One interaction for each need: the misses of one caller that belong together."""
    calls = view.of("call")
    if not view.company.playbook.rule(RULE).enabled or not any(x.direction == "inbound" for x in calls):
        return
    names = {x.id: x.source_id for x in calls}
    joined = join_legs(legs(calls))
    for need in needs(joined, messages(view.of("email", "message"))):
        yield _begun(view, names[need.misses[0].call_id], need)
    for call in joined:
        if call.direction == "inbound" and call.reached_person and len(call.legs) > 1:
            yield from _answered_elsewhere(call, names[call.call_id])


def _answered_elsewhere(call: DistinctCall, key: str) -> Iterator[Begun]:
    """A leg of a call may be known first and look like a miss: what it began ends with the leg that was answered."""
    answered = min((x for x in call.legs if leg_reached_person(x)), key=lambda x: (x.started_at, x.id))
    if any(not leg_reached_person(x) for x in call.legs):
        end = Ending("converted", "not missed: a colleague answered", answered.started_at, (answered.id,))
        parts = tuple(x.id for x in call.legs)
        yield Begun(KIND, key, call.started_at, call.call_id, (), end, contact_id=call.contact_id, parts=parts)


def _begun(view: View, key: str, need: Need) -> Begun:
    first = need.misses[0]
    intent = classify(need.misses[-1]).intent
    expected = Expected(
        key=RULE,
        rule=RULE,
        action="call_back",
        opened_at=first.started_at,
        due_at=view.company.window(RULE, first.started_at, intent, view.account.segment),
        channels=("call", "email", "message"),
        evidence=tuple(x.call_id for x in need.misses),
        met_at=need.resolved_at,
        met_by=need.resolved_by,
        grace=STILL_TALKING,
    )
    return Begun(
        kind=KIND,
        key=key,
        opened_at=first.started_at,
        opened_by=first.call_id,
        expected=(expected,),
        end=_end(need),
        contact_id=need.contact_id,
        parts=tuple(x.call_id for x in need.misses),
    )


def _end(need: Need) -> Ending | None:
    if need.resolved_at and need.resolved_by:
        return Ending("converted", f"resolved: {need.resolution}", need.resolved_at, (need.resolved_by,))
    if need.resolution == "misdial":
        miss = need.misses[0]
        return Ending("disqualified", "a very short call without a message", miss.started_at, (miss.call_id,))
    return None
