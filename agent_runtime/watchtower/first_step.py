"""Which first step a new lead gets, by what it said and left: a call, times to meet, a question, or an answer. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from agent_runtime.watchtower.view import View
from memory.timeline import Event

CALL: Final = "call_the_lead_back"
MEET: Final = "offer_the_lead_times"
ASK: Final = "ask_the_lead_what_is_missing"
CONTACT: Final = "contact_the_lead"
REMIND: Final = "remind_the_lead"
# So many of the points missing, and an answer would be a guess.
_TOO_THIN: Final = 2
# A record of the CRM and the form, mail or call behind it are written within this of one another.
_SAME_MOMENT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is done first, and for ASK which of the points (`scope`, `place`, `when`) they have not named."""

    action: str
    missing: tuple[str, ...] = ()


def first_step(view: View, lead: Event) -> FirstStep:
    """The first step of a lead; `lead` is the record that made it."""
    came = enquiry_of(view, lead)
    if (came and came.kind == "call") or lead.data.get("lead_type") == "phone" or _left_only_a_number(view, lead, came):
        return FirstStep(CALL)
    said = came.data.get("enquiry") if came else None
    if not said:
        return FirstStep(CONTACT)
    if said["meet"]:
        return FirstStep(MEET)
    missing = tuple(said["misses"])
    return FirstStep(ASK, missing) if len(missing) >= _TOO_THIN else FirstStep(CONTACT)


def enquiry_of(view: View, lead: Event) -> Event | None:
    """The form, mail, message or call by which the lead came, where one is known."""
    near = [
        x
        for x in view.of("form", "call", "email", "message")
        if x.direction == "inbound" and abs(x.occurred_at - lead.occurred_at) <= _SAME_MOMENT
    ]
    return near[-1] if near else None


def _left_only_a_number(view: View, lead: Event, came: Event | None) -> bool:
    told: Iterable[Event] = (lead, came) if came else (lead,)
    person = next((x for x in view.contacts if x.id == lead.contact_id), None)
    mail = any(x.data.get("email") or (x.kind == "email") for x in told) or (person is not None and person.email)
    phone = any(x.data.get("phone") for x in told) or (person is not None and person.phone)
    return bool(phone) and not mail
