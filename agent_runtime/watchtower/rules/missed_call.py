"""A customer called, nobody answered, and nobody called back."""

from collections import Counter
from collections.abc import Iterator

from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import Need
from agent_runtime.calls.needs import needs
from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.phone import legs, messages
from agent_runtime.watchtower.view import View

RULE = "missed_call"
KIND = "missed_call"


def state(view: View) -> Iterator[Begun]:
    """One interaction for each need: the misses of one caller that belong together."""
    calls = view.of("call")
    if not view.company.playbook.rule(RULE).enabled or not any(x.direction == "inbound" for x in calls):
        return
    seen: Counter[str] = Counter()
    for need in needs(join_legs(legs(calls)), messages(view.of("email", "message"))):
        caller = need.contact_id or need.misses[0].from_number or need.need_id
        yield _begun(view, f"{caller}:{seen[caller]}", need)
        seen[caller] += 1


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
    )
    return Begun(
        kind=KIND,
        key=key,
        opened_at=first.started_at,
        opened_by=first.call_id,
        expected=(expected,),
        end=_end(need),
        contact_id=need.contact_id,
    )


def _end(need: Need) -> Ending | None:
    if need.resolved_at and need.resolved_by:
        return Ending("converted", f"resolved: {need.resolution}", need.resolved_at, (need.resolved_by,))
    if need.resolution == "misdial":
        miss = need.misses[0]
        return Ending("disqualified", "a very short call without a message", miss.started_at, (miss.call_id,))
    return None
