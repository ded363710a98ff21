"""How much a trouble matters: risk, value at stake as a range, and the factors behind, with their signs. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from agent_runtime.playbook import Playbook
from agent_runtime.watchtower.risk import priority

_Z80 = 1.2816
_LEAST_CASES = 10
_SUREST = 0.8
# What moves the odds by less is not worth a line.
_LEAST_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Ranked:
    """`priority` ≥ 0 orders the inbox; `risk` is the probability that it ends badly; `why` are signed factors."""

    priority: float
    risk: float
    value_at_stake: dict[str, Any]
    why: list[dict[str, Any]]


def rank(
    playbook: Playbook,
    rule: str,
    others: Sequence[str],
    *,
    risk: float | None,
    factors: Sequence[tuple[str, float]],
    amount: float | None,
    usual_amount: float,
    currency: str,
    cases: int,
    weight: float = 1.0,
    beside: Sequence[str] = (),
) -> Ranked:
    """Ranks one trouble: `risk.priority` with the rule's severity as urgency (½ + severity).

    `risk` is None where nothing learned speaks about it: then the rule's severity stands in. What has no amount
    counts as the usual one; `cases` says on how many ended ones the risk rests. `weight`: the part of its severity
    with which the rule counts, after what people answered to it. `beside`: what else was found at the same customer;
    each adds a tenth of its severity, so that what comes together comes first.
    """
    severity = playbook.rule(rule).severity * weight
    probability = unlearned(severity) if risk is None else risk
    exponent = playbook.priority.value_exponent
    score = priority(probability, amount or 0.0, usual_amount, k=exponent, urgency=0.5 + severity)
    score *= 1 + sum(playbook.rule(other).severity for other in beside) / 10
    why = [{"factor": rule_words(rule), "weight": round(severity, 3)}]
    why += [
        {"factor": f"in the same matter: {rule_words(other)}", "weight": round(playbook.rule(other).severity / 2, 3)}
        for other in others
    ]
    why += [
        {"factor": f"at the same customer: {rule_words(other)}", "weight": round(playbook.rule(other).severity / 10, 3)}
        for other in beside
    ]
    if weight < 1:
        why.append({"factor": "people dismissed much of this kind lately", "weight": round(weight - 1, 3)})
    told = ((name, round(weight, 3)) for name, weight in factors if abs(weight) >= _LEAST_WEIGHT)
    why += [{"factor": name, "weight": weight} for name, weight in told]
    return Ranked(round(score, 6), round(probability, 6), _at_stake(amount, probability, cases, currency), why)


def unlearned(severity: float) -> float:
    """What stands for the risk where nothing was learned: the severity that people gave, never certainty."""
    return _SUREST * severity


def rule_words(rule: str) -> str:
    """What a rule found, as the reason that people read."""
    return _WORDS.get(rule, rule.replace("_", " "))


_WORDS = {
    "lead_response": "a new lead has not been contacted",
    "answer_owed": "the customer waits for an answer",
    "proposal_response": "the proposal has had no answer",
    "stage_age": "it stands in its stage longer than expected",
    "promise_due": "a promise of ours is overdue",
    "missed_call": "a missed call has not been returned",
    "next_step": "nothing is planned",
    "close_date_pushed": "the close date moved, and nobody has spoken with the customer",
    "champion_quiet": "the person who carries it has gone quiet",
    "champion_left": "the person who carried it has left",
    "stakeholder_change": "a person we worked with has left or has another role",
    "new_executive": "a new executive has come",
    "single_threaded": "it hangs on one person",
    "competitor_named": "a competitor was named",
    "competitor_contract": "their contract with a competitor ends",
    "concern_open": "a concern was raised and not answered",
    "buying_signal": "they said that more is wanted",
    "intent_signal": "they show interest",
    "usage_decline": "the use falls before the renewal",
    "usage_spike": "the use has risen suddenly",
    "renewal_ahead": "the contract ends soon",
    "check_in": "no exchange with them for long",
    "commit_without_evidence": "the forecast says commit, the customer is silent",
    "sequence_ended": "a mail sequence ended without an answer",
    "meeting_follow_up": "nothing followed the meeting",
    "qbr_follow_up": "nothing followed the business review",
    "no_show": "they did not come, and no new date was offered",
    "executive_brief": "nobody has taken a brief for the meeting",
    "appointment_confirm": "an appointment is not confirmed",
    "estimate_response": "the estimate has had no answer",
    "callback_promised": "a call was promised and not made",
    "follow_up_said": "we said that something follows, and nothing did",
    "customer_promise": "what they promised has not come",
    "unworked_lead": "nobody has worked the lead",
    "zombie_lead": "a lead was worked once and forgotten",
    "hand_over": "the new owner has not taken it up",
    "unresolved_age": "it has been open for very long",
    "escalation": "a grave complaint is open",
}


def _at_stake(amount: float | None, probability: float, cases: int, currency: str) -> dict[str, Any]:
    """The amount times the probability of losing it, with the 80 % Wilson interval of that probability."""
    value = amount or 0.0
    low, high = wilson(probability, max(cases, _LEAST_CASES))
    figures = {"low": value * low, "base": value * probability, "high": value * high}
    return {name: round(figure, 2) for name, figure in figures.items()} | {"currency": currency}


def wilson(share: float, count: int, z: float = _Z80) -> tuple[float, float]:
    """Wilson score interval of a share seen in `count` cases (E. B. Wilson, 1927); 80 % by default."""
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    middle = share + z * z / (2 * count)
    scale = 1 + z * z / count
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
