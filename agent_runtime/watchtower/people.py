"""Who the people at a customer are: titles that decide, who carries a deal, who has gone. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from agent_runtime.watchtower.contact import is_theirs, is_two_way
from agent_runtime.watchtower.view import View
from memory.timeline import Event

EXECUTIVE = re.compile(
    r"\b(?:c[efiomt]o|cpo|cro|chro|ciso|chief|president|vp|svp|evp|vice[- ]president|managing director|"
    r"executive director|owner|founder|head of|director of|geschäftsführ\w*|vorstand\w*|inhaber\w*|prokurist\w*|"
    r"(?:bereichs|werks|abteilungs|einkaufs)leit\w*|leiter\w*)\b",
    re.IGNORECASE,
)
CHAMPION = re.compile(r"\b(?:champion|sponsor|fürsprecher\w*)\b", re.IGNORECASE)
# An assistant of the managing director is no managing director.
_BESIDE = re.compile(r"\b(?:assistant|assistenz|assistent\w*|secretary|sekretari?\w*)\b", re.IGNORECASE)
# Fewer signs of life make nobody the one who carries it.
_LEAST_SIGNS = 3


def is_executive(title: str) -> bool:
    """Whether a title is one of those who decide; an assistant's is not."""
    return bool(EXECUTIVE.search(title)) and not _BESIDE.search(title)


def champion_of(view: View, signs: Iterable[Event]) -> str | None:
    """Who carries a deal: the contact whom the CRM calls so, else the one with most of the customer's `signs`.

    None while the account has only one person, or nobody stands out by at least three: then no one is missed
    whom the rules about deals do not miss anyway.
    """
    if len(people_of(view)) < 2:
        return None
    counted = Counter(x.contact_id for x in signs if x.contact_id and (is_theirs(x) or is_two_way(x)))
    named = next((x.id for x in view.contacts if CHAMPION.search(x.role) and counted[x.id]), None)
    if named or not counted:
        return named
    (most, number), *rest = counted.most_common(2)
    clear = number >= _LEAST_SIGNS and all(number > other for _, other in rest)
    return most if clear else None


def people_of(view: View) -> set[str]:
    """The contacts of the account, as the directory and the activities know them."""
    if "people" not in view.drawn:
        view.drawn["people"] = {x.id for x in view.contacts} | {x.contact_id for x in view.events if x.contact_id}
    found: set[str] = view.drawn["people"]
    return found


def status_of(view: View, contact_id: str | None, moment: datetime) -> str:
    """How the person stood at `moment` by the latest change until then; active where none is known."""
    changes = (x for x in reversed(view.of("contact.changed")) if x.contact_id == contact_id)
    found = next((x for x in changes if x.occurred_at <= moment), None)
    return str(found.data.get("status") or "active") if found else "active"


def title_of(view: View, contact_id: str | None) -> str:
    """The title that the directory has for the person, empty where it has none."""
    return next((x.title for x in view.contacts if x.id == contact_id), "")
