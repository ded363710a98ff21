"""The forecast says "commit", and the customer has not been heard of: a contradiction."""

from collections.abc import Iterator

from agent_runtime.watchtower.findings import Inside
from agent_runtime.watchtower.rules.opportunity import KIND
from agent_runtime.watchtower.statement import Duty, expected, open_lives, theirs, within
from agent_runtime.watchtower.view import Deal, Life, View
from memory.timeline import Event

RULE = "commit_without_evidence"
_DUTY = Duty(RULE, KIND, "check_the_forecast", "the customer was heard of, or the forecast was corrected")
_COMMIT = frozenset({"commit", "committed", "closed", "zusage"})


def state(view: View) -> Iterator[Inside]:
    """While a deal stands in commit: a sign of life of the customer in each window, from the last before it on."""
    signs = theirs(view)
    for deal, life in open_lives(view):
        for said, corrected in _commits(deal, life):
            mine = [x for x in within(signs, life) if x.opportunity_id in (None, deal.id)]
            before = [x for x in mine if x.occurred_at <= said.occurred_at][-1:]
            during = [x for x in mine if x.occurred_at > said.occurred_at and _before(x, corrected)]
            steps = [*before, *during] or [said]
            for last, following in zip(steps, [*steps[1:], corrected], strict=True):
                begins = max(last.occurred_at, life.opened_at)
                # The window counts from the last sign, but nobody is late before the word was given.
                due = max(view.company.window(RULE, begins, view.account.segment), said.occurred_at)
                if following is None or following.occurred_at > due:
                    key = f"{RULE}:{said.source_id}:{last.source_id}"
                    yield Inside(KIND, deal.key(life), expected(_DUTY, begins, due, [said, last], following, key=key))


def _commits(deal: Deal, life: Life) -> Iterator[tuple[Event, Event | None]]:
    """Each time the forecast came to say commit, and what took it back."""
    told = [x for x in within(deal.events, life) if x.data.get("forecast_category")]
    said: Event | None = None
    for event in told:
        commit = str(event.data["forecast_category"]).lower() in _COMMIT
        if commit and said is None:
            said = event
        elif not commit and said is not None:
            yield said, event
            said = None
    if said is not None:
        yield said, None


def _before(event: Event, corrected: Event | None) -> bool:
    return corrected is None or event.occurred_at < corrected.occurred_at
