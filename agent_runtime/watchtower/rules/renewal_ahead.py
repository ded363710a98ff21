"""A contract comes up for renewal: the talk about it begins in time, and it comes to an end."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from agent_runtime.ledger.book import Begun, Ending, Expected
from agent_runtime.watchtower.contact import is_two_way
from agent_runtime.watchtower.statement import Duty, expected, moment, ours
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "renewal_ahead"
KIND = "renewal"
_DUTY = Duty(RULE, KIND, "begin_the_renewal_talk", "the contract was renewed")
_NAMED = re.compile(r"renew|contract|vertrag|verläng", re.IGNORECASE)
_GONE = frozenset({"churned", "canceled", "cancelled", "terminated", "lost"})


class Contract(NamedTuple):
    """A contract until `ends`, as an activity told it; `followed_by` told the next one, or that it is over."""

    told_by: Event
    ends: datetime
    followed_by: Event | None


def contracts(view: View) -> list[Contract]:
    """The contracts of the account in order; the same end told again is the same contract."""
    zone, found = view.company.calendar.zone, list[Contract]()
    for event in view.of("renewal"):
        ends = moment(event.data.get("renewal_date"), zone)
        last = found[-1] if found and found[-1].followed_by is None else None
        if last and (_is_over(event) or (ends and ends != last.ends)):
            found[-1] = Contract(last.told_by, last.ends, event)
            last = None
        if ends and last is None and not _is_over(event):
            found.append(Contract(event, ends, None))
    return found


def state(view: View) -> Iterator[Begun]:
    """One interaction a contract; from `renewal_days` before its end on, the talk is due within the window.

    The next contract, or word that it is over, ends it.
    """
    ahead = timedelta(days=view.company.playbook.signals.renewal_days)
    for contract in contracts(view):
        event = contract.told_by
        begins = max(event.occurred_at, contract.ends - ahead)
        due = min(view.company.window(RULE, begins, view.account.segment), max(contract.ends, begins))
        met = first_talk(view, begins)
        yield Begun(
            kind=KIND,
            key=f"{event.stream}:{event.source_id}",
            opened_at=event.occurred_at,
            opened_by=event.id,
            expected=(expected(_DUTY, begins, due, [event], met), _result(view, contract)),
            end=_end(contract),
            opportunity_id=event.opportunity_id,
            contact_id=event.contact_id,
        )


def first_talk(view: View, since: datetime) -> Event | None:
    """The first contact after `since` that is a talk about the renewal."""
    return next((x for x in ours(view) if x.occurred_at > since and _about_it(x)), None)


def _about_it(event: Event) -> bool:
    """A talk in which both sides were there, or a mail that names it; an invoice in those weeks is no such talk."""
    return is_two_way(event) or bool(_NAMED.search(event.subject or ""))


def _result(view: View, contract: Contract) -> Expected:
    """Whatever was talked about: by the day on which it ends, the contract is renewed or over."""
    event = contract.told_by
    duty = Duty(RULE, KIND, "bring_the_renewal_to_a_result", _DUTY.done, channels=("crm",))
    due = view.company.window(RULE, max(contract.ends, event.occurred_at), view.account.segment)
    key = f"result:{event.stream}:{event.source_id}"
    return expected(duty, event.occurred_at, due, [event], contract.followed_by, key=key)


def _end(contract: Contract) -> Ending | None:
    told = contract.followed_by
    if told is None:
        return None
    if _is_over(told):
        reason = str(told.data.get("reason") or "the contract was not renewed")
        return Ending("lost", reason, told.occurred_at, (told.id,))
    return Ending("converted", _DUTY.done, told.occurred_at, (told.id,))


def _is_over(event: Event) -> bool:
    return str(event.data.get("status") or "").lower() in _GONE
