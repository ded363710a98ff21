"""A customer called, nobody answered, and nobody called back."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import get_args

from agent_runtime.calls.activities import VISIT_KINDS, legs_of, messages_of, visits_of
from agent_runtime.calls.intent import classify, spoken_text
from agent_runtime.calls.legs import join_legs, leg_reached_person
from agent_runtime.calls.missed import is_missed
from agent_runtime.calls.models import DistinctCall, Intent, Need
from agent_runtime.calls.needs import needs
from agent_runtime.calls.resolution import WANTED_WITHIN
from agent_runtime.calls.trusted import LABELS
from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import STILL_TALKING
from agent_runtime.watchtower.view import View

RULE = "missed_call"
KIND = "missed_call"
# The window for the next try after a message on their voicemail that named none.
VOICEMAIL = "voicemail"


def state(view: View) -> Iterator[Begun]:
    """One interaction for each need: the misses of one caller that belong together."""
    calls = view.of("call")
    if not any(x.direction == "inbound" for x in calls):
        return
    names = {x.id: x.source_id for x in calls}
    joined = join_legs(legs_of(calls))
    for need in _needs(view, joined) if any(map(is_missed, joined)) else ():
        yield _begun(view, names[need.misses[0].call_id], need)
    for call in joined:
        if call.direction == "inbound" and call.reached_person and len(call.legs) > 1:
            yield from _answered_elsewhere(call, names[call.call_id])


def _needs(view: View, joined: Sequence[DistinctCall]) -> list[Need]:
    window = timedelta(days=view.company.playbook.signals.callback_days)
    begun = min(x.started_at for x in joined if is_missed(x))
    since = [x for x in view.of("email", "message") if x.occurred_at > begun]
    return needs(joined, messages_of(since), window=window)


def _answered_elsewhere(call: DistinctCall, key: str) -> Iterator[Begun]:
    """A leg of a call may be known first and look like a miss: what it began ends with the leg that was answered.

    That our own menu picked up and put the caller through is no miss of anybody.
    """
    answered = min((x for x in call.legs if leg_reached_person(x)), key=lambda x: (x.started_at, x.id))
    if any(not leg_reached_person(x) and x.answered_by != "ivr" for x in call.legs):
        end = Ending("converted", "not missed: a colleague answered", answered.started_at, (answered.id,))
        parts = tuple(x.id for x in call.legs)
        yield Begun(KIND, key, call.started_at, call.call_id, (), end, contact_id=call.contact_id, parts=parts)


def _begun(view: View, key: str, need: Need) -> Begun:
    first = need.misses[0]
    due_at = _due_at(view, need)
    returned = Expected(
        key=RULE,
        rule=RULE,
        action="call_back",
        opened_at=first.started_at,
        due_at=due_at,
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
        expected=(returned, *_next_tries(view, need)),
        end=_end(need) or _beyond_reach(need, due_at, view.now),
        contact_id=need.contact_id,
        parts=tuple(x.call_id for x in need.misses),
    )


def _due_at(view: View, need: Need) -> datetime:
    """When the callback is due: by what the caller wanted, while labels can be trusted.

    While they drift, nobody can tell who wants to buy, and everybody is called back as soon as the soonest.
    """
    begun = need.misses[0].started_at
    intents = get_args(Intent) if LABELS in view.company.distrusted else (_intent(view, need),)
    return min(view.company.window(RULE, begun, intent, view.account.segment) for intent in intents)


def _intent(view: View, need: Need) -> Intent:
    """What the last of the calls was for, as words, signs and what went before tell it: no embedding moves a window."""
    last = need.misses[-1]
    since = last.started_at - WANTED_WITHIN
    wanted = any(
        since <= visit.at <= last.started_at and visit.contact_id in (None, need.contact_id)
        for visit in visits_of(view.of(*VISIT_KINDS))
    )
    return classify(last, wanted_before=wanted).intent


def _next_tries(view: View, need: Need) -> Iterator[Expected]:
    """A message on their voicemail that names no next step owes one: the next try, or word on another channel."""
    for left in need.unplanned:
        yield Expected(
            key=f"{RULE}:{VOICEMAIL}:{left.id}",
            rule=RULE,
            action="try_again",
            opened_at=left.at,
            due_at=view.company.window(RULE, left.at, VOICEMAIL, view.account.segment),
            channels=("call", "email", "message"),
            evidence=(left.id,),
            met_at=left.next_at,
            met_by=left.next_id,
            grace=STILL_TALKING,
        )


def _end(need: Need) -> Ending | None:
    if need.resolved_at and need.resolved_by:
        return Ending("converted", f"resolved: {need.resolution}", need.resolved_at, (need.resolved_by,))
    if need.resolution == "misdial":
        miss = need.misses[0]
        return Ending("disqualified", "a very short call without a message", miss.started_at, (miss.call_id,))
    return None


def _beyond_reach(need: Need, due_at: datetime, now: datetime) -> Ending | None:
    """Who withheld the number and left no message can be called by nobody: when the window is over, it is lost."""
    if need.resolution != "unlinkable" or now < due_at or any(spoken_text(x) for x in need.misses):
        return None
    return Ending("lost", "no number and no message: nobody can call back", due_at, (need.misses[0].call_id,))
