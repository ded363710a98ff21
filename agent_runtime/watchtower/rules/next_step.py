"""An open deal with nothing planned and nothing done: nobody has a next step."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.view import Deal, Life, View, touches
from memory.timeline import Event

RULE = "next_step"


def state(view: View) -> Iterator[Inside]:
    """For each life: after each touch something follows within the window, or by the date that was planned."""
    if not view.company.playbook.rule(RULE).enabled:
        return
    planned = _planned(view)
    for deal in view.deals.values():
        for life in deal.lives:
            for expected in _gaps(view, deal, life, planned.get(deal.id, [])):
                yield Inside(KIND, deal.key(life), expected)


def _planned(view: View) -> dict[str, list[tuple[datetime, datetime]]]:
    """For each deal, (planned at, planned for): open tasks with a due time and meetings ahead."""
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for event in view.of("task.created", "meeting"):
        when = event.data.get("due_at") or event.data.get("starts_at")
        if event.opportunity_id and when and event.data.get("status") != "canceled":
            found.setdefault(event.opportunity_id, []).append((event.occurred_at, datetime.fromisoformat(when)))
    return found


def _gaps(view: View, deal: Deal, life: Life, planned: list[tuple[datetime, datetime]]) -> Iterator[Expected]:
    """The gaps that were too long, and the one that is running now."""
    end = life.ended.at if life.ended else None
    steps = [x for x in touches(deal.events) if x.occurred_at > life.opened_at and (end is None or x.occurred_at < end)]
    window = view.company.playbook.window_for(RULE, view.account.segment)
    shortest = timedelta(days=window.amount) if window.unit == "day" else timedelta(0)
    at, by = life.opened_at, life.opened_by
    following: list[Event | None] = [*steps, None]
    for step in following:
        if step is None or step.occurred_at - at > shortest:
            due = max([view.company.due(window, at), *(when for since, when in planned if since <= at)])
            if step is None or step.occurred_at > due:
                yield Expected(
                    key=f"{RULE}:{by}",
                    rule=RULE,
                    action="take_the_next_step",
                    opened_at=at,
                    due_at=due,
                    channels=("email", "call"),
                    evidence=(by,),
                    met_at=step.occurred_at if step else None,
                    met_by=step.id if step else None,
                )
        if step is not None:
            at, by = step.occurred_at, step.id
