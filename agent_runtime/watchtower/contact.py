"""Which activity is contact with a customer, and whose it is: shared by the rules. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from memory.timeline import Event

# A call is known only when it has ended: so long after the due time of a short window nobody is said to be silent.
STILL_TALKING = timedelta(minutes=10)


def is_ours_to_customer(event: Event) -> bool:
    """A person of ours reached out: a mail or message by a person, or a call in which a person was reached.

    An automatic mail, a rule's action, an unanswered call and a message left on voicemail are none.
    """
    if event.direction != "outbound" or event.caused_by != "person":
        return False
    if event.kind in ("email", "message"):
        return not event.data.get("auto")
    return event.kind == "call" and is_connected(event)


def is_connected(event: Event) -> bool:
    """A call in which a person was spoken to: attempted is not connected."""
    data = event.data
    if data.get("answered_by") in ("voicemail", "ivr"):
        return False
    return data.get("status") == "completed" and (data.get("talk_s") or 0) > 0


def is_theirs(event: Event) -> bool:
    """The customer came to us: a mail or message that a person wrote, a form, or a call that was answered."""
    if event.direction != "inbound" or event.data.get("auto"):
        return False
    return event.kind in ("email", "message", "form") or (event.kind == "call" and is_connected(event))


def asks_no_more(event: Event) -> bool:
    """The customer wrote and asked for nothing: what we wrote before was an answer to them."""
    said = event.direction == "inbound" and event.kind != "call"
    return said and not any(event.data.get(name) for name in ("asks", "wants", "auto", "holding"))


def is_two_way(event: Event) -> bool:
    """Both sides were there: a connected call or a meeting that was held."""
    if event.kind == "meeting":
        return event.data.get("status") == "held"
    return event.kind == "call" and is_connected(event)


def same_person(event: Event, contact_id: str | None) -> bool:
    """The activity is with this contact, or nobody knows with whom of the account."""
    return contact_id is None or event.contact_id is None or event.contact_id == contact_id


def first_contact_after(events: Iterable[Event], moment: datetime) -> Event | None:
    """The first of `events` (in order) after `moment` in which the customer was written to, called or met."""
    return next((x for x in events if x.occurred_at > moment and (is_ours_to_customer(x) or is_two_way(x))), None)
