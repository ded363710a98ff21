"""A suite, its run on pydantic-evals, and what each committed case came to: none can be dropped from the count."""

import asyncio
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

import orjson

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the library says of its own imports is not for our readers
    from pydantic_evals import Case, Dataset
    from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext
    from pydantic_evals.reporting import EvaluationReport

CaseRow = Mapping[str, Any]
# A grader's verdicts by name: None is passed, a text is the reason why not.
Verdicts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite: its committed cases, what is run, and who judges.

    `play` runs everything that the cases need at once and gives each case's output by id; a case that it leaves out
    has failed. `grade` judges one case. `must_be_whole`: every case has to pass, whatever the baseline says.
    `folder`: where the cases stand.
    """

    name: str
    folder: Path
    cases: Sequence[CaseRow]
    play: Callable[[Sequence[CaseRow]], "Played"]
    grade: Callable[[CaseRow, Any], Verdicts]
    must_be_whole: bool = False


@dataclass(slots=True)
class Played:
    """What a suite's run gave: outputs by case id, seconds of single steps, tokens and cost where a model was used."""

    outputs: Mapping[str, Any]
    seconds: Sequence[float] = ()
    tokens: int = 0
    cost: float = 0.0
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as committed, whether it passed, why not (grader: reason), and the segments in which it is counted."""

    id: str
    passed: bool
    reasons: tuple[str, ...]
    segments: Mapping[str, str]
    case: CaseRow


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What a suite came to; `results` in the order of the committed cases, one for each of them."""

    name: str
    results: tuple[CaseResult, ...]
    must_be_whole: bool
    seconds: float
    latency: Mapping[str, float]
    tokens: int
    cost: float
    cases_hash: str
    notes: Mapping[str, Any]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(x.passed for x in self.results)


class NoOutput(Exception):
    """The run gave nothing for a case."""


@dataclass(repr=False)
class Graded(Evaluator[CaseRow, Any, Any]):
    """A suite's grader as the library calls it: each verdict an assertion of its own, with its reason."""

    grade: Callable[[CaseRow, Any], Verdicts]

    def evaluate(self, ctx: EvaluatorContext[CaseRow, Any, Any]) -> dict[str, EvaluationReason]:
        """Judges one case; no verdict at all is a failure."""
        verdicts = self.grade(ctx.inputs, ctx.output) or {"graded": "no grader looked at this case"}
        return {name: EvaluationReason(value=reason is None, reason=reason) for name, reason in verdicts.items()}


def run_suite(suite: Suite, only: Sequence[str] = ()) -> SuiteResult:
    """Runs a suite, or only some of its cases. An error of the run itself fails every case, with its reason."""
    cases = [x for x in suite.cases if not only or x["id"] in only]
    begun, broken = perf_counter(), ""
    try:
        played = suite.play(cases)
    except Exception as error:  # noqa: BLE001 - recorded: it is the reason of every case
        played, broken = Played({}), f"run: {type(error).__name__}: {error}"
    report = asyncio.run(_dataset(suite, cases).evaluate(_task(played, broken), progress=False, max_concurrency=1))
    found = _found(report)
    return SuiteResult(
        name=suite.name,
        results=tuple(_result(case, found) for case in cases),
        must_be_whole=suite.must_be_whole,
        seconds=perf_counter() - begun,
        latency=_latency(played.seconds),
        tokens=played.tokens,
        cost=played.cost,
        cases_hash=hash_of(cases),
        notes=played.notes,
    )


def hash_of(cases: Iterable[CaseRow]) -> str:
    """What the cases are, in sixteen characters."""
    return sha256(orjson.dumps(list(cases), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _dataset(suite: Suite, cases: Sequence[CaseRow]) -> Dataset[CaseRow, Any, Any]:
    made = [Case[CaseRow, Any, Any](name=str(x["id"]), inputs=x) for x in cases]
    return Dataset[CaseRow, Any, Any](name=suite.name, cases=made, evaluators=[Graded(suite.grade)])


def _task(played: Played, broken: str) -> Callable[[CaseRow], Any]:
    async def output(case: CaseRow) -> Any:
        if case["id"] not in played.outputs:
            raise NoOutput(broken or "the run gave nothing for this case")
        return played.outputs[case["id"]]

    return output


def _found(report: EvaluationReport[CaseRow, Any, Any]) -> dict[str, tuple[str, ...]]:
    """What is against each case that the library reported, by id; an empty tuple is a pass."""
    found: dict[str, tuple[str, ...]] = {}
    for row in report.cases:
        failed = [f"{name}: {x.reason or 'failed'}" for name, x in row.assertions.items() if not x.value]
        failed += [f"grader broke: {x.error_message}" for x in row.evaluator_failures]
        found[row.name] = tuple(failed) if row.assertions or failed else ("graded: no verdict",)
    for lost in report.failures:
        found[lost.name] = (lost.error_message,)
    return found


def _result(case: CaseRow, found: Mapping[str, tuple[str, ...]]) -> CaseResult:
    reasons = found.get(str(case["id"]), ("missing: the library reported nothing",))
    return CaseResult(str(case["id"]), not reasons, reasons, dict(case.get("segments", {})), case)


def _latency(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds; empty where nothing was measured."""
    if len(seconds) < 2:
        return {}
    cuts = quantiles(seconds, n=20, method="inclusive")
    return {"p50_ms": round(cuts[9] * 1000, 2), "p95_ms": round(cuts[18] * 1000, 2)}
