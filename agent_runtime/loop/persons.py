"""Who it is about and who writes: the person at the customer, the sender, and how the one addresses the other."""

import re
from collections.abc import Sequence
from datetime import datetime

from agent_runtime.actions.senders import Profile
from agent_runtime.inbox.policy import Trouble
from agent_runtime.ingest.extract import language
from agent_runtime.loop import situation as s
from agent_runtime.loop.known import Known
from agent_runtime.loop.manners import Manners, manners
from agent_runtime.watchtower.view import Deal, View
from memory.people import ContactRow
from memory.timeline import Event

_ROLE_ADDRESS = re.compile(r"(?:info|sales|office|contact|team|support|service|mail|hello|buchhaltung)@", re.I)
_TITLE = re.compile(r"^(Mr|Ms|Mrs|Dr|Herr|Frau)\b", re.I)


def contact_of(known: Known, trouble: Trouble, deal: Deal | None, events: Sequence[Event]) -> ContactRow | None:
    """The person of the matter, else of its records, else of the deal's last contact; None for a stranger."""
    if not trouble.interaction.contact_id and _from_a_stranger(events, known):
        return None
    named = [named_in(x, known) for x in events if x.kind == "task.created"]
    ids = [trouble.interaction.contact_id, *named, *(x.contact_id for x in events)]
    ids += [x.contact_id for x in reversed(deal.events if deal else known.view.events)]
    ids += list(known.contacts)[:1]
    return next((known.contacts[x] for x in ids if x and x in known.contacts), None)


def recipient_of(
    known: Known, trouble: Trouble, deal: Deal | None, events: Sequence[Event], manner: Manners
) -> s.Recipient:
    """The person with address, number, status and language; a stranger with what came with the call or mail."""
    contact = contact_of(known, trouble, deal, events)
    if contact is None:
        return _stranger(known, events)
    status = _status(known.view, contact)
    told = _told(known.view, contact)
    email = (contact.email or told.get("email") or "").split(";")[0].strip()
    return s.Recipient(
        contact_id=contact.id,
        name=_person_name(contact.name) or _person_name(told.get("name", "")),
        email=email,
        phone=(contact.phone or told.get("phone") or "").split(";")[0].strip(),
        language=_heard(known, events) or contact.language or known.view.account.language or "",
        status=status[0],
        status_until=status[1],
        timezone=contact.timezone or known.view.account.timezone or "",
        opted_out=status[0] == "opted_out",
        bounced=status[0] == "bounced",
        role_address=bool(_ROLE_ADDRESS.match(email)),
        greeting=manner.greeting,
    )


def _from_a_stranger(events: Sequence[Event], known: Known) -> bool:
    """They came to us under an address or number that belongs to nobody we know: then nobody else is meant."""
    return bool(events) and events[0].direction == "inbound" and events[0].contact_id not in known.contacts


def _stranger(known: Known, events: Sequence[Event]) -> s.Recipient:
    came = events[0].data if events and events[0].direction == "inbound" else {}
    address = str(came.get("email") or came.get("from") or "")
    return s.Recipient(
        contact_id="",
        name=_person_name(str(came.get("name") or "")),
        email=address if "@" in address else "",
        phone=str(came.get("phone") or "") or (address if address.startswith("+") else ""),
        language=_heard(known, events) or known.view.account.language or "",
        timezone=known.view.account.timezone or "",
    )


def named_in(task: Event, known: Known) -> str | None:
    """The contact whom a task names: "Call Stuart Mwangi about …"."""
    return next((x.id for x in known.contacts.values() if x.name and x.name in (task.subject or "")), None)


def _heard(known: Known, events: Sequence[Event]) -> str:
    """The language in which they called or wrote just now, where that is clear."""
    theirs = [x.id for x in events[:1] if x.direction == "inbound"]
    return next((language(text) or "" for text in known.texts(theirs).values()), "")


def _person_name(text: str) -> str:
    """A name of a person; a number or an address is none."""
    name = _TITLE.sub("", text).strip()
    return name if re.search(r"[^\W\d_]", name) and "@" not in name else ""


def _told(view: View, contact: ContactRow) -> dict[str, str]:
    """What a form or a lead told of itself, for a person of whom nobody has put down more yet."""
    for event in reversed(view.of("lead.created", "form")):
        if event.contact_id in (None, contact.id) and view.account.provisional:
            return {x: str(event.data[x]) for x in ("name", "email", "phone") if event.data.get(x)}
    return {}


def manner_of(known: Known, owner_id: str, contact: ContactRow | None) -> Manners:
    """Greeting, closing and signature as this sender writes them; of a colleague, only the form of address."""
    mails = [x for x in known.view.of("email") if x.direction == "outbound" and x.caused_by == "person"][-12:]
    texts = known.texts([x.id for x in mails])
    own = [texts[x.id] for x in reversed(mails) if x.id in texts and x.user_id == owner_id]
    name = contact.name if contact else ""
    to_person = [
        texts[x.id]
        for x in sorted(mails, key=lambda x: (x.user_id == owner_id, x.occurred_at), reverse=True)
        if x.id in texts and contact and x.contact_id == contact.id
    ]
    return manners(own, to_person, name)


def _status(view: View, contact: ContactRow) -> tuple[str, datetime | None]:
    """The latest change of the contact, else what the directory says."""
    for event in reversed(view.of("contact.changed")):
        if str(event.data.get("contact_id") or event.contact_id) == contact.id:
            until = event.data.get("until")
            return str(event.data.get("status")), datetime.fromisoformat(until) if until else None
    return contact.status, contact.status_until


def sender_of(known: Known, owner_id: str, manner: Manners) -> s.Sender:
    """The owner as sender; an owner who is no person of ours is a team.

    The signature is that of their own mails, else of their sender profile, else the name.
    """
    view, profile = known.view, known.sender
    person = view.company.people.get(owner_id)
    if person is None:
        return s.Sender(owner_id, owner_id, team_mailbox=True)
    return s.Sender(
        user_id=person.id,
        name=(profile.name if profile else "") or person.name,
        email=profile.address if profile else person.email,
        signature=manner.signature or _signature(profile) or (person.name,),
        closing=manner.closing,
        language=(profile.language if profile else "") or person.language or "en",
        timezone=str(view.company.zone_of(owner_id)),
    )


def _signature(profile: Profile | None) -> tuple[str, ...]:
    return tuple(profile.signature.splitlines()) if profile else ()


def account_name(view: View) -> str:
    """The name of the account; of a caller who was unknown at first, the company that a form or lead names."""
    if re.search(r"[^\W\d_]", view.account.name) and "@" not in view.account.name:
        return view.account.name
    named = [str(x.data.get("company") or "") for x in view.of("lead.created", "form")]
    return next((x for x in reversed(named) if x), view.account.name)


def previous_owner(view: View, deal: Deal | None, owner_id: str) -> str:
    """The name of the one who had it before `owner_id`; empty where nobody did."""
    ids = [view.account.owner_id, deal.worked_by if deal else None]
    return next((name_of(view, x) for x in ids if x and x != owner_id), "")


def name_of(view: View, user_id: str) -> str:
    """The user's name, else the id."""
    person = view.company.people.get(user_id)
    return person.name if person else user_id
