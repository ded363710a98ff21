"""A new lead is contacted in its window, and then comes to a result."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import STILL_TALKING, is_ours_to_customer, is_theirs, is_two_way
from agent_runtime.watchtower.first_step import CONTACT, REMIND, first_step
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "lead_response"
KIND = "lead_response"
_OUTCOMES = {
    "qualified": "converted",
    "converted": "converted",
    "disqualified": "disqualified",
    "lost": "lost",
    "unresponsive": "lost",
    "nurture": "deferred",
    "nurturing": "deferred",
    "deferred": "deferred",
}
# What a person of ours wrote into the CRM is believed: the lead was spoken to.
_CONTACTED = frozenset({"contacted", "connected", "working", *_OUTCOMES})
# A lead is often written down after the talk in which it came up.
_BEFORE = timedelta(days=1)
_QUALIFY_AFTER = timedelta(days=14)
_WAKE_AFTER = timedelta(days=90)
# A date that is past already wakes the lead at once, after the status that named it.
_AT_ONCE = timedelta(seconds=1)


class Lead(NamedTuple):
    """One life of a lead, as the rules inside it need it; `event` is the record that made the lead."""

    key: str
    event: Event
    opened_at: datetime
    contact_id: str | None
    end: Ending | None


def state(view: View) -> Iterator[Begun]:
    """One interaction a lead: first contact in the window of its type, then a result."""
    for lead in view.of("lead.created"):
        lead_id = str(lead.data.get("lead_id") or lead.source_id)
        yield from _lives(view, lead, lead_id)


def leads(view: View) -> list[Lead]:
    """Every life of every lead that `state` states, in order; none where that rule is off."""
    by_id = {str(x.data.get("lead_id") or x.source_id): x for x in view.of("lead.created")}
    return [Lead(x.key, by_id[x.key.rpartition("#")[0]], x.opened_at, x.contact_id, x.end) for x in state(view)]


def _lives(view: View, lead: Event, lead_id: str) -> Iterator[Begun]:
    """A deferred lead ends and wakes as a new life; a status that comes later moves the present one."""
    number, opened_at, opened_by, continues = 0, lead.occurred_at, lead.id, None
    while True:
        end = _end(view, lead, lead_id, opened_at)
        key = f"{lead_id}#{number}"
        expected = tuple(_expected(view, lead, opened_at, opened_by, end))
        yield Begun(KIND, key, opened_at, opened_by, expected, end, lead.opportunity_id, lead.contact_id, continues)
        if end is None or end.wake_at is None or end.wake_at > view.now:
            return
        number, opened_at, continues = number + 1, end.wake_at, key


def _expected(view: View, lead: Event, opened_at: datetime, opened_by: str, end: Ending | None) -> Iterator[Expected]:
    woken = opened_at > lead.occurred_at
    contact = _first_contact(view, lead, opened_at if woken else opened_at - _BEFORE)
    kinds = ("stale",) if woken else (lead.data.get("lead_type"), view.account.segment)
    yield Expected(
        key=f"{RULE}:{opened_at.isoformat()}",
        rule=RULE,
        action=first_step(view, lead).action if not woken else CONTACT,
        opened_at=opened_at,
        due_at=view.company.window(RULE, opened_at, *kinds),
        channels=("email", "call", "message"),
        evidence=(opened_by,),
        met_at=max(contact.occurred_at, opened_at) if contact else None,
        met_by=contact.id if contact else None,
        grace=STILL_TALKING,
    )
    if contact and end is None:
        since = max(contact.occurred_at, opened_at)
        yield Expected(
            key=f"result:{contact.id}",
            rule="next_step",
            action="bring_the_lead_to_a_result",
            opened_at=since,
            due_at=since + _QUALIFY_AFTER,
            channels=("crm",),
            evidence=(contact.id,),
        )
        if contact.kind in ("email", "message"):
            yield _reply(view, lead, contact)


def _reply(view: View, lead: Event, ours: Event) -> Expected:
    """What we wrote to a lead is answered, or taken up again by us: else it is reminded, step by step."""
    moved = (x for x in view.of("email", "message", "call", "form", "meeting", "lead.status", "task.created"))
    met = next((x for x in moved if x.occurred_at > ours.occurred_at and _is_next(x, lead)), None)
    return Expected(
        key=f"reply:{ours.id}",
        rule="next_step",
        action=REMIND,
        opened_at=ours.occurred_at,
        due_at=view.company.window("next_step", ours.occurred_at, view.account.segment),
        channels=("email", "call", "message"),
        evidence=(ours.id,),
        met_at=met.occurred_at if met else None,
        met_by=met.id if met else None,
    )


def _is_next(event: Event, lead: Event) -> bool:
    if event.kind == "lead.status":
        return event.data.get("lead_id") == lead.data.get("lead_id") and event.data.get("status") in _OUTCOMES
    same = lead.contact_id is None or event.contact_id in (None, lead.contact_id)
    return same and (
        event.kind == "task.created" or is_theirs(event) or is_ours_to_customer(event) or is_two_way(event)
    )


def _first_contact(view: View, lead: Event, since: datetime) -> Event | None:
    kinds = ("email", "message", "call", "meeting", "lead.status")
    return next((x for x in view.of(*kinds) if x.occurred_at > since and _reached(x, lead)), None)


def _reached(event: Event, lead: Event) -> bool:
    if event.kind == "lead.status":
        ours = event.caused_by == "person" and event.data.get("status") in _CONTACTED
        return ours and event.data.get("lead_id") == lead.data.get("lead_id")
    known = lead.contact_id is None or event.contact_id == lead.contact_id
    return known and (is_ours_to_customer(event) or is_two_way(event))


def _end(view: View, lead: Event, lead_id: str, since: datetime) -> Ending | None:
    """The first result after `since`: a status, or an opportunity that came of it."""
    for event in view.of("lead.status", "opportunity.stage", "opportunity.snapshot"):
        if event.occurred_at < since or (event.occurred_at == since and event.id == lead.id):
            continue
        if event.kind != "lead.status":
            if lead.opportunity_id in (None, event.opportunity_id):
                return Ending("converted", "an opportunity was opened", event.occurred_at, (event.id,))
        elif str(event.data.get("lead_id")) == lead_id:
            outcome = _OUTCOMES.get(str(event.data.get("status")))
            if outcome:
                return _status_end(event, outcome)
    return None


def _status_end(event: Event, outcome: str) -> Ending:
    status = str(event.data.get("status"))
    until = event.data.get("until")
    wake_at = None
    if outcome == "deferred":
        wake_at = datetime.fromisoformat(until) if until else event.occurred_at + _WAKE_AFTER
        wake_at = max(wake_at, event.occurred_at + _AT_ONCE)
    reason = str(event.data.get("reason") or f"status {status}")
    return Ending(outcome, reason, event.occurred_at, (event.id,), wake_at)
