"""Holds calls.jsonl against the truth of a constructed history: python -m evals.phone.score [--keep DIR] [--seed N]."""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent_runtime.replay import Replay, ReplayOptions
from evals.phone.constructed import constructed
from evals.phone.history import History, Truth, write_world
from evals.phone.telling import KINDS

_REACHED = ("callback", "caller_reached_us", "other_channel")
_MINUTE = 60.0


@dataclass
class Score:
    """Shares of what was said right, and every line that was wrong."""

    cases: int = 0
    missed: float = 0.0
    resolution: float = 0.0
    callback: float = 0.0
    latency: float = 0.0
    guessed: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)


def score(lines: Iterable[Mapping[str, Any]], truth: Mapping[str, Truth]) -> Score:
    """`missed`, `resolution`: of all calls. `callback`: of the needs that were resolved, by the right record.

    `latency`: of those, both to the minute. `guessed`: an account named where nobody can know it. `doubled`: lines too
    many, or a call in two needs.
    """
    told = list(lines)
    by_id = {line["call_id"]: line for line in told}
    found = Score(cases=len(truth))
    found.doubled = len(told) - len(by_id) + len(set(by_id) - set(truth))
    right: Counter[str] = Counter()
    resolved = [call for call, true in truth.items() if true.resolution in _REACHED]
    for call, true in truth.items():
        line = by_id.get(call, {})
        marks = _marks(line, true)
        right.update(name for name, good in marks.items() if good)
        if not all(marks.values()):
            found.wrong.append(f"{true.kind}: {call} should be {true}, was {dict(line)}")
        unnamed = true.resolution in ("unlinkable", "ambiguous")
        found.guessed += unnamed and (line.get("account_id") is not None or line.get("resolution") != true.resolution)
    found.missed = right["missed"] / len(truth)
    found.resolution = right["resolution"] / len(truth)
    found.callback = sum(_marks(by_id.get(x, {}), truth[x])["by"] for x in resolved) / len(resolved)
    found.latency = sum(_marks(by_id.get(x, {}), truth[x])["latency"] for x in resolved) / len(resolved)
    return found


def _marks(line: Mapping[str, Any], true: Truth) -> dict[str, bool]:
    told = (line.get("latency_s"), line.get("business_latency_s"))
    meant = (true.latency_s, true.business_latency_s)
    return {
        "missed": line.get("missed") is true.missed,
        "resolution": line.get("resolution") == true.resolution,
        "by": line.get("resolved_by") == true.by,
        "account": line.get("account_id", "") == true.account_id,
        "need": line.get("need_id", "") == true.need_id,
        "latency": all(_same(x, y) for x, y in zip(told, meant, strict=True)),
    }


def _same(told: float | None, meant: float | None) -> bool:
    if told is None or meant is None:
        return told is meant
    return abs(told - meant) < _MINUTE


def replayed(history: History, folder: Path) -> list[dict[str, Any]]:
    """The lines that a replay of the history writes."""
    world = write_world(history, folder / "world")
    Replay(world, ReplayOptions(out=folder / "out")).run()
    return [json.loads(line) for line in (folder / "out" / "calls.jsonl").read_text().splitlines()]


def main() -> None:
    """Generates, replays, scores, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder in which the world and the replay stay")
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    with TemporaryDirectory() as scratch:
        history = constructed(chosen.seed)
        found = score(replayed(history, chosen.keep or Path(scratch)), history.truth)
    for line in found.wrong:
        print(line)
    print(f"{len(KINDS)} kinds, {found.cases} calls: missed {found.missed:.3f}, resolution {found.resolution:.3f}, "
          f"right callback {found.callback:.3f}, latencies {found.latency:.3f}, guessed {found.guessed}, "
          f"double {found.doubled}")  # fmt: skip


if __name__ == "__main__":
    main()
