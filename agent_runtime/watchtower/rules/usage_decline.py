"""A customer uses less month after month, and the contract comes up for renewal."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from agent_runtime.ledger.book import Begun, Ending
from agent_runtime.watchtower.rules.renewal_ahead import Contract, contracts
from agent_runtime.watchtower.statement import Duty, Run, first, ours, owed
from agent_runtime.watchtower.usage import Month, follows, months
from agent_runtime.watchtower.view import View

RULE = "usage_decline"
_DUTY = Duty(RULE, "signal", "find_out_why_they_use_less", "the customer was spoken to about it")


def state(view: View) -> Iterator[Begun]:
    """One signal a decline of `usage_months` months in a row by `usage_fall` in all, before a renewal.

    Without a contract that ends, nothing is said. The talk is due in the window after the last figure came, and not
    before twice `renewal_days` ahead of the end. A measure that counts troubles falls to the good and is left out.
    """
    running = contracts(view)
    reached = ours(view) if running else []
    for name, figures in months(view).items() if running else ():
        for fall in _falls(view, figures) if not _counts_troubles(name) else ():
            last = fall[-1].told_by
            contract = next((x for x in running if _is_in_force(x, last.known_at)), None)
            if contract is None:
                continue
            begins = max(last.known_at, _edge(view, contract))
            due = view.company.window(RULE, begins, view.account.segment)
            met = first(reached, last.known_at)
            run = Run([x.told_by for x in fall[-3:]], met)
            end = None if met else _recovered(figures, fall)
            key = f"{RULE}:{name}:{fall[0].told_by.source_id}"
            yield owed(view, _DUTY, run, due, key=key, opened_at=begins, end=end)


def _is_in_force(contract: Contract, moment: datetime) -> bool:
    """Whether it runs at that moment, as far as was told by then; one that another took the place of does not."""
    followed = contract.followed_by is not None and contract.followed_by.occurred_at <= moment
    return contract.ends > moment >= contract.told_by.occurred_at and not followed


def _edge(view: View, contract: Contract) -> datetime:
    return contract.ends - 2 * timedelta(days=view.company.playbook.signals.renewal_days)


def _counts_troubles(name: str) -> bool:
    return any(word in name.lower() for word in ("alarm", "error", "ticket", "incident", "störung", "fehler"))


def _falls(view: View, figures: Sequence[Month]) -> Iterator[list[Month]]:
    """Each unbroken row of falling months that is long and deep enough, with the month from which it fell."""
    signals = view.company.playbook.signals
    row: list[Month] = list(figures[:1])
    for before, month in pairwise(figures):
        if follows(month, before) and month.value < before.value:
            row.append(month)
            continue
        if _is_fall(row, signals.usage_months, signals.usage_fall):
            yield row
        row = [month]
    if _is_fall(row, signals.usage_months, signals.usage_fall):
        yield row


def _is_fall(row: Sequence[Month], least: int, share: float) -> bool:
    return len(row) > least and row[-1].value <= row[0].value * (1 - share)


def _recovered(figures: Sequence[Month], fall: Sequence[Month]) -> Ending | None:
    """Back where it began to fall: then there is nothing to talk about any more."""
    after = [x for x in figures if x.month > fall[-1].month and x.value >= fall[0].value]
    if not after:
        return None
    told = after[0].told_by
    return Ending("disqualified", "the use has come back", told.known_at, (told.id,))
