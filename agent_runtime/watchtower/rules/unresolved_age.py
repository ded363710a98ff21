"""Something has been open for so long that somebody must say how it ended."""

from collections.abc import Iterator

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.statement import Duty, expected, open_lives
from agent_runtime.watchtower.view import View

RULE = "unresolved_age"
_DUTY = Duty(RULE, KIND, "say_how_it_ended", "it came to an end", channels=("crm",))


def state(view: View) -> Iterator[Inside]:
    """For each life of each deal that is not ended: an end within the window, counted from its beginning."""
    if not view.deals:
        return
    by_id = {x.id: x for x in view.events}
    for deal, life in open_lives(view):
        opened = by_id.get(life.opened_by)
        if opened is None or life.ended is not None:
            continue
        due = view.company.window(RULE, life.opened_at, view.account.segment)
        key = f"{RULE}:{deal.key(life)}"
        yield Inside(KIND, deal.key(life), expected(_DUTY, life.opened_at, due, [opened], None, key=key))
