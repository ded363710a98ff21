"""A deal that hangs on one person of a customer who has more."""

from collections.abc import Iterator

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.people import people_of
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.statement import Duty, expected, open_lives, ours, theirs, within
from agent_runtime.watchtower.view import View
from memory.timeline import Event

RULE = "single_threaded"
_DUTY = Duty(
    RULE, KIND, "bring_in_a_second_person", "a second person takes part", channels=("email", "call", "meeting")
)
# A talk or two is the beginning of a deal, not a deal that hangs on one person.
_LEAST_CONTACTS = 3


def state(view: View) -> Iterator[Inside]:
    """For each deal with several contacts to one person alone: a second one takes part within the window.

    Says nothing of an account of which only one person is known, nor where mails went to several at once.
    """
    if not view.deals or len(people_of(view)) < 2:
        return
    both = sorted({x.id: x for x in (*ours(view), *theirs(view))}.values(), key=lambda x: (x.occurred_at, x.id))
    for deal, life in open_lives(view):
        mine = [x for x in within(both, life) if x.contact_id and x.opportunity_id in (None, deal.id)]
        if len(mine) < _LEAST_CONTACTS or not _with_one(mine[:_LEAST_CONTACTS]):
            continue
        begins = mine[0]
        met = next((x for x in mine if x.contact_id != begins.contact_id or _several(x)), None)
        due = view.company.window(RULE, begins.occurred_at, view.account.segment)
        yield Inside(KIND, deal.key(life), expected(_DUTY, begins.occurred_at, due, [begins], met))


def _with_one(events: list[Event]) -> bool:
    return len({x.contact_id for x in events}) == 1 and not any(_several(x) for x in events)


def _several(event: Event) -> bool:
    """A mail or meeting with more than one of theirs: addresses of the domain of the one who is named first."""
    addresses = [*(event.data.get("to") or ()), *(event.data.get("cc") or ()), *(event.data.get("attendees") or ())]
    return event.direction != "inbound" and _most_of_a_domain(addresses, _own(event)) > 1


def _own(event: Event) -> str:
    return str(event.data.get("from") or "").rpartition("@")[2]


def _most_of_a_domain(addresses: list[str], own: str) -> int:
    hosts = [host for x in addresses if (host := str(x).rpartition("@")[2]) and host != own]
    return max((hosts.count(x) for x in set(hosts)), default=0)
