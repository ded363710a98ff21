"""Tests the gate itself: plants a regression in a copy of the tree and sees whether its suite closes the gate."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

CHECKOUT = Path(__file__).parents[1]
COPIED = ("agent_runtime", "memory", "tools", "prompts", "evals")
ENOUGH = 0.95
LONGEST_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Planted:
    """One regression: in `file`, `old` becomes `new`; `suite` is the one that has to see it."""

    name: str
    suite: str
    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of a planted regression: how many cases saw it, the first of them and its reason."""

    name: str
    suite: str
    caught: bool
    cases: int
    first: str


class BadPatch(ValueError):
    """A patch no longer applies: the code has moved on, and the patch has to follow."""


def planted() -> list[Planted]:
    """The committed regressions."""
    path = Path(__file__).with_suffix(".toml")
    return [Planted(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["planted"]]


def apply(one: Planted, tree: Path) -> None:
    """Plants it in a tree; raises BadPatch unless the text stands there exactly once."""
    path = tree / one.file
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    if source.count(one.old) != 1:
        raise BadPatch(f"{one.name}: {one.file} holds the text {source.count(one.old)} times, not once.")
    path.write_text(source.replace(one.old, one.new), encoding="utf-8")


def check_all(tree: Path = CHECKOUT) -> None:
    """Raises BadPatch for the first regression that could not be planted; changes nothing."""
    for one in planted():
        source = (tree / one.file).read_text(encoding="utf-8")
        if source.count(one.old) != 1:
            raise BadPatch(f"{one.name}: {one.file} holds the text {source.count(one.old)} times, not once.")


def run(names: Sequence[str] = (), *, progress: bool = True) -> list[Caught]:
    """Plants each in a copy of its own and runs its suite alone there; the tree itself stays as it is."""
    chosen = [x for x in planted() if not names or x.name in names]
    rows = []
    for one in chosen:
        with copied() as tree:
            apply(one, tree)
            rows.append(judged(one.name, one.suite, tree))
        if progress:
            print(f"{'caught' if rows[-1].caught else 'MISSED':7} {one.name}: {rows[-1].first}", file=sys.stderr)
    return rows


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the packages in a folder of its own, gone at the end."""
    with TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            shutil.copytree(CHECKOUT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        yield tree


def judged(name: str, suite: str, tree: Path) -> Caught:
    """Runs one suite in `tree` as the gate would; what it broke beyond the baseline has been seen."""
    command = [sys.executable, "-m", "evals", "run", suite, "--out", str(tree / "out")]
    surroundings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tree, env=surroundings, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    report = tree / "out" / "report.json"
    if not report.is_file():
        return Caught(name, suite, False, 0, f"the run itself broke: {done.stderr.strip().splitlines()[-1:]}")
    [found] = orjson.loads(report.read_bytes())["suites"]
    broken = [x for x in found["results"] if x["id"] in found["broken"]]
    first = f"{broken[0]['id']}: {broken[0]['reasons'][0]}" if broken else "; ".join(found["refusals"])
    return Caught(name, suite, not found["open"], len(broken), first)


def clean(suites: Sequence[str], times: int) -> Iterator[Caught]:
    """The gate over an untouched copy, `times` for each suite: what is caught here is a false alarm."""
    with copied() as tree:
        for number in range(times):
            for suite in suites:
                yield judged(f"clean {number + 1}", suite, tree)


def enough(rows: Sequence[Caught]) -> bool:
    """Whether so many were caught as must be."""
    return bool(rows) and sum(x.caught for x in rows) >= ENOUGH * len(rows)


def table(rows: Sequence[Caught]) -> str:
    """What caught each, as a Markdown table."""
    lines = ["| planted | suite | caught | cases | the first that saw it |", "|---|---|---|---|---|"]
    for row in rows:
        seen = row.first.replace("|", "/")
        lines.append(f"| {row.name} | {row.suite} | {'yes' if row.caught else '**no**'} | {row.cases} | {seen} |")
    return "\n".join([*lines, "", f"{sum(x.caught for x in rows)} of {len(rows)} caught."])
