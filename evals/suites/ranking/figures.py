"""What a history's daily scores are worth against how its deals ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from evals.story import moment
from evals.suites.ranking.history import Deal, at

CAP = 10
"""Warnings a working day, as the replay delivers them."""
EARLY = timedelta(days=5)
"""A warning that comes later than this before the loss helps nobody."""
QUIET_FOR = timedelta(days=3)
"""Nobody warns of a proposal that has only just gone out."""


@dataclass(frozen=True, slots=True)
class Score:
    """One deal on one morning: its `priority` orders, its `risk` is the probability that it is lost."""

    at: datetime
    deal: str
    risk: float
    priority: float
    age: timedelta


def scores(lines: Sequence[Mapping[str, Any]], deals: Mapping[str, Deal]) -> list[Score]:
    """The scored mornings of deals whose proposal lies three days back and which had not ended."""
    found = []
    for line in lines:
        name = str(line["opportunity_id"]).removesuffix(":deal")
        if name in deals:
            when, deal = datetime.fromisoformat(line["at"]), deals[name]
            age = when - _day(deal.proposed)
            if age >= QUIET_FOR and when < _day(deal.ended) and when.weekday() < 5:
                found.append(Score(when, name, line["risk"], line["priority"], age))
    return found


def measured(found: Sequence[Score], deals: Mapping[str, Deal]) -> dict[str, float]:
    """AUC two weeks after the proposal, Brier score and calibration error, and of ten warnings a day the share that was
    useful (early enough before a loss), ranked by us, by age alone, and by amount-blind chance."""
    lost = [deals[x.deal].lost for x in found]
    base = sum(lost) / len(lost)
    aged = [x for x in found if timedelta(days=14) <= x.age < timedelta(days=15)]
    return {
        "scored": float(len(found)),
        "auc": auc([x.risk for x in aged if deals[x.deal].lost], [x.risk for x in aged if not deals[x.deal].lost]),
        "brier": sum((x.risk - y) ** 2 for x, y in zip(found, lost, strict=True)) / len(found),
        "brier_of_the_base_rate": sum((base - y) ** 2 for y in lost) / len(lost),
        "calibration_error": calibration_error([(x.risk, y) for x, y in zip(found, lost, strict=True)]),
        "useful": useful(found, deals, lambda x: x.priority),
        "useful_by_age": useful(found, deals, lambda x: x.age.total_seconds()),
    }


def auc(above: Sequence[float], below: Sequence[float]) -> float:
    """How often one of `above` is greater than one of `below`; ties count half."""
    pairs = [(x > y) + 0.5 * (x == y) for x in above for y in below]
    return sum(pairs) / len(pairs) if pairs else 0.0


def calibration_error(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The mean distance between what was said and what came true, over ten equal bins, weighed by their cases."""
    cells: dict[int, list[tuple[float, bool]]] = {}
    for said, true in pairs:
        cells.setdefault(min(bins - 1, int(said * bins)), []).append((said, true))
    return sum(abs(sum(x for x, _ in cell) - sum(y for _, y in cell)) for cell in cells.values()) / len(pairs)


def useful(found: Sequence[Score], deals: Mapping[str, Deal], by: Any) -> float:
    """The share of warnings, the highest few of each morning and each deal once, that came early before a loss.

    Few: a tenth of the cap, because this company is small; with ten a day every deal would be warned of.
    """
    warned: dict[str, datetime] = {}
    for when, morning in groupby(sorted(found, key=lambda x: x.at), key=lambda x: x.at):
        fresh = sorted((x for x in morning if x.deal not in warned), key=by, reverse=True)
        warned |= {x.deal: when for x in fresh[: CAP // 10]}
    hits = [deals[name].lost and _day(deals[name].ended) - when >= EARLY for name, when in warned.items()]
    return sum(hits) / len(hits) if hits else 0.0


def _day(day: int) -> datetime:
    return moment(at(day, "09:00"))
