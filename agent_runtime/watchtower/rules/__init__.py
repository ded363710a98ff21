"""The rules, one file each: pure functions from a view to what was begun and what is expected.

A rule states the whole truth it sees, from the beginning of the account to now; `ledger.policy` finds what
changed. A new rule is a module with `state(view)` and a line in RULES.
"""

from collections.abc import Callable, Iterable

from agent_runtime.watchtower.findings import Finding
from agent_runtime.watchtower.rules import (
    answer_owed,
    close_date_pushed,
    lead_response,
    missed_call,
    next_step,
    opportunity,
    promise_due,
    proposal_response,
    stage_age,
)
from agent_runtime.watchtower.view import View

RULES: tuple[Callable[[View], Iterable[Finding]], ...] = (
    opportunity.state,
    stage_age.state,
    next_step.state,
    close_date_pushed.state,
    lead_response.state,
    proposal_response.state,
    answer_owed.state,
    promise_due.state,
    missed_call.state,
)
