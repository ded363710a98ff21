"""A customer of whom nobody has heard for long suddenly uses much more."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from statistics import median

from agent_runtime.ledger.book import Begun
from agent_runtime.watchtower.statement import Duty, Run, first, ours, owed, theirs
from agent_runtime.watchtower.usage import Month, follows, months
from agent_runtime.watchtower.view import View

RULE = "usage_spike"
_DUTY = Duty(RULE, "signal", "ask_what_they_are_up_to", "the customer was spoken to")
_LEAST_MONTHS = 3


def state(view: View) -> Iterator[Begun]:
    """One signal a rise to `usage_rise` times the median of the months before, at a customer silent `dormant_days`.

    One of whom we heard lately is no dormant one, and figures of fewer than three months are no usual level.
    """
    if len(view.of("usage")) <= _LEAST_MONTHS:
        return
    reached, heard = ours(view), theirs(view)
    dormant = timedelta(days=view.company.playbook.signals.dormant_days)
    for name, figures in months(view).items():
        for month in _spikes(view, figures):
            at = month.told_by.known_at
            if any(at - dormant < x.occurred_at <= at for x in (*reached, *heard)):
                continue
            due = view.company.window(RULE, at, view.account.segment)
            run = Run([month.told_by], first(reached, at))
            key = f"{RULE}:{name}:{month.told_by.source_id}"
            yield owed(view, _DUTY, run, due, key=key, opened_at=at)


def _spikes(view: View, figures: list[Month]) -> Iterator[Month]:
    """The first month of each rise."""
    times = view.company.playbook.signals.usage_rise
    for place in range(_LEAST_MONTHS, len(figures)):
        before = figures[:place][-6:]
        usual = median(x.value for x in before)
        whole = all(follows(later, earlier) for earlier, later in pairwise(figures[place - _LEAST_MONTHS : place + 1]))
        if whole and usual > 0 and figures[place].value >= times * usual and before[-1].value < times * usual:
            yield figures[place]
