"""A deal that was opened must be won, lost or disqualified; one that is opened again continues itself."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.view import Deal, Life, View

KIND = "opportunity"


def state(view: View) -> Iterator[Begun]:
    """One interaction for each life of each deal."""
    for deal in view.deals.values():
        for life in deal.lives:
            yield Begun(
                kind=KIND,
                key=deal.key(life),
                opened_at=life.opened_at,
                opened_by=life.opened_by,
                expected=(),
                end=_end(deal, life),
                opportunity_id=deal.id,
                continues=f"{deal.id}#{life.number - 1}" if life.number else None,
            )


def _end(deal: Deal, life: Life) -> Ending | None:
    if life.ended is None or life.outcome is None:
        return None
    stage = life.ended.stage
    reason = f"stage {stage}" if life.outcome == "converted" else deal.lost_reason or f"stage {stage}, no reason given"
    return Ending(life.outcome, reason, life.ended.at, (life.ended.activity_id,))
