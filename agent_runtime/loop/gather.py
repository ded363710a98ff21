"""Gathers what may be said about one trouble, all from the account's own records."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from agent_runtime.calendars import Window
from agent_runtime.inbox.policy import Trouble
from agent_runtime.ingest.extract import language
from agent_runtime.loop import situation as s
from agent_runtime.loop.manners import Manners, manners
from agent_runtime.loop.said import names_in, plain_case, promised_thing, subject_of, their_words
from agent_runtime.loop.seeing import cannot_see, looked_in
from agent_runtime.loop.wording import with_article
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.contact import is_connected, is_ours_to_customer, is_theirs, is_two_way
from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.rules.proposal_response import is_proposal
from agent_runtime.watchtower.view import Deal, View
from memory.people import ContactRow
from memory.timeline import Event

TOUCHES_SINCE = timedelta(days=90)
ANSWER_WITHIN = Window.parse("2 business days")
# A record of the CRM and the mail or form behind it are written within this of one another.
SAME_MOMENT = timedelta(hours=1)
_ROLE_ADDRESS = re.compile(r"(?:info|sales|office|contact|team|support|service|mail|hello|buchhaltung)@", re.I)
_TITLE = re.compile(r"^(Mr|Ms|Mrs|Dr|Herr|Frau)\b", re.I)
_SPOKEN = frozenset({"email", "message", "call", "form"})
Texts = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database gives for one account: its view, its people, texts on demand, the last mail to each."""

    view: View
    contacts: dict[str, ContactRow]
    texts: Texts
    troubles: tuple[Trouble, ...] = ()
    previous: dict[str, tuple[str, str]] | None = None

    @property
    def company(self) -> Company:
        return self.view.company


def gather(known: Known, trouble: Trouble, owner_id: str) -> s.Situation:
    """The situation of one trouble; nothing in it is from another account."""
    view, now = known.view, known.view.now
    rule = trouble.expectation.rule
    deal = view.deals.get(trouble.interaction.opportunity_id or "")
    events = _about(view, trouble, deal)
    anchor = events[0] if events else None
    manner = _manner(known, owner_id, _contact(known, trouble, deal, events))
    recipient = _recipient(known, trouble, deal, events, manner)
    contact = recipient.contact_id
    sender = _sender(view, owner_id, manner)
    zone = view.company.zone_of(owner_id)
    gaps = view.company.sight.gaps(trouble.expectation.channels, holders(view), trouble.expectation.opened_at, now)
    variant, opening = (known.previous or {}).get(contact, ("", ""))
    names = _names(known, anchor, deal)
    return s.Situation(
        account_id=view.account.id,
        account_name=_account_name(view),
        episode_key=trouble.interaction.id,
        now=now,
        signal=rule,  # type: ignore[arg-type]
        step="remind" if trouble.do == "act" else trouble.do,  # type: ignore[arg-type]
        since=_since(trouble, anchor),
        sender=sender,
        recipient=recipient,
        verified=not gaps,
        opportunity=_opportunity(deal, names),
        thread=_thread(known, anchor, contact),
        records=_records(known, trouble, deal, events, names, contact),
        debts=_debts(known, contact, trouble, anchor, names),
        touches=_touches(view, contact),
        open_case=_open_case(view),
        future_meeting_at=_meeting_ahead(view, trouble, recipient),
        own_task_due_at=_own_task(view, trouble),
        sequence_live=_sequence_live(view, contact),
        looked_in=looked_in(view, trouble, zone),
        cannot_see=cannot_see(view, gaps, zone),
        next_if_nothing=_next(view, trouble, owner_id),
        reply_by=view.company.due(ANSWER_WITHIN, now) if rule in ("answer_owed", "promise_due") else None,
        blind_owner=owner_id,
        new_owner=owner_id if trouble.do == "reassign" else "",
        new_owner_name=_name(view, owner_id) if trouble.do == "reassign" else "",
        manager=owner_id if trouble.do == "manager" else "",
        previous_owner=_previous_owner(view, deal, owner_id),
        previous_variant=variant,
        previous_opening=opening,
    )


def _since(trouble: Trouble, anchor: Event | None) -> datetime:
    """From when the absence counts: their last words about it, or the moment of our own mail."""
    opened = trouble.expectation.opened_at
    if anchor is None or trouble.expectation.rule in ("stage_age", "close_date_pushed"):
        return opened
    ours = anchor.direction == "outbound"
    return min(opened, anchor.occurred_at) if ours else max(opened, anchor.occurred_at)


def _previous_owner(view: View, deal: Deal | None, owner_id: str) -> str:
    ids = [view.account.owner_id, deal.worked_by if deal else None]
    return next((_name(view, x) for x in ids if x and x != owner_id), "")


def _account_name(view: View) -> str:
    """The name of the account; of a caller who was unknown at first, the company that a form or lead names."""
    if re.search(r"[^\W\d_]", view.account.name) and "@" not in view.account.name:
        return view.account.name
    named = [str(x.data.get("company") or "") for x in view.of("lead.created", "form")]
    return next((x for x in reversed(named) if x), view.account.name)


def _language(known: Known, anchor: Event | None) -> str:
    return str((anchor.data.get("language") if anchor else "") or known.view.account.language or "en")


def _without(text: str, titles: Sequence[str]) -> str:
    for title in titles:
        text = text.replace(title, " ")
    return text


def _names(known: Known, anchor: Event | None, deal: Deal | None) -> frozenset[str] | None:
    """Words that are names here: of people, of the account, and what the texts write with a capital.

    None where the language writes every noun so.
    """
    near = [x.id for x in (deal.events if deal else known.view.events) if x.kind == "email"][-6:]
    if _language(known, anchor)[:2] != "en":
        return None
    titles = [x.name for x in known.view.deals.values() if x.name]
    titles += [x.subject for x in known.view.of("email") if x.subject]
    texts = [_without(text, titles) for text in known.texts([*near, *([anchor.id] if anchor else [])]).values()]
    people = " ".join([*(x.name for x in known.contacts.values()), known.view.account.name])
    return names_in(texts) | frozenset(people.split())


def _about(view: View, trouble: Trouble, deal: Deal | None) -> list[Event]:
    """The activities on which the trouble stands, the latest first; the mail or form itself before its CRM row."""
    wanted = set(trouble.expectation.evidence)
    found = [x for x in view.events if x.id in wanted]
    found += [x for event in found for x in _behind(view, event, deal)]
    return sorted(found, key=lambda x: (x.kind not in _SPOKEN, -x.occurred_at.timestamp(), x.id))


def _behind(view: View, event: Event, deal: Deal | None) -> list[Event]:
    if event.kind == "opportunity.proposal" and deal:
        near = [x for x in deal.events if x.kind == "email" and is_proposal(x)]
    elif event.kind == "lead.created":
        near = [x for x in view.of("form", "call", "email", "message") if x.direction == "inbound"]
    else:
        return []
    return [x for x in near if abs(x.occurred_at - event.occurred_at) <= SAME_MOMENT][-1:]


def _contact(known: Known, trouble: Trouble, deal: Deal | None, events: Sequence[Event]) -> ContactRow | None:
    """The person whom it concerns: the one of the matter, else of its records, else of the deal's last contact."""
    named = [_named_in(x, known) for x in events if x.kind == "task.created"]
    ids = [trouble.interaction.contact_id, *named, *(x.contact_id for x in events)]
    ids += [x.contact_id for x in reversed(deal.events if deal else known.view.events)]
    ids += list(known.contacts)[:1]
    return next((known.contacts[x] for x in ids if x and x in known.contacts), None)


def _named_in(task: Event, known: Known) -> str | None:
    """The contact whom a task names: "Call Stuart Mwangi about …"."""
    return next((x.id for x in known.contacts.values() if x.name and x.name in (task.subject or "")), None)


def _recipient(
    known: Known, trouble: Trouble, deal: Deal | None, events: Sequence[Event], manner: Manners
) -> s.Recipient:
    contact = _contact(known, trouble, deal, events)
    if contact is None:
        return s.Recipient(contact_id="", language=known.view.account.language or "")
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


def _manner(known: Known, owner_id: str, contact: ContactRow | None) -> Manners:
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


def _sender(view: View, owner_id: str, manner: Manners) -> s.Sender:
    person = view.company.people.get(owner_id)
    if person is None:
        return s.Sender(owner_id, owner_id, team_mailbox=True)
    return s.Sender(
        user_id=person.id,
        name=person.name,
        email=person.email,
        signature=manner.signature or (person.name,),
        closing=manner.closing,
        language=person.language or "en",
        timezone=str(view.company.zone_of(owner_id)),
    )


def _opportunity(deal: Deal | None, names: frozenset[str] | None) -> s.Opportunity | None:
    if deal is None:
        return None
    life = deal.lives[-1] if deal.lives else None
    dates = [_day(text) for _, text, _ in deal.close_dates]
    return s.Opportunity(
        id=deal.id,
        name=plain_case(deal.name, names),
        amount=deal.amount,
        currency=deal.currency or "",
        stage=life.changes[-1].stage if life and life.changes else "",
        close_date=dates[-1] if dates else None,
        old_close_date=dates[-2] if len(dates) > 1 else None,
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text[:10] + "T00:00:00+00:00")


def _thread(known: Known, anchor: Event | None, contact_id: str) -> s.Thread | None:
    """The thread of the mail on which it stands, if this person is in it."""
    if anchor is None or anchor.kind != "email" or not anchor.data.get("message_id"):
        return None
    if anchor.contact_id not in (None, contact_id):
        return None
    name = anchor.data.get("thread")
    mails = [x for x in known.view.of("email") if x.data.get("thread") == name] if name else [anchor]
    texts = known.texts([x.id for x in mails[-3:]])
    shown = tuple(
        s.ThreadText(x.id, x.occurred_at, x.direction or "", texts[x.id], str(x.data.get("language") or "en"))
        for x in mails[-3:]
        if x.id in texts
    )
    ids = tuple(str(x.data["message_id"]) for x in mails if x.data.get("message_id") and x.id != mails[-1].id)
    return s.Thread(
        message_id=str(mails[-1].data.get("message_id") or anchor.data["message_id"]),
        subject=mails[0].subject or "",
        references=ids,
        texts=shown,
        language=str(anchor.data.get("language") or ""),
        with_person=any(x.direction == "inbound" for x in mails),
    )


def _records(
    known: Known,
    trouble: Trouble,
    deal: Deal | None,
    about: Sequence[Event],
    names: frozenset[str] | None,
    contact_id: str,
) -> tuple[s.Record, ...]:
    """What the trouble stands on first, then the latest contacts about the same matter, or with this person."""
    same = deal.events if deal else [x for x in known.view.events if x.contact_id == contact_id]
    recent = [x for x in reversed(same) if is_theirs(x) or is_ours_to_customer(x) or is_two_way(x)][:4]
    events = list({x.id: x for x in (*about, *recent)}.values())
    texts = known.texts([x.id for x in events if x.kind in _SPOKEN])
    ours = frozenset(x.name.lower() for x in known.company.people.values())
    return tuple(
        s.Record(
            activity_id=x.id,
            kind="call" if x.data.get("lead_type") == "phone" else x.kind,
            at=x.occurred_at,
            direction=x.direction or "",
            quote=their_words(x, texts.get(x.id, ""), ours),
            what=what_of(x, deal, trouble.expectation.rule, names),
            due_at=_due(trouble, x),
            contact_id=x.contact_id or "",
            user_id=x.user_id or "",
        )
        for x in events
    )


def _due(trouble: Trouble, event: Event) -> datetime | None:
    mine = trouble.expectation.rule == "promise_due" and event.id in trouble.expectation.evidence
    return trouble.expectation.due_at if mine else None


def what_of(event: Event, deal: Deal | None, rule: str, names: frozenset[str] | None) -> str:
    """The object in the records' words: what was promised, the proposal, the mail's subject, the deal's name."""
    promises = event.data.get("promises") or ()
    if rule == "promise_due" and promises:
        return promised_thing(promises[0]) or plain_case(subject_of(event), names)
    if event.kind == "task.created":
        return event.subject or ""
    name = plain_case(deal.name, names) if deal else ""
    if event.data.get("event") == "proposal_sent" or event.kind == "opportunity.proposal":
        return f"proposal for {with_article(name)}" if name else plain_case(subject_of(event), names)
    if event.kind.startswith("opportunity."):
        return name
    if event.kind == "form":
        return _page_words(str(event.data.get("page") or ""))
    return name or plain_case(subject_of(event), names)


def _page_words(page: str) -> str:
    """The matter of a web form, from the page on which it stands: "/cold-rooms" → "cold rooms"."""
    words = page.rstrip("/").rpartition("/")[2].partition("?")[0].partition(".")[0].replace("-", " ")
    plain = re.fullmatch(r"[a-z]{3,}(?: [a-z]+){0,3}", words) and words not in ("contact", "kontakt", "index", "home")
    return f"our {words}" if plain else ""


def _debts(
    known: Known, contact_id: str, trouble: Trouble, anchor: Event | None, names: frozenset[str] | None
) -> tuple[s.Debt, ...]:
    """What we owe this person: broken promises and open questions, whatever the item is about."""
    by_id = {x.id: x for x in known.view.events}
    found = []
    for owed in known.troubles:
        rule = owed.expectation.rule
        own = owed.expectation.id == trouble.expectation.id
        event = anchor if own else by_id.get(owed.interaction.opened_by)
        if rule not in ("promise_due", "answer_owed") or event is None:
            continue
        told = event.kind != "task.created"
        if own or (told and owed.interaction.contact_id == contact_id):
            what = what_of(event, known.view.deals.get(event.opportunity_id or ""), rule, names)
            due = owed.expectation.due_at if rule == "promise_due" else None
            by_name = event.kind != "task.created" or event.contact_id or _named_in(event, known)
            medium = _medium(event, rule) if by_name else "document"
            found.append(s.Debt(event.id, what, event.occurred_at, due, medium, "", event.user_id or "", told))
    return tuple(found)


def _medium(event: Event, rule: str) -> Literal["call", "document", "answer"]:
    if rule == "answer_owed":
        return "answer"
    text = str((event.data.get("promises") or [{}])[0].get("quote") or event.data.get("channel") or "").lower()
    return "call" if re.search(r"\b(call|ring|phone|rufe|anrufen)\b", text) else "document"


def _touches(view: View, contact_id: str) -> tuple[s.Touch, ...]:
    since = view.now - TOUCHES_SINCE
    return tuple(
        s.Touch(
            at=x.occurred_at,
            direction=x.direction or "",
            medium=x.kind,
            user_id=x.user_id or "",
            contact_id=x.contact_id or contact_id,
            activity_id=x.id,
            automatic=bool(x.data.get("auto")) or x.caused_by == "rule",
            connected=x.kind != "call" or is_connected(x),
        )
        for x in view.of("email", "call", "message")
        if x.occurred_at >= since
    )


def _open_case(view: View) -> bool:
    state = {str(x.data.get("case_id")): str(x.data.get("status")) for x in view.of("case")}
    return any(status not in ("closed", "solved", "resolved") for status in state.values())


def _meeting_ahead(view: View, trouble: Trouble, recipient: s.Recipient) -> datetime | None:
    """The next meeting about this deal, or with this person."""
    ahead = []
    for event in view.of("meeting"):
        with_person = event.contact_id == recipient.contact_id or recipient.email in (event.data.get("attendees") or ())
        same = event.opportunity_id is not None and event.opportunity_id == trouble.interaction.opportunity_id
        if event.data.get("starts_at") and event.data.get("status") in ("scheduled", None) and (with_person or same):
            ahead.append(datetime.fromisoformat(event.data["starts_at"]))
    return min((x for x in ahead if x > view.now), default=None)


def _own_task(view: View, trouble: Trouble) -> datetime | None:
    """A task of ours about the same deal that is planned ahead: somebody is already on it."""
    done = {str(x.data.get("task_id")) for x in view.of("task.completed")}
    ahead = [
        datetime.fromisoformat(x.data["due_at"])
        for x in view.of("task.created")
        if x.data.get("due_at")
        and str(x.data.get("task_id")) not in done
        and x.opportunity_id == trouble.interaction.opportunity_id
    ]
    return min((x for x in ahead if x > view.now), default=None)


def _sequence_live(view: View, contact_id: str) -> bool:
    live: set[str] = set()
    for event in view.of("sequence.enrolled", "sequence.ended"):
        name = str(event.data.get("name"))
        if str(event.data.get("contact_id") or event.contact_id) == contact_id:
            (live.add if event.kind == "sequence.enrolled" else live.discard)(name)
    return bool(live)


def _next(view: View, trouble: Trouble, owner_id: str) -> s.NextIfNothing | None:
    at = trouble.expectation.look_at
    if at is None:
        return None
    rule = trouble.expectation.rule
    step = view.company.step(rule, trouble.expectation.due_at, view.now)
    next_owner = view.company.stand_in(step.next_do, owner_id, view.now)
    return s.NextIfNothing(step.next_do, at, _name(view, next_owner))


def _name(view: View, user_id: str) -> str:
    person = view.company.people.get(user_id)
    return person.name if person else user_id
