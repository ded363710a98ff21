"""Gathers what may be said about one trouble, all from the account's own records."""

from datetime import datetime, timedelta

from agent_runtime.calendars import Window
from agent_runtime.inbox.policy import Trouble
from agent_runtime.loop import situation as s
from agent_runtime.loop.appointments import free_slots
from agent_runtime.loop.known import Known
from agent_runtime.loop.matters import about, debts_of, names_near, opportunity_of, records_of, thread_of
from agent_runtime.loop.persons import (
    account_name,
    contact_of,
    manner_of,
    name_of,
    previous_owner,
    recipient_of,
    sender_of,
)
from agent_runtime.loop.second_touch import second_touch
from agent_runtime.loop.seeing import cannot_see, looked_in
from agent_runtime.watchtower.contact import is_connected
from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.first_step import MEET, REMIND, FirstStep, first_step
from agent_runtime.watchtower.rules.lead_response import RULE as LEAD
from agent_runtime.watchtower.rules.next_step import RULE as NEXT
from agent_runtime.watchtower.view import View
from memory.timeline import Event

TOUCHES_SINCE = timedelta(days=90)
ANSWER_WITHIN = Window.parse("2 business days")


def gather(known: Known, trouble: Trouble, owner_id: str) -> s.Situation:
    """The situation of one trouble; nothing in it is from another account."""
    view, now = known.view, known.view.now
    rule = trouble.expectation.rule
    deal = view.deals.get(trouble.interaction.opportunity_id or "")
    events = about(view, trouble, deal)
    anchor = events[0] if events else None
    manner = manner_of(known, owner_id, contact_of(known, trouble, deal, events))
    recipient = recipient_of(known, trouble, deal, events, manner)
    contact = recipient.contact_id
    sender = sender_of(known, owner_id, manner)
    zone = view.company.zone_of(owner_id)
    gaps = view.company.sight.gaps(trouble.expectation.channels, holders(view), trouble.expectation.opened_at, now)
    variant, opening = (known.previous or {}).get(contact, ("", ""))
    names = names_near(known, anchor, deal)
    first = _first_step(view, trouble)
    return s.Situation(
        account_id=view.account.id,
        account_name=account_name(view),
        episode_key=trouble.interaction.id,
        now=now,
        signal=rule,  # type: ignore[arg-type]
        step="remind" if trouble.do == "act" else trouble.do,  # type: ignore[arg-type]
        since=_since(trouble, anchor),
        sender=sender,
        recipient=recipient,
        verified=not gaps,
        opportunity=opportunity_of(deal, names),
        thread=thread_of(known, anchor, contact),
        records=records_of(known, trouble, deal, events, names, contact),
        debts=debts_of(known, contact, trouble, anchor, names),
        touches=_touches(view, contact),
        open_case=_open_case(view),
        future_meeting_at=_meeting_ahead(view, trouble, recipient),
        own_task_due_at=_own_task(view, trouble),
        sequence_live=_sequence_live(view, contact),
        looked_in=looked_in(view, trouble, zone),
        cannot_see=cannot_see(view, gaps, zone),
        next_if_nothing=_next(view, trouble, owner_id),
        reply_by=view.company.due(ANSWER_WITHIN, now) if rule in ("answer_owed", "promise_due") else None,
        second_touch=second_touch(view, trouble),
        blind_owner=owner_id,
        new_owner=owner_id if trouble.do == "reassign" else "",
        new_owner_name=name_of(view, owner_id) if trouble.do == "reassign" else "",
        manager=owner_id if trouble.do == "manager" else "",
        previous_owner=previous_owner(view, deal, owner_id),
        previous_variant=variant,
        previous_opening=opening,
        first=first.action,
        missing=first.missing,
        free_slots=free_slots(view.company, known.busy, now) if first.action == MEET else (),
    )


def _first_step(view: View, trouble: Trouble) -> FirstStep:
    """What a new lead is to get first; an empty one for everything else, and for a lead that was put off."""
    if trouble.interaction.kind != LEAD or trouble.interaction.continues_id:
        return FirstStep("")
    if trouble.expectation.rule == NEXT:
        return FirstStep(REMIND if trouble.expectation.action == REMIND else "")
    lead = next((x for x in view.of("lead.created") if x.id == trouble.interaction.opened_by), None)
    return first_step(view, lead) if lead and trouble.expectation.rule == LEAD else FirstStep("")


def _since(trouble: Trouble, anchor: Event | None) -> datetime:
    """From when the absence counts: their last words about it, or the moment of our own mail."""
    opened = trouble.expectation.opened_at
    if anchor is None or trouble.expectation.rule in ("stage_age", "close_date_pushed"):
        return opened
    ours = anchor.direction == "outbound"
    return min(opened, anchor.occurred_at) if ours else max(opened, anchor.occurred_at)


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
            doubtful=bool(x.data.get("doubtful")),
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
    return s.NextIfNothing(step.next_do, at, name_of(view, next_owner))
