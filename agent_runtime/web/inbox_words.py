"""The words of the inbox: what an item is, what each button does, which reasons there are."""

KINDS = {
    "send_email": "Mail", "message": "Message", "call_card": "Call", "task": "Task",
    "escalate": "Decision", "reassign": "Taken over", "brief": "Brief", "meeting": "Meeting", "review": "Batch",
    "handover": "Hand-over", "crm_write": "CRM",
}  # fmt: skip
# What approving does, on the button.
APPROVE = {
    "send_email": "Approve & send", "message": "Approve & send",
    "meeting": "Approve & send", "task": "I will do it", "escalate": "I decide it",
    "reassign": "I will do it", "brief": "I have it", "crm_write": "Write it",
}  # fmt: skip
SIGNALS = {
    "lead_response": "New lead", "answer_owed": "Answer owed", "proposal_response": "Proposal without answer",
    "stage_age": "Stands still", "promise_due": "Promise due", "missed_call": "Missed call",
    "next_step": "Nothing planned", "close_date_pushed": "Close date pushed", "champion_quiet": "Gone quiet",
    "champion_left": "Champion left", "stakeholder_change": "People changed", "new_executive": "New executive",
    "single_threaded": "Hangs on one person", "competitor_named": "Competitor named",
    "competitor_contract": "Competitor's contract ends", "concern_open": "Open concern",
    "buying_signal": "They want more", "intent_signal": "They show interest", "usage_decline": "Use falls",
    "usage_spike": "Use rises", "renewal_ahead": "Renewal ahead", "check_in": "Long silence",
    "commit_without_evidence": "Commit without evidence", "sequence_ended": "Sequence ended",
    "meeting_follow_up": "After the meeting", "qbr_follow_up": "After the review", "no_show": "They did not come",
    "executive_brief": "Meeting brief", "appointment_confirm": "Not confirmed", "estimate_response": "Estimate",
    "callback_promised": "Call promised", "follow_up_said": "Follow-up promised",
    "customer_promise": "They promised", "unworked_lead": "Lead not worked", "zombie_lead": "Forgotten lead",
    "hand_over": "Hand-over", "handover": "Hand-over", "unresolved_age": "Open for long", "escalation": "Complaint",
    "opportunity": "Deal", "backlog": "From before", "asked_for": "You asked for it",
    "pattern": "Again and again", "leaver": "Before they leave",
}  # fmt: skip
SPLITS = (
    ("all", "All"), ("calls", "Calls"), ("replies", "Replies"), ("renewals", "Renewals"), ("stalled", "Stalled"),
    ("champion", "Champion"), ("other", "Other"),
)  # fmt: skip
SLAS = (("any", "Any time"), ("late", "Late"), ("today", "Due today"), ("week", "Within a week"))
DISMISSALS = (
    ("bad_timing", "Bad timing"), ("wrong_person", "Wrong person"), ("wrong_facts", "The facts are wrong"),
    ("not_worth_it", "Not worth it"), ("other", "Something else"),
)  # fmt: skip
SNOOZES = (
    ("tomorrow 9:00", "Tomorrow morning"), ("in 3 days", "In 3 days"), ("next monday 9:00", "Next Monday"),
    ("in 2 weeks", "In 2 weeks"), ("until they reply", "Until they reply"),
)  # fmt: skip
MUTES = (("in 2 weeks", "for two weeks"), ("in 30 days", "for a month"), ("in 90 days", "for three months"))
HOWS = (
    ("we_called", "We called"), ("they_called", "They called"), ("we_wrote", "We wrote"), ("they_wrote", "They wrote"),
    ("met", "We met"),
)  # fmt: skip
RESULTS = (
    ("reached", "Reached"), ("voicemail", "Voicemail"), ("no_answer", "No answer"), ("wrong_number", "Wrong number"),
)  # fmt: skip
OUTCOMES = (
    ("converted", "It happened"), ("lost", "Lost"), ("disqualified", "Not a case for us"), ("deferred", "Later"),
)  # fmt: skip
OUTCOME_REASONS = (
    ("won", "Won"), ("answered", "Answered"), ("handled", "Handled"), ("price", "Price"),
    ("competitor", "Competitor"), ("no_budget", "No budget"), ("no_decision", "No decision"),
    ("no_response", "No response"), ("timing", "Timing"), ("longer_path", "Takes longer"),
    ("not_a_fit", "Not a fit"), ("duplicate", "Twice in the list"), ("spam", "Spam"), ("other", "Something else"),
)  # fmt: skip
VERBS = {
    "approve": "approved", "edit": "edited the draft", "done": "was done elsewhere", "dismiss": "dismissed",
    "snooze": "put off", "mute": "muted it", "reassign": "gave it to a colleague", "outcome": "recorded how it ended",
    "accept": "took the accounts over", "claim": "took it", "release": "gave it back", "undo": "took it back",
}  # fmt: skip
FLAGS = {
    "unverified": "Not verified: not every place could be seen", "makes_promise": "Makes a promise",
    "several_recipients": "Several recipients", "recipient_changed": "Recipient changed by hand",
}  # fmt: skip
STATES = {
    "open": "Waits for you", "snoozed": "Put off", "approved": "On its way", "done": "Done",
    "dismissed": "Dismissed", "cleared": "Settled by itself", "expired": "Its time has passed",
    "renewed": "Prepared anew",
}  # fmt: skip
# How an item was closed, by the beginning of its reason; what a decision says already is not said twice.
_CLOSED = (
    ("executed", "Carried out"), ("what was missing is there: met", "What was missing came"),
    ("what was missing is there", "It was no longer needed"),
    ("the interaction ended: converted", "What was wanted came"),
    ("the interaction ended: deferred", "The matter was put off"), ("the interaction ended", "The matter ended"),
    ("nobody decided", "Nobody decided, so the next step came"), ("it was put off until now", "Prepared anew"),
    ("nothing is left to judge", "Nothing is left to judge"),
    ("the customer was heard from", "They were heard from, so it is prepared anew"),
    ("what is known changed", "What is known changed, so it is prepared anew"),
)  # fmt: skip
_TOLD_BY_A_DECISION = ("done elsewhere", "outcome:", "reassigned to", "accepted", "taken back by")
CLASSES = {
    "delay": "late, still possible", "breakdown": "others must act", "disqualification": "is there anything to lose?",
    "opportunity": "good news",
}  # fmt: skip


def closed_words(reason: str) -> str:
    """How an item was closed, in words; empty where the decision about it says so."""
    if reason in dict(DISMISSALS) or reason.startswith(_TOLD_BY_A_DECISION):
        return ""
    known = next((words for begin, words in _CLOSED if reason.startswith(begin)), "")
    return known or f"{reason[:1].upper()}{reason[1:].replace('_', ' ')}"


def reason_words(reason: str) -> str:
    """Why somebody decided so, as the button said it."""
    return (dict(DISMISSALS) | dict(OUTCOME_REASONS)).get(reason, reason.replace("_", " ")).lower()


def said(words: dict[str, str], name: str) -> str:
    """The words for `name`; an unknown one reads as it is called."""
    return words.get(name, name.replace("_", " ").capitalize())
