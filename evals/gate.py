"""The gate: what must be whole is whole, nothing that passed before may fail, and the cases are those committed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from pathlib import Path
from typing import Any

import orjson

from evals.frame import SuiteResult

BASELINES = Path(__file__).parent / "baselines"
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Judged:
    """A suite against its baseline. `refusals`: why the gate does not open; `mended`, `broken`, `added`: case ids."""

    name: str
    refusals: tuple[str, ...]
    broken: tuple[str, ...]
    mended: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether this suite lets the change in."""
        return not self.refusals


def wilson(passed: int, of: int) -> tuple[float, float]:
    """The 95 % interval (Wilson) of a share; the whole range where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    share, square = passed / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def segments(result: SuiteResult) -> dict[str, tuple[int, int]]:
    """Passed and counted cases of each segment, "name=value", sorted."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for case in result.results:
        for name, value in case.segments.items():
            counts[f"{name}={value}"].append(case.passed)
    return {name: (sum(counts[name]), len(counts[name])) for name in sorted(counts)}


def baseline(name: str, folder: Path = BASELINES) -> Mapping[str, bool] | None:
    """Which case passed when the baseline was made, or None where the suite has none."""
    path = folder / f"{name}.json"
    return orjson.loads(path.read_bytes())["passed"] if path.is_file() else None


def write_baseline(result: SuiteResult, folder: Path = BASELINES) -> None:
    """Makes what a suite is now its baseline; committed alone, with the reason in the message."""
    plain: dict[str, Any] = {"suite": result.name, "passed": {x.id: x.passed for x in result.results}}
    folder.mkdir(parents=True, exist_ok=True)
    option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    (folder / f"{result.name}.json").write_bytes(orjson.dumps(plain, option=option))


def judge(result: SuiteResult, before: Mapping[str, bool] | None) -> Judged:
    """One suite against its baseline."""
    now = {x.id: x.passed for x in result.results}
    known = before or {}
    broken = _names(x for x, good in known.items() if good and not now.get(x, False))
    mended = _names(x for x, good in known.items() if not good and now.get(x, False))
    added, gone = _names(now.keys() - known.keys()), _names(known.keys() - now.keys())
    refusals = [f"{len(broken)} of the baseline's cases do not pass any more"] if broken else []
    if before is None:
        refusals.append("there is no baseline: make one with --baseline and commit it alone")
    if added and before is not None:
        refusals.append(f"{len(added)} cases are not in the baseline")
    if gone:
        refusals.append(f"{len(gone)} cases of the baseline are gone")
    failed = [x.id for x in result.results if not x.passed]
    if result.must_be_whole and failed:
        refusals.append(f"{len(failed)} cases failed in a suite that must be whole")
    if not result.results:
        refusals.append("the suite has no case")
    return Judged(result.name, tuple(refusals), broken, mended, added, gone)


def _names(found: Any) -> tuple[str, ...]:
    return tuple(sorted(found))


def mcnemar(before: Sequence[bool], after: Sequence[bool]) -> float:
    """The exact two-sided probability that so lopsided a set of flips is chance; for back ends that are not the same
    twice, whose single flips say nothing."""
    worse = sum(x and not y for x, y in zip(before, after, strict=True))
    better = sum(y and not x for x, y in zip(before, after, strict=True))
    flips = worse + better
    if not flips:
        return 1.0
    tail: float = sum(comb(flips, k) for k in range(min(worse, better) + 1)) / 2**flips
    return min(1.0, 2 * tail)
