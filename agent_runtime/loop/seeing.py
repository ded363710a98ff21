"""Where an item's agent looked and what it cannot see, said so that a sales person understands it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.inbox.policy import Trouble
from agent_runtime.watchtower.evaluate import holders
from agent_runtime.watchtower.sight import SOURCE_OF, Gap
from agent_runtime.watchtower.view import View

_SOURCES = {
    "email": "mail",
    "phone": "phone",
    "messages": "text messages",
    "calendar": "calendar",
    "crm": "CRM",
}
# True of every installation: what happens there leaves no record that could be read.
NEVER_SEEN = "talks in person and calls on private phones"


def looked_in(view: View, trouble: Trouble, zone: ZoneInfo) -> tuple[str, ...]:
    """Each source that was asked, whose it is, and until when it could be seen."""
    found = []
    sight = view.company.sight
    for source in dict.fromkeys(SOURCE_OF[x] for x in trouble.expectation.channels):
        known = sight.holders(source)
        for holder in [""] if "" in known else [x for x in holders(view) if x in known]:
            until = sight.visible_until(source, holder, view.now)
            found.append(_looked(view, source, holder, until, zone))
    return tuple(found) or (f"the records of {view.account.name}",)


def _looked(view: View, source: str, holder: str, until: datetime | None, zone: ZoneInfo) -> str:
    whose = _whose(view, source, holder)
    return f"{whose} until {moment_words(until, zone)}" if until else f"{whose}: never seen"


def cannot_see(view: View, gaps: Sequence[Gap], zone: ZoneInfo) -> tuple[str, ...]:
    """The blind stretches; where there is none, what no source shows."""
    return tuple(_gap(view, gap, zone) for gap in gaps) or (NEVER_SEEN,)


def _gap(view: View, gap: Gap, zone: ZoneInfo) -> str:
    whose, since = _whose(view, gap.source, gap.holder), moment_words(gap.since, zone)
    return f"{whose} since {since}" if gap.until is None else f"{whose} from {since} to {moment_words(gap.until, zone)}"


def blind_words(view: View, blind: str) -> str:
    """A source that cannot be seen, as an expectation names it ("phone:anna:+49…"), in words."""
    source, _, rest = blind.partition(":")
    return _whose(view, source, rest.partition(":")[0])


def _whose(view: View, source: str, holder: str) -> str:
    name = _SOURCES.get(source, source)
    person = view.company.people.get(holder)
    return f"{name} of {person.name if person else holder}" if holder else name


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """ "17 March 08:40" on the reader's own clock."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %H:%M}"


_MISSING = {
    "lead_response": "no contact with this lead since {since}; expected by {due}",
    "answer_owed": "no answer from us since {since}; expected by {due}",
    "proposal_response": "no answer from them since {since}; expected by {due}",
    "stage_age": "in the same stage since {since}; expected to move by {due}",
    "promise_due": "promised on {since}, due by {due}, not delivered",
    "missed_call": "no call back since {since}; expected by {due}",
    "next_step": "nothing planned or done since {since}; expected by {due}",
    "close_date_pushed": "no talk with the customer since the date moved on {since}; expected by {due}",
    "champion_quiet": "not heard of since {since}; expected by {due}",
    "champion_left": "nobody else spoken to since they left on {since}; expected by {due}",
    "stakeholder_change": "no contact since the change of {since}; expected by {due}",
    "new_executive": "not introduced since {since}; expected by {due}",
    "single_threaded": "nobody else takes part since {since}; expected by {due}",
    "competitor_named": "no talk since the competitor was named on {since}; expected by {due}",
    "competitor_contract": "no contact about it since {since}; expected by {due}",
    "concern_open": "nobody came back to it since {since}; expected by {due}",
    "buying_signal": "not taken up since {since}; expected by {due}",
    "intent_signal": "no contact since {since}; expected by {due}",
    "usage_decline": "nobody spoke with them since the figures came, {since}; expected by {due}",
    "usage_spike": "nobody spoke with them since the figures came, {since}; expected by {due}",
    "renewal_ahead": "no talk about the renewal since {since}; expected by {due}",
    "check_in": "no exchange since {since}; expected by {due}",
    "commit_without_evidence": "no sign of the customer since {since}; expected by {due}",
    "sequence_ended": "nothing followed since {since}; expected by {due}",
    "meeting_follow_up": "nothing followed the meeting of {since}; expected by {due}",
    "qbr_follow_up": "nothing followed the review of {since}; expected by {due}",
    "no_show": "no new date since {since}; expected by {due}",
    "executive_brief": "nobody has taken a brief since the meeting was made on {since}; expected by {due}",
    "appointment_confirm": "no word since it was made on {since}; expected by {due}",
    "estimate_response": "no answer from them since {since}; expected by {due}",
    "callback_promised": "promised on {since}, expected by {due}, no talk since",
    "follow_up_said": "said on {since}, expected by {due}, nothing since",
    "customer_promise": "promised by them on {since}, due by {due}, nothing since",
    "unworked_lead": "no work on this lead since {since}; expected by {due}",
    "zombie_lead": "nothing since {since}; expected by {due}",
    "hand_over": "not taken up since {since}; expected by {due}",
    "unresolved_age": "open since {since}; an end was expected by {due}",
    "escalation": "nobody in touch since {since}; expected by {due}",
}


def absence(trouble: Trouble, weight: float, zone: ZoneInfo) -> dict[str, Any]:
    """What did not happen, with its dates, as a factor; hours are named where the window is a matter of hours."""
    expectation = trouble.expectation
    since, due = expectation.opened_at, expectation.due_at
    words = _MISSING.get(expectation.rule, "not seen since {since}; expected by {due}")
    short = due - since < timedelta(days=1)
    say = moment_words if short else _date_words
    return {"factor": words.format(since=say(since, zone), due=say(due, zone)), "weight": weight}


def _date_words(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B}"
