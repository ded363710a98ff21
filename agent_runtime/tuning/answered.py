"""What people's answers say of the playbook, and how far a rollout has come, as lines for a person. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from agent_runtime.inbox.observed import WouldHave
from agent_runtime.inbox.usefulness import Answers, weight
from agent_runtime.playbook import RULES, Playbook
from agent_runtime.playbook.models import Rollout
from agent_runtime.tuning.difference import LOOKED_BACK
from agent_runtime.tuning.suggest import Suggestion

_REASONS = {
    "bad_timing": "bad timing", "wrong_person": "wrong person", "wrong_facts": "wrong facts",
    "not_worth_it": "not worth it", "other": "something else",
}  # fmt: skip


def by_answers(playbook: Playbook, answered: Mapping[str, Answers]) -> list[Suggestion]:
    """A severity for each rule whose items were answered, with the number of answers."""
    return [_severity(playbook, answered[rule]) for rule in RULES if rule in answered]


def _severity(playbook: Playbook, answers: Answers) -> Suggestion:
    place, policy = f"[rules.{answers.signal}] severity", playbook.feedback
    present = playbook.rule(answers.signal).severity
    if answers.cases < policy.least_cases:
        return Suggestion(place, f"{present:g}", None, answers.cases, f"fewer than {policy.least_cases} answers")
    suggested = f"{present * weight(answers, policy):.2g}"
    return Suggestion(place, f"{present:g}", suggested, answers.cases, dismissals_text(answers))


def dismissals_text(answers: Answers) -> str:
    """How often people acted, and what they dismissed, by reason."""
    if not answers.dismissed:
        return "people acted on all of them"
    ordered = sorted(answers.dismissed.items(), key=lambda x: (-x[1], x[0]))
    reasons = ", ".join(f"{_REASONS.get(reason, reason)} {number}" for reason, number in ordered)
    return f"acted on {answers.acted}, dismissed {sum(answers.dismissed.values())}: {reasons}"


def answers_text(answered: Mapping[str, Answers], weights: Mapping[str, float]) -> str:
    """Each rule that was answered to, with the part of its severity with which it counts."""
    lines = [
        f"{rule}: {dismissals_text(answered[rule])}; counts with {weights.get(rule, 1.0):.0%} of its severity"
        for rule in RULES
        if rule in answered
    ]
    return "\n".join(lines) or "Nobody has answered to anything yet."


def rollout_text(rollout: Rollout, told: Sequence[WouldHave]) -> str:
    """Whom items reach, and what would have been said to the others."""
    return "\n".join([reaches_text(rollout), *_counted(told)])


def reaches_text(rollout: Rollout) -> str:
    """Whom items reach at this stage, in a sentence."""
    return {
        "observe": "Items reach nobody: what would have been said is counted.",
        "pilot": f"Items reach {', '.join(rollout.teams)} and their managers; for the others it is counted.",
        "all": "Items reach everybody.",
    }[rollout.stage]


def _counted(told: Sequence[WouldHave]) -> Iterable[str]:
    if told:
        number = sum(x.items for x in told)
        items = "1 item" if number == 1 else f"{number} items"
        yield f"In the last {LOOKED_BACK.days} days {items} would have been said as well:"
    for x in told:
        accounts = "1 account" if x.accounts == 1 else f"{x.accounts} accounts"
        yield f"  {x.signal}: {x.items}, on {accounts}, the last on {x.last_at:%Y-%m-%d}"
