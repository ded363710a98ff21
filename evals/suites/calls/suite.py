"""Inbound calls, from their legs to what resolved them, and how long they wait."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals import expected
from evals.frame import CaseRow, Played, Suite, Verdicts
from evals.suites.accounts import THREE_WEEKS, run_stories
from evals.suites.calls import waits
from evals.world import read_lines

FOLDER = Path(__file__).parent


def run(cases: Sequence[CaseRow]) -> Played:
    """The stories as one company; waits on their own."""
    played = run_stories([x for x in cases if "story" in x], THREE_WEEKS)
    outputs = dict(played.outputs) | {x["id"]: waits.percentile(x) for x in cases if "waits" in x}
    return Played(outputs, seconds=played.seconds)


def grade(case: CaseRow, output: Any) -> Verdicts:
    """A story by its account, waits by their percentile."""
    return waits.grade(case, output) if "waits" in case else expected.grade(case, output)


SUITE = Suite("calls", FOLDER, read_lines(FOLDER / "cases.jsonl"), run, grade)
