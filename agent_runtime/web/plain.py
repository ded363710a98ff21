"""The words that people read in place of our own: matters, steps, outcomes, causes, what the audit says. Pure."""

from collections.abc import Mapping
from typing import Any

from agent_runtime.watchtower.score import rule_words

__all__ = [
    "action_words", "cause_words", "event_words", "kind_words", "outcome_words", "rule_words", "step_words",
]  # fmt: skip
_KINDS = {
    "lead_response": "New lead", "opportunity": "Deal", "missed_call": "Missed call", "promise": "Promise of ours",
    "proposal_follow_up": "Proposal", "meeting_follow_up": "Meeting", "no_show": "Missed appointment",
    "renewal": "Renewal", "open_question": "Question of theirs", "nurture": "Keeping in touch",
    "hand_over": "Hand-over", "escalation": "Complaint", "signal": "Sign from them",
}  # fmt: skip
_STEPS = {
    "act": "prepared", "remind": "the owner is reminded", "reassign": "a colleague takes it", "manager":
    "the manager decides", "other_channel": "another channel is tried", "ask_outcome": "somebody says how it ended",
    "look_again": "looked at again when it can be seen",
}  # fmt: skip
_OUTCOMES = {"converted": "Done", "lost": "Lost", "disqualified": "Not a case", "deferred": "Put off"}
_CAUSES = {
    "signal_missed": "Signal missed", "recognised_too_late": "Recognised too late", "context_lost": "Context lost",
    "work_never_happened": "Work never happened", "cannot_tell": "Cannot tell",
}  # fmt: skip
_EVENTS = {
    "interaction.opened": "began to watch it", "interaction.ended": "it ended",
    "expectation.met": "it was done in time",
    "expectation.breached": "noticed that it is overdue", "expectation.dropped": "it was no longer needed",
    "expectation.unverified": "overdue, but not all can be seen", "breach.escalated": "went one step further",
    "breach.retracted": "took back: it had been done in time", "interaction.owner_changed": "somebody else has it now",
    "item.delivered": "prepared a next step", "item.observed": "would have prepared a next step",
    "feedback.learned": "learned from what was dismissed", "feedback.reset": "let a rule count in full again",
    "item.cleared": "took it away: no longer needed",
    "item.expired": "took it away: too old", "item.renewed": "prepared it anew", "item.suppressed": "held it back",
    "item.approved": "approved", "item.edited": "edited the draft", "item.dismissed": "dismissed",
    "item.snoozed": "put it off", "item.muted": "muted it", "item.unmuted": "let it be heard again",
    "item.reassigned": "gave it to somebody else",
    "item.undone": "took the approval back", "assistant.asked": "asked the assistant",
    "item.done_elsewhere": "said that it was done elsewhere", "item.outcome": "said how it ended",
    "action.pending": "is on its way out", "action.claimed": "is being sent", "action.sent": "was sent",
    "action.confirmed": "was carried out", "action.cancelled": "was cancelled", "action.failed": "failed",
    "action.unknown": "may have gone out; looked for", "account.transferred": "gave the account over",
    "brief.read": "read the brief", "fact.confirmed": "confirmed a fact", "fact.corrected": "corrected a fact",
    "fact.forgotten": "had a fact forgotten", "switch.set": "stopped", "switch.lifted": "let go on again",
    "session.begun": "signed in", "session.ended": "signed out", "user.added": "added a user",
    "user.role_set": "got another role from their groups", "user.disabled": "shut somebody out",
    "view.begun": "began to see the pages as somebody else", "view.ended": "is themselves again",
    "user.password_set": "set a password", "token.made": "made a key",
    "token.revoked": "revoked a key", "account.erased": "erased the account", "person.erased": "erased a person",
    "source.revoked": "deleted what a source told", "backlog.judged": "judged something inherited",
}  # fmt: skip


# The parts of a payload that say something to a person.
_TOLD = (
    "rule", "reason", "do", "action_kind", "outcome", "state", "verb", "how", "result", "role", "scope", "value",
)  # fmt: skip


def kind_words(kind: str) -> str:
    """What was begun, such as "Missed call"."""
    return _KINDS.get(kind, plain_words(kind))


def step_words(step: str) -> str:
    """What happens if nobody acts."""
    return _STEPS.get(step, step.replace("_", " "))


def action_words(next_action: str) -> str:
    """What is to be done, of a ledger's `step:action`."""
    return plain_words(next_action.rpartition(":")[2])


def outcome_words(outcome: str | None, reason: str | None) -> str:
    """How something ended, with the reason."""
    told = _OUTCOMES.get(outcome or "", "Ended")
    return f"{told}: {reason.replace('_', ' ')}" if reason else told


def cause_words(cause: str) -> str:
    """One of the causes why something lapsed."""
    return _CAUSES.get(cause, plain_words(cause))


def event_words(event: str) -> str:
    """What an entry of the audit says was done."""
    return _EVENTS.get(event, event.replace(".", " ").replace("_", " "))


def plain_words(name: str) -> str:
    """A name of ours as words: `take_the_next_step` is "Take the next step"."""
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def detail_words(payload: Mapping[str, Any]) -> str:
    """The parts of an entry's payload that a person can read: states, rules, reasons; no hashes."""
    told = {**payload, "do": step_words(str(payload["do"]))} if payload.get("do") else payload
    return ", ".join(str(told[x]).replace("_", " ") for x in _TOLD if told.get(x) not in (None, ""))
