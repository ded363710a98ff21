"""An open deal with nothing planned and nothing done: nobody has a next step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.view import Life, View, is_touch
from memory.timeline import Event

RULE = "next_step"
_TASKS = ("task.created", "task.completed")
_HELD = ("held", "no_show")
_MADE_AHEAD = timedelta(days=30)


class _Plan(NamedTuple):
    """Planned at `since`, good until `until`; a task without a due time is a plan for as long as it is `open_ended`."""

    since: datetime
    until: datetime
    open_ended: bool = False


def state(view: View) -> Iterator[Inside]:
    """For each life: after each touch something follows within the window, or by the date that was planned."""
    done = {x.data.get("task_id"): x.occurred_at for x in view.of("task.completed")}
    for deal in view.deals.values():
        events = view.about(deal) if deal.lives else []
        planned, steps = _planned(view, events, done), _steps(events)
        for life in deal.lives:
            for expected in _gaps(view, _within(steps, life), life, planned):
                yield Inside(KIND, deal.key(life), expected)


def _planned(view: View, events: Iterable[Event], done: Mapping[Any, datetime]) -> list[_Plan]:
    plans = (
        _meeting(view, x) if x.kind == "meeting" else _task(x, done.get(x.data.get("task_id")))
        for x in events
        if x.kind in ("task.created", "meeting")
    )
    return [plan for plan in plans if plan]


def _meeting(view: View, event: Event) -> _Plan | None:
    """A meeting, and the window after it; of one that took place its last record no longer tells when it was made.

    A calendar seldom tells that a meeting was held: while nothing else is told, it was.
    """
    starts, status = event.data.get("starts_at"), event.data.get("status")
    if not starts or status == "canceled":
        return None
    begins = datetime.fromisoformat(starts)
    until = view.company.window(RULE, begins, view.account.segment)
    return _Plan(begins - _MADE_AHEAD if status in _HELD else event.occurred_at, until)


def _task(event: Event, done_at: datetime | None) -> _Plan | None:
    due = event.data.get("due_at")
    if due:
        until = datetime.fromisoformat(due)
        return _Plan(event.occurred_at, min(until, done_at) if done_at else until)
    return _Plan(event.occurred_at, done_at or event.occurred_at, open_ended=done_at is None)


def _gaps(view: View, steps: Sequence[Event], life: Life, planned: Sequence[_Plan]) -> Iterator[Expected]:
    """The gaps that were too long, and the one that is running now; an open plan keeps the rule quiet."""
    window = view.company.playbook.window_for(RULE, view.account.segment)
    shortest = timedelta(days=window.amount) if window.unit == "day" else timedelta(0)
    at, by, filed = life.opened_at, life.opened_by, life.opened_by
    following: list[Event | None] = [*steps, None]
    for step in following:
        if step is None or step.occurred_at - at > shortest:
            plans = [x for x in planned if x.since <= at]
            due = max([view.company.due(window, at), *(x.until for x in plans)])
            late = step is None or step.occurred_at > due
            if late and not any(x.open_ended for x in plans):
                yield _expected(at, by, filed, due, step)
        if step is not None:
            at, by = step.occurred_at, step.id
            filed = step.id if step.opportunity_id else filed


def _steps(events: Sequence[Event]) -> list[Event]:
    """What moved the deal: touches, and tasks that were made or done, whoever noted them."""
    return [x for x in events if x.kind in _TASKS or is_touch(x)]


def _within(steps: Sequence[Event], life: Life) -> list[Event]:
    end = life.ended.at if life.ended else None
    return [x for x in steps if x.occurred_at > life.opened_at and (end is None or x.occurred_at < end)]


def _expected(at: datetime, by: str, filed: str, due: datetime, step: Event | None) -> Expected:
    """`filed`: the last record of the deal itself; a step that was filed nowhere is in order as what it is."""
    return Expected(
        key=f"{RULE}:{by}",
        rule=RULE,
        action="take_the_next_step",
        opened_at=at,
        due_at=due,
        channels=("email", "call"),
        evidence=(filed,),
        met_at=step.occurred_at if step else None,
        met_by=step.id if step else None,
    )
