"""Who gets a new lead, by its type, hour and region, and who the missed call of a customer of nobody's. Pure."""

from zlib import crc32

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.contact import is_ours_to_customer, is_two_way
from agent_runtime.watchtower.rules.lead_response import KIND
from agent_runtime.watchtower.rules.missed_call import KIND as MISSED
from agent_runtime.watchtower.view import View
from memory.timeline import Event

_TYPES = frozenset({"phone", "web", "after_hours", "referral", "event"})
_SELLS = frozenset({"rep", "csm"})


def routed(view: View, begun: Begun) -> str | None:
    """To whom the playbook sends it; None for what is neither lead nor missed call, or goes to the account's owner.

    Who has spoken to the lead keeps it: it goes the way of every other matter from then on.
    """
    if begun.kind == MISSED and view.account.owner_id is None and not view.of("owner.changed"):
        return _pool(view, begun)
    if begun.kind != KIND or _is_worked(view, begun):
        return None
    lead = next((x for x in view.of("lead.created") if x.id == begun.opened_by), None)
    routing = view.company.playbook.routing
    place = routing.stale if begun.continues else routing.of(_type_of(view.company, lead))
    if place == "region":
        place = routing.regions.get(view.account.country or "", "fallback")
    return _at(view, place)


def _pool(view: View, begun: Begun) -> str | None:
    """Who has the queue or the line that was called: a user, or a team of which one takes it.

    Whoever of ours spoke to the caller, or tried to, goes on with it; callers without a number are several people.
    """
    call = next((x for x in view.events if x.id == begun.opened_by), None)
    if call is None:
        return None
    named = view.company.pool_of(call.data.get("queue"), call.data.get("tracking_number") or call.data.get("to"))
    if named is None or (named not in view.company.people and not view.company.has_team(named)):
        return None
    tried = any(x.direction == "outbound" and x.occurred_at >= begun.opened_at and x.user_id for x in view.events)
    if tried and call.data.get("from"):
        return None
    return view.company.present_owner(named, view.now) if named in view.company.people else named


def _is_worked(view: View, begun: Begun) -> bool:
    return any(x.occurred_at >= begun.opened_at and (is_ours_to_customer(x) or is_two_way(x)) for x in view.events)


def _type_of(company: Company, lead: Event | None) -> str:
    """The type that the source names; what came while nobody is at work is after hours."""
    named = str(lead.data.get("lead_type") or "") if lead else ""
    if named in _TYPES:
        return named
    is_open = lead is None or company.calendar.next_open(lead.occurred_at) == lead.occurred_at
    return "web" if is_open else "after_hours"


def _at(view: View, place: str) -> str | None:
    company, now = view.company, view.now
    if place == "owner":
        return None
    if place == "manager":
        return company.manager
    if place in company.people:
        return company.present_owner(place, now)
    members = sorted(x.id for x in company.people.values() if x.team == place and x.role in _SELLS)
    able = [x for x in members if company.present_owner(x, now) == x]
    if able:
        # Evenly over those who can take it, and the same one whenever it is asked.
        return able[crc32(view.account.id.encode()) % len(able)]
    return company.manager if members else company.present_owner(company.fallback_owner, now)
