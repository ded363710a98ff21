"""A deal stands in its stage longer than expected: standing still is a signal, not neutral."""

from collections.abc import Iterator
from datetime import timedelta

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.view import Life, StageChange, View

RULE = "stage_age"


def state(view: View) -> Iterator[Inside]:
    """For each stage of each life: moved on in its time. Stages left in time need no row."""
    if not view.company.playbook.rule(RULE).enabled:
        return
    for deal in view.deals.values():
        for life in deal.lives:
            for number, entered in enumerate(life.changes):
                expected = _expected(view, life, number, entered)
                if expected.met_at is None or expected.met_at > expected.due_at:
                    yield Inside(KIND, deal.key(life), expected)


def _expected(view: View, life: Life, number: int, entered: StageChange) -> Expected:
    following = life.changes[number + 1] if number + 1 < len(life.changes) else None
    known = view.company.stages.get(entered.stage)
    days = view.company.playbook.stages.allowed_days(entered.stage, known.expected_days if known else None)
    return Expected(
        key=f"{RULE}:{entered.activity_id}",
        rule=RULE,
        action="move_the_stage_on",
        opened_at=entered.at,
        due_at=view.company.window(RULE, entered.at + timedelta(days=days)),
        channels=("crm",),
        evidence=(entered.activity_id,),
        met_at=following.at if following else None,
        met_by=following.activity_id if following else None,
    )
