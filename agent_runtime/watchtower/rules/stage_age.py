"""A deal stands in its stage longer than expected: standing still is a signal, not neutral."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.view import StageChange, View

RULE = "stage_age"


def state(view: View) -> Iterator[Inside]:
    """For each stage of each life: moved on in its time. Stages left in time need no row."""
    for deal in view.deals.values():
        for life in deal.lives:
            for entered, following in zip(life.changes, [*life.changes[1:], None], strict=False):
                due_at = _due_at(view, entered)
                if following is None or following.at > due_at:
                    yield Inside(KIND, deal.key(life), _expected(entered, due_at, following))


def _due_at(view: View, entered: StageChange) -> datetime:
    known = view.company.stages.get(entered.stage)
    days = view.company.playbook.stages.allowed_days(entered.stage, known.expected_days if known else None)
    return view.company.window(RULE, entered.at + timedelta(days=days))


def _expected(entered: StageChange, due_at: datetime, following: StageChange | None) -> Expected:
    return Expected(
        key=f"{RULE}:{entered.activity_id}",
        rule=RULE,
        action="move_the_stage_on",
        opened_at=entered.at,
        due_at=due_at,
        channels=("crm",),
        evidence=(entered.activity_id,),
        met_at=following.at if following else None,
        met_by=following.activity_id if following else None,
    )
