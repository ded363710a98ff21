"""A lead that was worked once, came to no result, and that nobody has touched for long."""

from collections.abc import Iterator
from itertools import zip_longest

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.lead_response import KIND, leads
from agent_runtime.watchtower.statement import Duty, expected, ours, theirs
from agent_runtime.watchtower.view import View

RULE = "zombie_lead"
_DUTY = Duty(RULE, KIND, "revive_or_close_the_lead", "the lead was taken up again")


def state(view: View) -> Iterator[Inside]:
    """For each lead without a result: after each touch another one follows within the window.

    A lead that nobody ever contacted is watched as such; one that was put off sleeps until it wakes.
    """
    touched = sorted({x.id: x for x in (*ours(view), *theirs(view))}.values(), key=lambda x: (x.occurred_at, x.id))
    for lead in leads(view):
        until = lead.end.at if lead.end else None
        mine = [x for x in touched if x.occurred_at >= lead.opened_at and (until is None or x.occurred_at < until)]
        who = lead.contact_id
        mine = [x for x in mine if who is None or x.contact_id in (None, who)]
        for last, following in zip_longest(mine, mine[1:]):
            due = view.company.window(RULE, last.occurred_at, view.account.segment)
            if following is None or following.occurred_at > due:
                yield Inside(KIND, lead.key, expected(_DUTY, last.occurred_at, due, [last], following))
