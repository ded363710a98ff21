"""Drafts: the mails that the runtime prepares, and the check of a text that a careless writer would send."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from agent_runtime.grounding import check, facts_from
from evals import expected
from evals.frame import CaseRow, Suite, Verdicts
from evals.frame import Played as Run
from evals.graders import Drafted, grade_mail
from evals.stage import cast_of
from evals.suites.accounts import THREE_WEEKS, run_stories
from evals.world import read_lines

FOLDER = Path(__file__).parent


def run(cases: Sequence[CaseRow]) -> Run:
    """Stories are replayed; texts are given to the check."""
    played = run_stories([x for x in cases if "story" in x], THREE_WEEKS)
    checked = {x["id"]: _checked(x["check"]) for x in cases if "check" in x}
    return replace(played, outputs={**played.outputs, **checked})


def grade(case: CaseRow, output: Any) -> Verdicts:
    """A story's mails by every rule, worst first; a text by the rules that it must break."""
    if "check" in case:
        return _found(case["expect"]["violations"], output)
    account, cast = output["account"], cast_of(case, output["number"])
    mails = [x for x in account["items"] if x["action"]["kind"] == "send_email"]
    verdicts = dict(expected.grade(case, output))
    for place, row in enumerate(mails, 1):
        for name, reason in grade_mail(Drafted(row, case, cast, account)).items():
            verdicts[name] = verdicts.get(name) or (reason and f"mail {place}: {reason}")
    for wanted in case.get("says", ()):
        said = any(wanted in f"{x['action']['subject']}\n{x['action']['body']}" for x in mails)
        verdicts[f"says {wanted}"] = None if said else "no mail says it"
    return verdicts


def _checked(told: Mapping[str, Any]) -> list[str]:
    facts = facts_from(told["records"], today=date(2026, 3, 10), dates=[date(2026, 3, 3)])
    found = check(told["body"], told.get("subject", "Cold room north hall"), facts)
    return sorted({x.rule for x in found})


def _found(wanted: Sequence[str], output: Sequence[str]) -> Verdicts:
    missed = [x for x in wanted if x not in output]
    verdicts: dict[str, str | None] = {"caught": f"let through: {', '.join(missed)}" if missed else None}
    if not wanted:
        verdicts["let through"] = f"refused for {', '.join(output)}" if output else None
    return verdicts


SUITE = Suite("drafts", FOLDER, read_lines(FOLDER / "cases.jsonl"), run, grade)
