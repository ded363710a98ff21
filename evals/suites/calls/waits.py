"""Waits with calls that nobody has returned yet: what still waits must count; the minutes were worked out by hand."""

from typing import Any

from agent_runtime.calls.week.waits import Percentile, Wait, tail
from evals.frame import CaseRow, Verdicts

A_MINUTE = 60


def percentile(case: CaseRow) -> Percentile:
    """The percentile that a case asks for, over waits that ended and waits that go on."""
    told: dict[str, Any] = case["waits"]
    waits = [Wait(x * A_MINUTE, True) for x in range(1, told["ended_each_minute_until"] + 1)]
    waits += [Wait(told["still_waiting_since"] * A_MINUTE, False)] * told["still_waiting"]
    return tail(waits).at(told["share"])


def grade(case: CaseRow, output: Percentile) -> Verdicts:
    """The minutes as expected; where too many still wait, that it is more than so much and no figure."""
    expected = case["minutes"]
    if expected is None:
        known = output.seconds is None and output.at_least == case["more_than"] * A_MINUTE
        return {"waits": None if known else f"{output.seconds} s, although more than that share still wait"}
    minutes = None if output.seconds is None else output.seconds / A_MINUTE
    return {"waits": None if minutes == expected else f"{minutes} minutes, {expected} were expected"}
