"""What it is about: the records on which a trouble stands, the thread, the deal, and what we owe."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from agent_runtime.inbox.policy import Trouble
from agent_runtime.loop import situation as s
from agent_runtime.loop.known import Known
from agent_runtime.loop.persons import named_in
from agent_runtime.loop.said import (
    changed_field,
    mentioned,
    names_in,
    plain_case,
    promised_thing,
    subject_of,
    their_words,
)
from agent_runtime.loop.wording import with_article
from agent_runtime.watchtower.contact import is_ours_to_customer, is_theirs, is_two_way
from agent_runtime.watchtower.rules.proposal_response import is_proposal
from agent_runtime.watchtower.view import Deal, View
from memory.timeline import Event

# A record of the CRM and the mail or form behind it are written within this of one another.
SAME_MOMENT = timedelta(hours=1)
_SPOKEN = frozenset({"email", "message", "call", "form"})


def about(view: View, trouble: Trouble, deal: Deal | None) -> list[Event]:
    """The activities on which the trouble stands, the latest first; the mail or form itself before its CRM row.

    Where an answer is owed, what they asked stands before a holding reply of ours.
    """
    wanted = set(trouble.expectation.evidence)
    found = [x for x in view.events if x.id in wanted]
    found += [x for event in found for x in _behind(view, event, deal)]
    asked = trouble.expectation.rule == "answer_owed"
    return sorted(
        found,
        key=lambda x: (asked and x.direction != "inbound", x.kind not in _SPOKEN, -x.occurred_at.timestamp(), x.id),
    )


def _behind(view: View, event: Event, deal: Deal | None) -> list[Event]:
    if event.kind == "opportunity.proposal" and deal:
        near = [x for x in deal.events if x.kind == "email" and is_proposal(x)]
    elif event.kind == "lead.created":
        near = [x for x in view.of("form", "call", "email", "message") if x.direction == "inbound"]
    else:
        return []
    return [x for x in near if abs(x.occurred_at - event.occurred_at) <= SAME_MOMENT][-1:]


def names_near(known: Known, anchor: Event | None, deal: Deal | None) -> frozenset[str] | None:
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


def _language(known: Known, anchor: Event | None) -> str:
    return str((anchor.data.get("language") if anchor else "") or known.view.account.language or "en")


def _without(text: str, titles: Sequence[str]) -> str:
    for title in titles:
        text = text.replace(title, " ")
    return text


def opportunity_of(deal: Deal | None, names: frozenset[str] | None) -> s.Opportunity | None:
    """The deal as texts may name it; None where the trouble has none."""
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


def thread_of(known: Known, anchor: Event | None, contact_id: str) -> s.Thread | None:
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


def records_of(
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
            quote=mentioned(x, trouble.expectation.rule) or their_words(x, texts.get(x.id, ""), ours),
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
    if event.kind == "field.changed":
        return changed_field(event)
    if event.kind == "form":
        return _page_words(str(event.data.get("page") or ""))
    return name or plain_case(subject_of(event), names)


def _page_words(page: str) -> str:
    """The matter of a web form, from the page on which it stands: "/cold-rooms" → "cold rooms"."""
    words = page.rstrip("/").rpartition("/")[2].partition("?")[0].partition(".")[0].replace("-", " ")
    plain = re.fullmatch(r"[a-z]{3,}(?: [a-z]+){0,3}", words) and words not in ("contact", "kontakt", "index", "home")
    return f"our {words}" if plain else ""


def debts_of(
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
            by_name = event.kind != "task.created" or event.contact_id or named_in(event, known)
            medium = _medium(event, rule) if by_name else "document"
            found.append(s.Debt(event.id, what, event.occurred_at, due, medium, "", event.user_id or "", told))
    return tuple(found)


def _medium(event: Event, rule: str) -> Literal["call", "document", "answer"]:
    if rule == "answer_owed":
        return "answer"
    text = str((event.data.get("promises") or [{}])[0].get("quote") or event.data.get("channel") or "").lower()
    return "call" if re.search(r"\b(call|ring|phone|rufe|anrufen)\b", text) else "document"
