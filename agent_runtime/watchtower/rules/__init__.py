"""The rules, one file each: pure functions from a view to what was begun and what is expected.

A rule states the whole truth it sees, from the beginning of the account to now; `ledger.policy` finds what
changed. A new rule is a module with RULE, its name in the playbook, `state(view)`, and a line in RULES, which may name
what it has nothing to say without (`mentions.subjects`): of most accounts only a part of the rules is asked.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from types import ModuleType
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
    """One rule. It is not asked where the playbook has switched off one of `names`, nor of an account that has none of
    its `subjects` (`mentions.subjects`); without subjects it may have something to say of any."""

    state: Callable[[View], Iterable[Finding]]
    names: frozenset[str]
    subjects: frozenset[str]


def _rule(module: ModuleType, *subjects: str) -> Rule:
    return Rule(module.state, frozenset({module.RULE}), frozenset(subjects))


RULES = (
    Rule(opportunity.state, frozenset(), frozenset({"deal"})),
    _rule(stage_age, "deal"),
    _rule(next_step, "deal"),
    _rule(close_date_pushed, "deal"),
    _rule(lead_response, "lead.created"),
    _rule(proposal_response, "deal"),
    _rule(answer_owed, "email", "message", "form"),
    _rule(promise_due, "task.created", "email", "message", "call", "meeting"),
    _rule(missed_call, "call"),
    _rule(champion_quiet, "deal"),
    _rule(champion_left, "contact.changed"),
    _rule(stakeholder_change, "contact.changed", "field.changed"),
    _rule(new_executive, "contact.changed", "field.changed"),
    _rule(single_threaded, "deal"),
    _rule(competitor_named),
    _rule(competitor_contract),
    _rule(concern_open, "mention:concern"),
    _rule(buying_signal, "mention:buying"),
    _rule(intent_signal, "intent"),
    _rule(usage_decline, "usage"),
    _rule(usage_spike, "usage"),
    _rule(renewal_ahead, "renewal"),
    Rule(check_in.state, frozenset({check_in.RULE, renewal_ahead.RULE}), frozenset({"renewal"})),
    _rule(commit_without_evidence, "opportunity.updated"),
    _rule(sequence_ended, "sequence.ended"),
    _rule(meeting_follow_up, "meeting"),
    _rule(qbr_follow_up, "meeting"),
    _rule(no_show, "meeting"),
    _rule(executive_brief, "meeting"),
    _rule(appointment_confirm, "meeting"),
    _rule(estimate_response, "email"),
    _rule(callback_promised, "mention:callback"),
    _rule(follow_up_said),
    _rule(customer_promise, "mention:their_promise"),
    _rule(unworked_lead, "lead.created"),
    _rule(zombie_lead, "lead.created"),
    _rule(hand_over, "owner.changed"),
    _rule(unresolved_age, "deal"),
    _rule(escalation, "case"),
)


@lru_cache(maxsize=4096)
def asked(subjects: frozenset[str], switched_off: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that may have something to say of an account with these subjects, in order."""
    return tuple(
        rule
        for rule in RULES
        if rule.names.isdisjoint(switched_off) and (not rule.subjects or not rule.subjects.isdisjoint(subjects))
    )
