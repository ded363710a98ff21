"""What the suites of accounts have in common: each case a story, all of them one company that is replayed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals import expected
from evals.frame import CaseRow, Suite, Verdicts
from evals.frame import Played as Run
from evals.stage import play, tell
from evals.world import Span, read_lines, weeks

Grade = Callable[[CaseRow, Any], Verdicts]
THREE_WEEKS = weeks(3)


def account_suite(
    folder: Path, grade: Grade = expected.grade, *, span: Span = THREE_WEEKS, approve: int | None = 0
) -> Suite:
    """A suite of stories with the cases of `folder`; `approve` as Approval.most."""
    return Suite(folder.name, folder, read_lines(folder / "cases.jsonl"),
                 lambda cases: run_stories(cases, span, approve), grade)  # fmt: skip


def run_stories(cases: Sequence[CaseRow], span: Span, approve: int | None = 0) -> Run:
    """Replays the stories; each case's output is its account's rows, beside its number in the company.

    The invariants that do not hold after the replay stand in every output; a case of each suite asks for them.
    """
    played = play(tell(cases), span, approve=approve)
    broken = [{"name": name, "count": count} for name, count in sorted(played.violations.items())]
    outputs: Mapping[str, Any] = {
        case["id"]: {"account": played.of(str(case["id"])) | {"violations": broken}, "number": number}
        for number, case in enumerate(cases, 1)
    }
    return Run(outputs, seconds=played.moves)
