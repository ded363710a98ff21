"""The rules, one file each: pure functions from a view to what was begun and what is expected.

A rule states the whole truth it sees, from the beginning of the account to now; `ledger.policy` finds what
changed. A new rule is a module with `state(view)` and a line in RULES, which may name the kinds of activity without
which it has nothing to say: of most accounts only a part of the rules is asked.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from agent_runtime.watchtower.findings import Finding
from agent_runtime.watchtower.rules import (
    answer_owed,
    appointment_confirm,
    buying_signal,
    callback_promised,
    champion_left,
    champion_quiet,
    check_in,
    close_date_pushed,
    commit_without_evidence,
    competitor_contract,
    competitor_named,
    concern_open,
    customer_promise,
    escalation,
    estimate_response,
    executive_brief,
    follow_up_said,
    hand_over,
    intent_signal,
    lead_response,
    meeting_follow_up,
    missed_call,
    new_executive,
    next_step,
    no_show,
    opportunity,
    promise_due,
    proposal_response,
    qbr_follow_up,
    renewal_ahead,
    sequence_ended,
    single_threaded,
    stage_age,
    stakeholder_change,
    unresolved_age,
    unworked_lead,
    usage_decline,
    usage_spike,
    zombie_lead,
)
from agent_runtime.watchtower.view import View


class Rule(NamedTuple):
    """One rule. Of an account without an activity of one of its `kinds` it says nothing; None: it may all the same."""

    state: Callable[[View], Iterable[Finding]]
    kinds: frozenset[str] | None = None


RULES = (
    Rule(opportunity.state),
    Rule(stage_age.state),
    Rule(next_step.state),
    Rule(close_date_pushed.state),
    Rule(lead_response.state, frozenset({"lead.created"})),
    Rule(proposal_response.state),
    Rule(answer_owed.state, frozenset({"email", "message", "form"})),
    Rule(promise_due.state, frozenset({"task.created", "email", "message", "call", "meeting"})),
    Rule(missed_call.state, frozenset({"call"})),
    Rule(champion_quiet.state),
    Rule(champion_left.state, frozenset({"contact.changed"})),
    Rule(stakeholder_change.state, frozenset({"contact.changed", "field.changed"})),
    Rule(new_executive.state, frozenset({"contact.changed", "field.changed"})),
    Rule(single_threaded.state),
    Rule(competitor_named.state),
    Rule(competitor_contract.state),
    Rule(concern_open.state),
    Rule(buying_signal.state),
    Rule(intent_signal.state, frozenset({"intent"})),
    Rule(usage_decline.state, frozenset({"usage"})),
    Rule(usage_spike.state, frozenset({"usage"})),
    Rule(renewal_ahead.state, frozenset({"renewal"})),
    Rule(check_in.state, frozenset({"renewal"})),
    Rule(commit_without_evidence.state, frozenset({"opportunity.updated"})),
    Rule(sequence_ended.state, frozenset({"sequence.ended"})),
    Rule(meeting_follow_up.state, frozenset({"meeting"})),
    Rule(qbr_follow_up.state, frozenset({"meeting"})),
    Rule(no_show.state, frozenset({"meeting"})),
    Rule(executive_brief.state, frozenset({"meeting"})),
    Rule(appointment_confirm.state, frozenset({"meeting"})),
    Rule(estimate_response.state, frozenset({"email"})),
    Rule(callback_promised.state),
    Rule(follow_up_said.state),
    Rule(customer_promise.state),
    Rule(unworked_lead.state, frozenset({"lead.created"})),
    Rule(zombie_lead.state, frozenset({"lead.created"})),
    Rule(hand_over.state, frozenset({"owner.changed"})),
    Rule(unresolved_age.state),
    Rule(escalation.state, frozenset({"case"})),
)


@lru_cache(maxsize=4096)
def asked(kinds: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that may have something to say of an account with activities of these kinds, in order."""
    return tuple(rule for rule in RULES if rule.kinds is None or not rule.kinds.isdisjoint(kinds))
