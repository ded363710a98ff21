"""The person who carries a deal has left: somebody else at the customer has to be won."""

from collections.abc import Iterator

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.people import champion_of
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.statement import Duty, expected, open_lives, ours, theirs, within
from agent_runtime.watchtower.view import View

RULE = "champion_left"
_DUTY = Duty(RULE, KIND, "find_a_new_champion", "another person was spoken to")


def state(view: View) -> Iterator[Inside]:
    """For each open deal whose champion left: another person of the account is contacted within the window."""
    left = [x for x in view.of("contact.changed") if x.data.get("status") == "left_company" and x.contact_id]
    if not left:
        return
    signs, reached = theirs(view), ours(view)
    for deal, life in open_lives(view):
        for event in within(left, life):
            before = [x for x in within(signs, life) if x.occurred_at <= event.occurred_at]
            if champion_of(view, (x for x in before if x.opportunity_id in (None, deal.id))) != event.contact_id:
                continue
            others = (x for x in (*reached, *signs) if x.contact_id and x.contact_id != event.contact_id)
            met = min((x for x in others if x.occurred_at > event.occurred_at), default=None,
                      key=lambda x: (x.occurred_at, x.id))  # fmt: skip
            due = view.company.window(RULE, event.occurred_at, view.account.segment)
            yield Inside(KIND, deal.key(life), expected(_DUTY, event.occurred_at, due, [event], met))
