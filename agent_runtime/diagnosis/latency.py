"""From a sign to its recognition to an action: two latencies for every signal, by rule. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent_runtime.diagnosis.figures import Spread, spread
from agent_runtime.diagnosis.lapses import Lapse


@dataclass(frozen=True, slots=True)
class Passed:
    """One signal: when it could be known, was said, stood before somebody, was acted on.

    `came_back`: the customer ended it before anybody acted. `blind`: not all could be seen.
    """

    rule: str
    knowable_at: datetime
    told_at: datetime | None
    seen_at: datetime | None
    acted_at: datetime | None
    came_back: bool
    blind: bool


@dataclass(frozen=True, slots=True)
class Latency:
    """The two latencies of a rule's signals in hours; `unseen`: how many are left out because sight was missing."""

    rule: str
    seen: Spread
    acted: Spread
    unseen: int


def passed(found: Iterable[Lapse]) -> list[Passed]:
    """The signals of an account without anything that names it."""
    return [Passed(x.rule, x.knowable_at, x.told_at, x.seen_at, x.acted_at, x.came_back, bool(x.blind)) for x in found]


def latencies(every: Iterable[Passed]) -> list[Latency]:
    """By rule; what nobody saw, or acted on, counts as still open."""
    by_rule: dict[str, list[Passed]] = defaultdict(list)
    for one in every:
        by_rule[one.rule].append(one)
    return [_latency(rule, by_rule[rule]) for rule in sorted(by_rule)]


def _latency(rule: str, every: list[Passed]) -> Latency:
    clear = [x for x in every if not x.blind]
    return Latency(
        rule,
        seen=spread(hours(x.knowable_at, x.seen_at) for x in clear),
        acted=spread(hours(x.seen_at, x.acted_at) for x in clear if x.seen_at and not x.came_back),
        unseen=len(every) - len(clear),
    )


def hours(since: datetime | None, until: datetime | None) -> float | None:
    """Hours from one moment to the other, at least 0; None where one is missing."""
    return max(0.0, (until - since).total_seconds() / 3600) if since and until else None
