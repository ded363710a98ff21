"""A year of deals replayed with daily scores against how they ended, and pairs that differ in one thing only."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from agent_runtime.replay import Replay, ReplayOptions
from evals.frame import CaseRow, Played, Suite, Verdicts
from evals.stage import tell
from evals.story import moment
from evals.suites.ranking.figures import CAP, measured, scores
from evals.suites.ranking.history import WEEKS, Deal, deals
from evals.world import read_lines, weeks, write_world

FOLDER = Path(__file__).parent
SEED = 7
SPAN = weeks(WEEKS, "fri 16:00")
AGAIN = timedelta(days=7)
Line = Mapping[str, Any]


def run(cases: Sequence[CaseRow]) -> Played:
    """Replays the history and every pair as one company; each case's output is what it asks for."""
    history = {x.name: x for x in deals(SEED)}
    pairs = [_told(case, side) for case in cases for side in ("above", "below") if "pair" in case]
    stories = [{"id": x.name, "story": x.story} for x in history.values()] + pairs
    scored, inbox = _replayed(stories)
    figures = measured(scores(scored, history), history)
    last = {str(x["opportunity_id"]): x for x in scored}
    outputs: dict[str, Any] = {}
    for case in cases:
        if "pair" in case:
            outputs[case["id"]] = {side: last.get(f"{case['id']}/{side}:deal") for side in ("above", "below")}
        else:
            outputs[case["id"]] = {"figures": figures} if "measure" in case else {"inbox": inbox, "history": history}
    return Played(outputs, notes={name: f"{figure:.3f}" for name, figure in figures.items()})


def _told(case: CaseRow, side: str) -> dict[str, Any]:
    return {"id": f"{case['id']}/{side}", "story": case["pair"][side]}


def _replayed(stories: Sequence[CaseRow]) -> tuple[list[Line], list[Line]]:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        world = write_world(folder / "world", tell(stories), SPAN)
        out = folder / "out"
        options = ReplayOptions(out=out, database=folder / "replay.db", daily_cap=CAP, daily_scores=True)
        Replay(world, options).run()
        return _lines(out / "scores.jsonl"), _lines(out / "inbox.jsonl")


def _lines(path: Path) -> list[Line]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def grade(case: CaseRow, output: Any) -> Verdicts:
    """A figure by its bound, a pair by its order, a rule of the inbox by every line that was delivered."""
    if "measure" in case:
        return {"measure": _measure(case, output["figures"])}
    if "pair" in case:
        return {"order": _order(output["above"], output["below"], case.get("by", "priority"))}
    return {case["rule"]: _RULES[case["rule"]](output["inbox"], output["history"])}


def _measure(case: CaseRow, figures: Mapping[str, float]) -> str | None:
    figure = figures[case["measure"]]
    beside = figures[case["than"]] if "than" in case else 0.0
    if "least" in case and figure < beside + case["least"]:
        return f"{case['measure']} is {figure:.3f}, at least {beside + case['least']:.3f} was expected"
    if "most" in case and figure > beside + case["most"]:
        return f"{case['measure']} is {figure:.3f}, at most {beside + case['most']:.3f} was expected"
    return None


def _order(above: Line | None, below: Line | None, by: str) -> str | None:
    if above is None or below is None:
        return "one of the two was never scored"
    if above[by] <= below[by]:
        return f"{by} {above[by]:.4f} does not stand above {below[by]:.4f}"
    return None


def _within_the_cap(inbox: Sequence[Line], _history: Mapping[str, Deal]) -> str | None:
    days = Counter(str(x["at"])[:10] for x in inbox)
    over = [f"{day}: {count}" for day, count in days.items() if count > CAP]
    return f"more than {CAP} on {over[0]}" if over else _something(inbox)


def _not_twice_in_a_week(inbox: Sequence[Line], _history: Mapping[str, Deal]) -> str | None:
    """A matter may climb to another person meanwhile."""
    told: dict[tuple[str, str, str], list[date]] = defaultdict(list)
    for line in inbox:
        told[line["interaction_id"], line["signal"], line["owner_id"]].append(date.fromisoformat(line["at"][:10]))
    for (matter, signal, _), times in told.items():
        if any(later - earlier < AGAIN for earlier, later in pairwise(times)):
            return f"{signal} of {matter} was told to the same person twice within a week"
    return _something(inbox)


def _not_after_the_end(inbox: Sequence[Line], history: Mapping[str, Deal]) -> str | None:
    ends = {f"{x.name}:deal": x.story[-1] for x in history.values() if x.ended < WEEKS * 5}
    from_then = {name: step for name, step in ends.items() if step[2].get("stage") in ("won", "lost")}
    for line in inbox:
        step = from_then.get(str(line["opportunity_id"]))
        if step and datetime.fromisoformat(line["at"]) > _at(step):
            return f"{line['signal']} about {line['opportunity_id']} after its end"
    return _something(inbox)


def _explained(inbox: Sequence[Line], _history: Mapping[str, Deal]) -> str | None:
    bare = [x for x in inbox if not x["why"] or any(not isinstance(y["weight"], float | int) for y in x["why"])]
    return f"{bare[0]['signal']} stands there without its reasons" if bare else _something(inbox)


def _something(inbox: Sequence[Line]) -> str | None:
    return None if inbox else "nothing was ever delivered"


def _at(step: Sequence[Any]) -> datetime:
    return moment(step[0])


_RULES = {
    "within_the_cap": _within_the_cap,
    "not_twice_in_a_week": _not_twice_in_a_week,
    "not_after_the_end": _not_after_the_end,
    "explained": _explained,
}

SUITE = Suite("ranking", FOLDER, read_lines(FOLDER / "cases.jsonl"), run, grade)
