"""Says of one inbound call whether it was missed, why, and whether anybody wanted something by it."""

from agent_runtime.calls.intent import says_wrong_number, spoken_text
from agent_runtime.calls.models import CallLeg, DistinctCall, MissedReason

SHORTEST_WISH_S = 5.0
"""A shorter call without a message is a misdial: nobody hears a greeting and gives up in that time."""

_NETWORK_ENDED = {"busy", "failed"}
_GIVEN_UP = {"abandoned", "canceled"}


def is_missed(call: DistinctCall) -> bool:
    """An inbound call that no person of ours answered; a mailbox or menu that picks up is no answer."""
    return call.direction == "inbound" and not call.reached_person


def is_misdial(call: DistinctCall) -> bool:
    """A missed call that asks for nothing: shorter than five seconds without a message, or a wrong number.

    A busy line or a failed connection is short because of us, and an unknown length is not a short one. What the
    phone system noted as its purpose may name a wrong number, too.
    """
    if not is_missed(call):
        return False
    if any(leg.purpose and says_wrong_number(leg.purpose.replace("_", " ").lower()) for leg in call.legs):
        return True
    text = spoken_text(call)
    if text:
        return says_wrong_number(text)
    if call.length_s is None or call.length_s >= SHORTEST_WISH_S:
        return False
    return not {leg.status for leg in (call.root, *call.deciding)} & _NETWORK_ENDED


def missed_reason(call: DistinctCall, *, is_open: bool) -> MissedReason | None:
    """The first reason that explains the miss, or None for a call that was not missed.

    Closed hours explain every miss; then who ended it (caller, network), then who was rung.
    `is_open` says whether the call began within opening hours.
    """
    if not is_missed(call):
        return None
    if not is_open:
        return "after_hours"
    if call.root.status in _GIVEN_UP:
        return _given_up(call)
    return _by_statuses(call)


def _by_statuses(call: DistinctCall) -> MissedReason:
    statuses = {leg.status for leg in call.deciding}
    if "no_answer" in statuses:
        return "no_available_agent" if _nobody_was_rung(call) else "not_answered"
    if "busy" in statuses:
        return "busy"
    if "failed" in statuses:
        return "technical"
    if statuses & _GIVEN_UP:
        return _given_up(call)
    return _picked_up_by_machine(call)


def _given_up(call: DistinctCall) -> MissedReason:
    in_menu = any(leg.answered_by == "ivr" or leg.ivr for leg in call.legs)
    rung = any(_rang_a_phone(leg) for leg in call.deciding)
    return "abandoned_in_ivr" if in_menu and not rung else "abandoned_ringing"


def _rang_a_phone(leg: CallLeg) -> bool:
    """The ringing before a menu picks up rings nobody's phone."""
    return leg.user_id is not None or ((leg.ring_s or 0) > 0 and leg.answered_by != "ivr")


def _nobody_was_rung(call: DistinctCall) -> bool:
    queued = any(leg.queue is not None for leg in call.legs)
    return queued and not any(_rang_a_phone(leg) for leg in call.legs)


def _picked_up_by_machine(call: DistinctCall) -> MissedReason:
    machines = {leg.answered_by for leg in call.legs}
    if "voicemail" in machines or any(leg.voicemail_text for leg in call.legs):
        return "not_answered"
    return "abandoned_in_ivr" if "ivr" in machines else "unknown"
