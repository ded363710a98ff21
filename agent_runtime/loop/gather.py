"""Gathers what may be said about one trouble, all from the account's own records."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from agent_runtime.inbox.policy import Trouble
from agent_runtime.loop import situation as s
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.contact import is_connected, is_ours_to_customer, is_theirs, is_two_way
from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.sight import SOURCE_OF
from agent_runtime.watchtower.view import Deal, View
from memory.people import ContactRow
from memory.timeline import Event

TOUCHES_SINCE = timedelta(days=90)
_ROLE_ADDRESS = re.compile(r"(?:info|sales|office|contact|team|support|service|mail|hello|buchhaltung)@", re.I)
_RE = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg)\s*:)+\s*", re.I)
_QUESTION = re.compile(r"[^.?!\n]+\?")
_TITLE = re.compile(r"^(Mr|Ms|Mrs|Dr|Herr|Frau)\b", re.I)
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
    deal = view.deals.get(trouble.interaction.opportunity_id or "")
    events = _about(view, trouble)
    recipient = _recipient(known, trouble, deal, events)
    anchor = events[0] if events else None
    contact = recipient.contact_id
    gaps = view.company.sight.gaps(trouble.expectation.channels, holders(view), trouble.expectation.opened_at, now)
    variant, opening = (known.previous or {}).get(contact, ("", ""))
    return s.Situation(
        account_id=view.account.id,
        account_name=view.account.name,
        episode_key=trouble.interaction.id,
        now=now,
        signal=trouble.expectation.rule,  # type: ignore[arg-type]
        step="remind" if trouble.do == "act" else trouble.do,  # type: ignore[arg-type]
        since=trouble.expectation.opened_at,
        sender=_sender(view, owner_id),
        recipient=recipient,
        verified=not gaps,
        opportunity=_opportunity(deal),
        thread=_thread(known, anchor),
        records=_records(known, trouble, deal, events),
        debts=_debts(known, contact),
        touches=_touches(view, contact),
        open_case=_open_case(view),
        future_meeting_at=_next_time(view, "meeting", "starts_at"),
        own_task_due_at=_own_task(view, trouble),
        sequence_live=_sequence_live(view, contact),
        looked_in=_looked_in(view, trouble),
        cannot_see=tuple(str(gap) for gap in gaps),
        next_if_nothing=_next(view, trouble, owner_id),
        reply_by=view.company.review_at(now) if trouble.expectation.rule == "answer_owed" else None,
        blind_owner=_name(view, view.company.manager),
        new_owner=_name(view, owner_id) if trouble.do == "reassign" else "",
        manager=_name(view, view.company.stand_in("manager", owner_id, now)) if trouble.do == "manager" else "",
        previous_variant=variant,
        previous_opening=opening,
    )


def _about(view: View, trouble: Trouble) -> list[Event]:
    """The activities on which the trouble stands, the latest first."""
    wanted = set(trouble.expectation.evidence)
    found = [x for x in view.events if x.id in wanted]
    return sorted(found, key=lambda x: (x.kind not in ("email", "call"), -x.occurred_at.timestamp(), x.id))


def _recipient(known: Known, trouble: Trouble, deal: Deal | None, events: Sequence[Event]) -> s.Recipient:
    ids = [trouble.interaction.contact_id, *(x.contact_id for x in events)]
    ids += [x.contact_id for x in reversed(deal.events if deal else known.view.events)]
    ids += list(known.contacts)[:1]
    contact = next((known.contacts[x] for x in ids if x and x in known.contacts), None)
    if contact is None:
        return s.Recipient(contact_id="", language=known.view.account.language or "")
    email = (contact.email or "").split(";")[0].strip()
    status = _status(known.view, contact)
    return s.Recipient(
        contact_id=contact.id,
        name=_TITLE.sub("", contact.name).strip(),
        email=email,
        phone=(contact.phone or "").split(";")[0].strip(),
        language=contact.language or known.view.account.language or "",
        status=status[0],
        status_until=status[1],
        timezone=contact.timezone or known.view.account.timezone or "",
        opted_out=status[0] == "opted_out",
        bounced=status[0] == "bounced",
        role_address=bool(_ROLE_ADDRESS.match(email)),
    )


def _status(view: View, contact: ContactRow) -> tuple[str, datetime | None]:
    """The latest change of the contact, else what the directory says."""
    for event in reversed(view.of("contact.changed")):
        if str(event.data.get("contact_id") or event.contact_id) == contact.id:
            until = event.data.get("until")
            return str(event.data.get("status")), datetime.fromisoformat(until) if until else None
    return contact.status, contact.status_until


def _sender(view: View, owner_id: str) -> s.Sender:
    person = view.company.people.get(owner_id)
    if person is None:
        return s.Sender(owner_id, owner_id)
    return s.Sender(
        user_id=person.id,
        name=person.name,
        email=person.email,
        signature=(person.name,),
        team_mailbox=person.id == view.company.fallback_owner,
        language=person.language or "en",
        timezone=str(view.company.zone_of(owner_id)),
    )


def _opportunity(deal: Deal | None) -> s.Opportunity | None:
    if deal is None:
        return None
    life = deal.lives[-1] if deal.lives else None
    dates = [_day(text) for _, text, _ in deal.close_dates]
    return s.Opportunity(
        id=deal.id,
        name=deal.name,
        amount=deal.amount,
        currency=deal.currency or "",
        stage=life.changes[-1].stage if life and life.changes else "",
        close_date=dates[-1] if dates else None,
        old_close_date=dates[-2] if len(dates) > 1 else None,
    )


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text[:10] + "T00:00:00+00:00")


def _thread(known: Known, anchor: Event | None) -> s.Thread | None:
    if anchor is None or anchor.kind != "email" or not anchor.data.get("message_id"):
        return None
    name = anchor.data.get("thread")
    mails = [x for x in known.view.of("email") if x.data.get("thread") == name] if name else [anchor]
    texts = known.texts([x.id for x in mails[-3:]])
    language = str(anchor.data.get("language") or "")
    ours = tuple(
        s.ThreadText(x.id, x.occurred_at, x.direction or "", texts[x.id], str(x.data.get("language") or "en"))
        for x in mails[-3:]
        if x.id in texts
    )
    ids = tuple(str(x.data["message_id"]) for x in mails if x.data.get("message_id") and x.id != mails[-1].id)
    return s.Thread(
        message_id=str(mails[-1].data.get("message_id") or anchor.data["message_id"]),
        subject=mails[0].subject or "",
        references=ids,
        texts=ours,
        language=language,
        with_person=any(x.direction == "inbound" for x in mails),
    )


def _records(known: Known, trouble: Trouble, deal: Deal | None, about: Sequence[Event]) -> tuple[s.Record, ...]:
    """What the trouble stands on first, then the latest contacts about the same matter."""
    same = deal.events if deal else known.view.events
    recent = [x for x in reversed(same) if is_theirs(x) or is_ours_to_customer(x) or is_two_way(x)][:4]
    events = list({x.id: x for x in (*about, *recent)}.values())
    texts = known.texts([x.id for x in events if x.kind in ("email", "message", "call", "form")])
    return tuple(_record(x, deal, trouble, texts.get(x.id, "")) for x in events)


def _record(event: Event, deal: Deal | None, trouble: Trouble, text: str) -> s.Record:
    due = trouble.expectation.due_at if trouble.expectation.rule == "promise_due" else None
    return s.Record(
        activity_id=event.id,
        kind="call" if event.data.get("lead_type") == "phone" else event.kind,
        at=event.occurred_at,
        direction=event.direction or "",
        quote=_quote(event, text),
        what=_what(event, deal),
        due_at=due,
        contact_id=event.contact_id or "",
        user_id=event.user_id or "",
    )


def _quote(event: Event, text: str) -> str:
    """The first question of at most twelve words that they put to us; nothing else of theirs is repeated."""
    if event.direction != "inbound":
        return ""
    questions = (" ".join(x.split()) for x in _QUESTION.findall(text or str(event.data.get("words") or "")))
    return next((x for x in questions if 3 <= len(x.split()) <= 12), "")


def _what(event: Event, deal: Deal | None) -> str:
    """The object in the records' words: the deal's name, the mail's subject, what was promised."""
    promises = event.data.get("promises") or ()
    if promises:
        return str(promises[0].get("what") or "")
    name = deal.name if deal else ""
    if event.data.get("event") == "proposal_sent" or event.kind == "opportunity.proposal":
        return f"proposal for {name}" if name else _RE.sub("", event.subject or "")
    if event.kind.startswith("opportunity."):
        return name
    return name or _RE.sub("", event.subject or "")


def _debts(known: Known, contact_id: str) -> tuple[s.Debt, ...]:
    """What we owe this person: open promises and questions, whatever the item is about."""
    by_id = {x.id: x for x in known.view.events}
    found = []
    for trouble in known.troubles:
        rule = trouble.expectation.rule
        event = by_id.get(trouble.interaction.opened_by)
        if rule not in ("promise_due", "answer_owed") or event is None:
            continue
        if trouble.interaction.contact_id in (None, contact_id):
            what = _what(event, known.view.deals.get(event.opportunity_id or ""))
            found.append(s.Debt(event.id, what, event.occurred_at, _debt_due(trouble), _medium(event, rule)))
    return tuple(found)


def _debt_due(trouble: Trouble) -> datetime | None:
    return trouble.expectation.due_at if trouble.expectation.rule == "promise_due" else None


def _medium(event: Event, rule: str) -> Literal["call", "document", "answer"]:
    if rule == "answer_owed":
        return "answer"
    text = str((event.data.get("promises") or [{}])[0].get("quote") or event.data.get("channel") or "").lower()
    return "call" if re.search(r"\b(call|ring|phone|rufe)\b", text) else "document"


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


def _next_time(view: View, kind: str, field: str) -> datetime | None:
    ahead = [
        datetime.fromisoformat(x.data[field])
        for x in view.of(kind)
        if x.data.get(field) and x.data.get("status") in ("scheduled", None)
    ]
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


def _looked_in(view: View, trouble: Trouble) -> tuple[str, ...]:
    """Each source that was asked, whose, and until when."""
    found = []
    for source in dict.fromkeys(SOURCE_OF[x] for x in trouble.expectation.channels):
        known = view.company.sight.holders(source)
        for holder in [""] if "" in known else [x for x in holders(view) if x in known]:
            until = view.company.sight.visible_until(source, holder, view.now)
            whose = f" of {_name(view, holder)}" if holder else ""
            found.append(f"{source}{whose}, until {until:%d %B %H:%M} UTC" if until else f"{source}{whose}: never seen")
    return tuple(found) or (f"records of {view.account.name}",)


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
