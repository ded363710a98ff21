"""Whether a mail may be written at all: ten gates in a fixed order, before any template is looked at.

Pure: (situation, policy) → verdict. "Do nothing", "hold" and "a person chooses" are results with reasons.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.grounding import promises_something
from agent_runtime.loop.situation import INSIDE_STEPS, OURS, WRITTEN, Debt, Record, Situation
from agent_runtime.loop.wording import object_words
from agent_runtime.watchtower.first_step import CALL

Verdict = Literal["send", "hold_until", "call_card", "task", "nothing", "person_chooses"]
# What we owe waits for a meeting only when that is this close.
MEETING_SETTLES_WITHIN = timedelta(days=2)
# A lead whose enquiry is older than this when it is due was put off and has come up again.
WOKEN_AFTER = timedelta(days=7)
_COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "einer": 1, "eine": 1, "zwei": 2, "drei": 3, "vier": 4,
}  # fmt: skip
_SPAN = re.compile(
    rf"\b(?P<count>{'|'.join(_COUNTS)}|\d{{1,2}}) (?P<unit>days?|weeks?|Tagen?|Wochen?)\b", re.IGNORECASE
)
NO_REPLY = re.compile(r"(?:no|do[-_.]?not)[-_.]?reply|noreply|mailer-daemon|postmaster|bounces?", re.IGNORECASE)


@dataclass(frozen=True)
class GatePolicy:
    """The playbook's numbers: calendar of the recipient for working days; counts and days as named."""

    calendar: BusinessCalendar
    silence_days: int = 45
    mail_gap_days: int = 3
    unanswered_mails: int = 2
    close_the_loop: bool = False
    colleague_days: int = 3
    back_after_leave_days: int = 1


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict: `rule` is the gate that decided (0: none objected), `until` the end of a hold.

    `debt_id`: the activity in which we promised what the mail now has to pay or name first.
    """

    allowed: bool
    verdict: Verdict
    reason: str
    rule: int = 0
    until: AwareDatetime | None = None
    debt_id: str = ""
    close_the_loop: bool = False


def gate(situation: Situation, policy: GatePolicy) -> Gate:
    """The verdict of the first gate that objects; without objection the step's own way."""
    if situation.signal == "close_date_pushed":
        return Gate(True, "task", "The close date is a matter inside the house.")
    if situation.signal == "executive_brief":
        # A meeting ahead, or their mail about it, holds what goes to them; a preparation is for that meeting.
        return _sight(situation, policy) or Gate(True, "task", "A preparation stays inside the house.")
    for check in (_sight, _somebody_moved, _on_leave):
        if found := check(situation, policy):
            return found
    if situation.step in INSIDE_STEPS:
        return Gate(True, "task", "This step stays inside the house.")
    if situation.signal not in WRITTEN:
        return Gate(True, "task", "A person chooses the words for this one.")
    for check in (
        _address,
        _complaint,
        _announced,
        _channel_used_up,
        _specifics,
        _long_silence,
        _mail_gap,
        _asked_once,
    ):
        if found := check(situation, policy):
            return found
    return _way(situation, policy)


def debt_of(situation: Situation) -> Debt | None:
    """The debt that comes first: the item's own, else what was promised for the earliest time.

    A promise that is due and stands only in its record is a debt as well.
    """
    anchor = situation.anchor
    if situation.signal == "promise_due" and anchor and not situation.debts:
        return Debt(anchor.activity_id, anchor.what, anchor.at, anchor.due_at, user_id=anchor.user_id)
    own = [debt for debt in situation.debts if anchor and debt.activity_id == anchor.activity_id]
    if situation.signal in OURS and own:
        return own[0]
    return min(situation.debts, key=lambda debt: debt.due_at or debt.promised_at, default=None)


def is_ours(situation: Situation) -> bool:
    """Whether the mail is about something that we owe: the signal says so, or a debt comes first."""
    return situation.signal in OURS or bool(situation.debts)


def attempts_since(situation: Situation) -> tuple[datetime, ...]:
    """Calls of ours since the signal began that did not connect."""
    calls = situation.touched("outbound", "call")
    return tuple(touch.at for touch in calls if touch.at > situation.since and not touch.connected)


def _sight(situation: Situation, _: GatePolicy) -> Gate | None:
    if situation.verified:
        return None
    blind = "; ".join(situation.cannot_see) or "a source that is not connected"
    return Gate(False, "task", f"This is not certain, because we cannot see: {blind}.", 1)


def _somebody_moved(situation: Situation, policy: GatePolicy) -> Gate | None:
    return (
        _they_wrote(situation)
        or _planned(situation)
        or _perhaps_answered(situation)
        or _colleague_wrote(situation, policy)
    )


def _they_wrote(situation: Situation) -> Gate | None:
    later = [touch for touch in situation.touched("inbound") if touch.at > situation.since]
    if not later:
        return None
    moved = f"They were in touch by {later[-1].medium} on {_day(later[-1].at, situation)}."
    if situation.signal not in OURS:
        return Gate(False, "nothing", moved, 2)
    return _by_phone(situation, f"{moved} Read or hear that first.", 2)


def _planned(situation: Situation) -> Gate | None:
    """A meeting or an own task lies ahead: it comes first, and what we owe is to be ready for it."""
    now, meeting, task = situation.now, situation.future_meeting_at, situation.own_task_due_at
    if meeting and meeting > now:
        if is_ours(situation):
            if meeting - now > MEETING_SETTLES_WITHIN:
                return None
            return Gate(False, "task", f"A meeting is on {_day(meeting, situation)}: have it ready before.", 2)
        return Gate(False, "hold_until", f"A meeting is on {_day(meeting, situation)}.", 2, meeting)
    if task and task > now:
        return Gate(False, "hold_until", f"An own task is due on {_day(task, situation)}.", 2, task)
    if situation.sequence_live and not is_ours(situation):
        return Gate(False, "nothing", "A mail sequence to this person is running.", 2)
    if situation.sequence_live:
        return _by_phone(situation, "A mail sequence to this person is running.", 2)
    return None


def _colleague_wrote(situation: Situation, policy: GatePolicy) -> Gate | None:
    """Only what came after the signal began, and not from the sender, is a colleague's move."""
    earliest = max(situation.since, situation.now - timedelta(days=policy.colleague_days))
    for touch in reversed(situation.touched("outbound")):
        other = touch.user_id not in ("", situation.sender.user_id)
        if other and touch.connected and touch.at > earliest:
            moved = f"A colleague was in touch by {touch.medium} on {_day(touch.at, situation)}"
            if is_ours(situation):
                return Gate(False, "person_chooses", f"{moved}; decide whether that settles it.", 2)
            until = touch.at + timedelta(days=policy.colleague_days)
            return Gate(False, "hold_until", f"{moved}.", 2, until)
    return None


def _perhaps_answered(situation: Situation) -> Gate | None:
    """We wrote, and the words alone do not say whether that was what was owed: a person knows at a glance."""
    if situation.signal not in ("answer_owed", "promise_due"):
        return None
    for touch in reversed(situation.touched("outbound")):
        if touch.doubtful and touch.at > situation.since:
            what = "been the answer" if situation.signal == "answer_owed" else "kept the promise"
            wrote = f"We wrote on {_day(touch.at, situation)}, and that may have {what}"
            return Gate(False, "person_chooses", f"{wrote}: if so, say that it is done; if not, answer now.", 2)
    return None


def _on_leave(situation: Situation, policy: GatePolicy) -> Gate | None:
    recipient = situation.recipient
    if recipient.status != "on_leave":
        return None
    if recipient.status_until is None:
        return Gate(False, "person_chooses", "The person is away and no return is known.", 3)
    if recipient.status_until < situation.now:
        return None
    back = policy.calendar.add_days(recipient.status_until, policy.back_after_leave_days)
    return Gate(False, "hold_until", "The person is away; one working day after the return is soon enough.", 3, back)


def _address(situation: Situation, _: GatePolicy) -> Gate | None:
    recipient = situation.recipient
    if recipient.status == "left_company":
        return Gate(False, "task", "The person has left; find out who took over.", 4)
    if recipient.opted_out or recipient.status == "opted_out":
        if is_ours(situation):
            return _by_phone(situation, "The person wants no mails, yet waits for something of ours.", 4)
        return Gate(False, "nothing", "The person has opted out.", 4)
    if recipient.bounced or recipient.status == "bounced":
        return _by_phone(situation, "Mails to this address come back.", 4)
    if not recipient.email:
        if _phone_first(situation, debt_of(situation)) and recipient.phone and not attempts_since(situation):
            return None
        return _by_phone(situation, "No mail address is known.", 4)
    if NO_REPLY.search(recipient.email.partition("@")[0]):
        return _by_phone(situation, "Nobody reads this address.", 4)
    if recipient.role_address and situation.thread and situation.thread.with_person:
        return _by_phone(situation, "The thread was with a person, this address is shared.", 4)
    return None


def _complaint(situation: Situation, _: GatePolicy) -> Gate | None:
    if situation.open_case and not is_ours(situation):
        return Gate(False, "task", "A complaint is open: settle it first, no sales mail.", 6)
    return None


def _announced(situation: Situation, _: GatePolicy) -> Gate | None:
    """What we said last is still to come: then the next move is ours, and no mail asks for theirs."""
    if is_ours(situation):
        return None
    said = announced(situation)
    if said is None:
        return None
    reason = f'On {_day(said.at, situation)} we wrote: "{said.quote}"'
    until = said.at + span_of(said.quote)
    return Gate(False, "hold_until", reason, 5, until) if until > situation.now else Gate(False, "task", reason, 5)


def span_of(quote: str) -> timedelta:
    """The time that an announcement without a date takes for itself: "within two weeks"; none where it names none."""
    match = _SPAN.search(quote)
    if match is None:
        return timedelta(0)
    count = _COUNTS.get(match["count"].lower()) or int(match["count"])
    return timedelta(days=count * (7 if match["unit"].lower().startswith("w") else 1))


def announced(situation: Situation) -> Record | None:
    """The newest mail or message of ours to this person, if it says what we will do."""
    own = [x for x in situation.records if x.direction == "outbound" and x.kind in ("email", "message")]
    newest = max(own, key=lambda record: record.at, default=None)
    return newest if newest and promises_something(newest.quote) else None


def _channel_used_up(situation: Situation, policy: GatePolicy) -> Gate | None:
    mails = _unanswered(situation)
    if mails < policy.unanswered_mails or _closes(situation, policy):
        return None
    return _by_phone(situation, f"{mails} mails have had no answer: change the channel or the person.", 7)


def _unanswered(situation: Situation) -> int:
    """Our mails about this ask since their last word, the one that asked included."""
    heard = situation.touched("inbound")
    mails = [mail for mail in situation.touched("outbound", "email") if mail.at >= situation.since]
    return sum(not heard or mail.at > heard[-1].at for mail in mails)


def _closes(situation: Situation, policy: GatePolicy) -> bool:
    """Whether the next mail is the one that closes the loop: never while we owe something."""
    used_up = _unanswered(situation) == policy.unanswered_mails
    return policy.close_the_loop and used_up and not is_ours(situation)


def _specifics(situation: Situation, _: GatePolicy) -> Gate | None:
    if _phone_first(situation, debt_of(situation)) and situation.recipient.phone:
        return None
    if wish := _wish(situation):
        return Gate(False, "task", f'They wrote: "{wish}" Do it, then write.', 8)
    if known_already(situation):
        return _by_phone(situation, "They know us from before: take it up where it was left.", 8)
    if object_words(situation, debt_of(situation)) and situation.anchor:
        return None
    return _by_phone(situation, "The records name no object and date to write about.", 8)


def _wish(situation: Situation) -> str:
    """What they want done, where it is no question: an order or a request is answered by a deed."""
    anchor = situation.anchor
    if situation.signal != "answer_owed" or anchor is None or anchor.direction != "inbound" or "?" in anchor.quote:
        return ""
    return anchor.quote


def known_already(situation: Situation) -> bool:
    """A lead that was put off and comes up again: what it wrote at first was answered long ago."""
    anchor = situation.anchor
    if situation.signal != "lead_response" or anchor is None:
        return False
    woken = situation.since - anchor.at > WOKEN_AFTER
    return woken or any(touch.connected and touch.at > anchor.at for touch in situation.touched("outbound"))


def _long_silence(situation: Situation, policy: GatePolicy) -> Gate | None:
    both = (*situation.touched("inbound"), *situation.touched("outbound"))
    last = max([situation.since, *(touch.at for touch in both if touch.at <= situation.now)])
    if situation.now - last > timedelta(days=policy.silence_days):
        reason = f"Nothing has passed since {_day(last, situation)}: choose first whether this is still alive."
        return Gate(False, "person_chooses", reason, 9)
    return None


def _mail_gap(situation: Situation, policy: GatePolicy) -> Gate | None:
    """One mail in the gap; to answer what they wrote after our last mail is conversation, no second mail."""
    mails = situation.touched("outbound", "email")
    if not mails or (situation.signal in OURS and _wrote_after(situation, mails[-1].at)):
        return None
    free = policy.calendar.add_days(mails[-1].at, policy.mail_gap_days)
    if free <= situation.now:
        return None
    reason = f"A mail went to this person on {_day(mails[-1].at, situation)}."
    return Gate(False, "hold_until", reason, 10, free)


def _asked_once(situation: Situation, _: GatePolicy) -> Gate | None:
    """A deal that stands still is not asked a second question while our first is open."""
    mails = [x for x in situation.touched("outbound", "email") if x.at >= situation.since]
    if situation.signal != "stage_age" or not mails or _wrote_after(situation, mails[-1].at):
        return None
    return _by_phone(situation, f"Our mail of {_day(mails[-1].at, situation)} has had no answer.", 7)


def _wrote_after(situation: Situation, moment: datetime) -> bool:
    return any(touch.at > moment for touch in situation.touched("inbound"))


def _way(situation: Situation, policy: GatePolicy) -> Gate:
    """No gate objects: the step and the nature of the matter choose between mail and call."""
    debt = debt_of(situation)
    owed = debt.activity_id if debt else ""
    phone_first = _phone_first(situation, debt)
    if phone_first and situation.recipient.phone and not attempts_since(situation):
        return Gate(False, "call_card", "A call is what was asked for.", 5 if debt else 0, debt_id=owed)
    if situation.step == "other_channel" and not phone_first and not _closes(situation, policy):
        return _by_phone(situation, "The first channel brought no answer.", 7)
    reason = "We owe this person something: that comes first." if debt else "No gate objects."
    return Gate(True, "send", reason, 5 if debt else 0, None, owed, _closes(situation, policy))


def _phone_first(situation: Situation, debt: Debt | None) -> bool:
    if situation.signal == "missed_call" or situation.first == CALL or (debt and debt.medium == "call"):
        return True
    anchor = situation.anchor
    return bool(situation.signal == "lead_response" and anchor and anchor.kind == "call")


def _by_phone(situation: Situation, reason: str, rule: int) -> Gate:
    verdict: Verdict = "call_card" if situation.recipient.phone else "task"
    return Gate(False, verdict, reason, rule)


def _day(moment: datetime, situation: Situation) -> str:
    local = moment.astimezone(situation.zone)
    return f"{local.day} {local:%B %Y}"
