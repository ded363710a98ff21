"""What the evaluation found: runs by suite with their trend, cases with what was against them, from its own files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from fastapi import Path as InPath
from fastapi import Query, Response

from agent_runtime.errors import NotThere
from agent_runtime.permissions import OVERSEERS, Policy
from agent_runtime.web.page import PageCall, PageRouter, Shown, page

router = PageRouter("evals")
_FOLDER = "evals"
RUNS_SHOWN = 24
_READ_AT_MOST = 20_000_000
# The parts of a case that say what is wanted; the others are what it is tried with.
_EXPECTED = ("expect", "answers", "says")


@dataclass(frozen=True, slots=True)
class Run:
    """One suite in one run: how many of its cases passed; `share` between 0 and 1, None without cases."""

    at: str
    passed: int
    cases: int
    p95_ms: float | None
    cost: float

    @property
    def share(self) -> float | None:
        """The part that passed."""
        return self.passed / self.cases if self.cases else None


@router.get("/evals", policy=Policy(OVERSEERS))
def show_evals(call: Shown) -> Response:
    """The last run of every suite, with the runs before it."""
    report, runs = _report(call), _history(call)
    detailed = {x["suite"]: x for x in report["suites"]} if report else {}
    suites = sorted({*detailed, *(name for one in runs for name in one.get("suites", ()))})
    trends = {x: [run for one in runs if (run := _run(one, x))] for x in suites}
    return page(call, "evals/page.html", report=report, suites=suites, detailed=detailed, trends=trends, runs=len(runs))


@router.get("/evals/{suite}", policy=Policy(OVERSEERS))
def show_suite(
    call: Shown,
    suite: Annotated[str, InPath(max_length=100)],
    show: Annotated[Literal["failed", "all"], Query()] = "failed",
) -> Response:
    """The cases of one suite: what failed, what changed since the accepted state, or all."""
    report = _report(call)
    found = _suite(report, suite)
    cases = [x for x in found["results"] if show == "all" or not x["passed"]]
    return page(call, "evals/suite.html", report=report, suite=found, cases=cases, show=show)


@router.get("/evals/{suite}/case", policy=Policy(OVERSEERS))
def show_case(
    call: Shown,
    suite: Annotated[str, InPath(max_length=100)],
    case: Annotated[str, Query(alias="id", min_length=1, max_length=300)],
) -> Response:
    """One case of the last run: what is given, what is expected, and what the graders had against it."""
    found = _suite(_report(call), suite)
    result = next((x for x in found["results"] if x["id"] == case), None)
    if result is None:
        raise NotThere("The last run has no such case.", fix="Choose one from the list of the suite.")
    row = dict(result.get("case") or {})
    expected = {name: row.pop(name) for name in _EXPECTED if name in row}
    given = {name: value for name, value in row.items() if name not in ("id", "segments")}
    return page(
        call, "evals/case.html", suite=found, result=result, segments=row.get("segments") or {},
        given=_told(given), expected=_told(expected),
    )  # fmt: skip


def _told(parts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts of a case by name, as they are committed."""
    return [(name, orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()) for name, value in parts.items()]


def _suite(report: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """One suite of a report; raises NotThere."""
    found: dict[str, Any] | None = next((x for x in report["suites"] if x["suite"] == name), None) if report else None
    if found is None:
        raise NotThere("There is no run of this suite.", fix="Run it with: make evals")
    return found


def _run(one: Mapping[str, Any], suite: str) -> Run | None:
    told = one.get("suites", {}).get(suite)
    if not told:
        return None
    p95 = (told.get("latency") or {}).get("p95_ms")
    return Run(str(one["at"]), told["passed"], told["cases"], p95, told.get("cost") or 0.0)


def _folder(call: PageCall) -> Path:
    folder: Path = call.site.premises.settings.data_dir / _FOLDER
    return folder


def _report(call: PageCall) -> dict[str, Any] | None:
    """The last report, or None where nothing was run or the file is no report."""
    text = _text(_folder(call) / "report.json")
    try:
        found = orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("suites"), list) else None


def _history(call: PageCall) -> list[dict[str, Any]]:
    """The runs, the oldest first; a line that was cut off is left out."""
    runs = []
    for line in _text(_folder(call) / "history.jsonl").splitlines()[-RUNS_SHOWN:]:
        try:
            runs.append(orjson.loads(line))
        except orjson.JSONDecodeError:
            continue
    return [x for x in runs if isinstance(x, dict) and "at" in x]


def _text(path: Path) -> str:
    if not path.is_file() or path.stat().st_size > _READ_AT_MOST:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")
