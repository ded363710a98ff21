"""The person who carries the deal has gone quiet, and nobody has followed up."""

from collections.abc import Iterator

from agent_runtime.ledger.book import Expected
from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.held import Hold, held_until, holds
from agent_runtime.watchtower.people import champion_of, status_of
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.statement import Duty, expected, open_lives, theirs, within
from agent_runtime.watchtower.view import Deal, Life, View
from memory.timeline import Event

RULE = "champion_quiet"
_DUTY = Duty(RULE, KIND, "win_the_champion_back", "the champion was in touch", turn="theirs")


def state(view: View) -> Iterator[Inside]:
    """For each deal: the champion is heard of within the window after the last sign, or after what holds it.

    A meeting, a task, a running sequence, a colleague's mail and a leave hold it, each until its own end; while
    others of theirs speak with us about the deal, nobody is missed. One who has left is no quiet champion.
    """
    signs = theirs(view)
    for deal, life in open_lives(view) if len(signs) > 1 else ():
        about = _signs(signs, deal, life)
        champion = champion_of(view, about)
        if champion is None:
            continue
        stretches = holds(view, champion, deal.id)
        mine = [x for x in about if x.contact_id in (None, champion) or x.opportunity_id]
        for last, following in zip(mine, [*mine[1:], None], strict=True):
            gap = _gap(view, last, following, stretches)
            if gap and status_of(view, champion, gap.due_at) != "left_company":
                yield Inside(KIND, deal.key(life), gap)


def _signs(signs: list[Event], deal: Deal, life: Life) -> list[Event]:
    """The customer's signs of life about this deal, or about nothing else that is known."""
    return [x for x in within(signs, life) if x.opportunity_id in (None, deal.id)]


def _gap(view: View, last: Event, following: Event | None, stretches: list[Hold]) -> Expected | None:
    """The silence after a sign, where it was or may become too long."""
    window = view.company.window(RULE, last.occurred_at, view.account.segment)
    if following is not None and following.occurred_at <= window:
        return None  # in time without any hold, as most are
    due, _ = held_until(window, stretches)
    if following is not None and following.occurred_at <= due:
        return None
    return expected(_DUTY, last.occurred_at, due, [last], following)
