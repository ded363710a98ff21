"""The health of the whole: drift, evenness, hand-offs, latencies and the watchtower itself, measured in one pass."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_runtime.diagnosis.drift import Course, Drift, courses, drift
from agent_runtime.diagnosis.figures import Spread
from agent_runtime.diagnosis.hand_offs import HandOff, hand_offs, passed_on
from agent_runtime.diagnosis.lapses import lapses
from agent_runtime.diagnosis.latency import Latency, Passed, latencies, passed
from agent_runtime.diagnosis.record import Record
from agent_runtime.diagnosis.responses import Evenness, Response, evenness, responses
from agent_runtime.diagnosis.tower import Tower, tower


@dataclass(frozen=True, slots=True)
class Health:
    """All of it as it stands at `at`."""

    at: datetime
    drift: Drift
    evenness: Evenness
    hand_offs: tuple[HandOff, ...]
    latencies: tuple[Latency, ...]
    tower: Tower


def measured(connection: Connection, every: Iterable[Record], now: datetime) -> Health:
    """Goes through the accounts once; what is kept of each names nobody."""
    begun: list[Course] = []
    answers: list[Response] = []
    transitions: list[tuple[str, Any]] = []
    signals: list[Passed] = []
    for record in every:
        begun += courses(record)
        answers += responses(record)
        transitions += passed_on(record)
        signals += passed(lapses(record))
    return Health(
        at=now,
        drift=drift(begun, now),
        evenness=evenness(answers, now),
        hand_offs=tuple(hand_offs(transitions)),
        latencies=tuple(latencies(signals)),
        tower=tower(connection, signals, now),
    )


def health_data(health: Health) -> dict[str, Any]:
    """Everything as plain values, with what follows from them."""
    plain = asdict(health)
    plain["tower"]["degrading"] = health.tower.degrading
    return plain


def health_text(health: Health) -> str:
    """The same for a person."""
    parts = (_drift, _evenness, _hand_offs, _latencies, _tower)
    return "\n".join(line for part in parts for line in part(health))


def _drift(health: Health) -> Iterator[str]:
    yield f"Standing still: {health.drift.stagnation}"
    for week in health.drift.weeks:
        share = f"{week.stagnating / week.deals:.0%}" if week.deals else "-"
        age = f"{week.median_age_days:.0f} days" if week.median_age_days is not None else "-"
        yield (
            f"    {week.at:%Y-%m-%d}  {week.stagnating} of {week.deals} open deals ({share});"
            f" {week.unresolved} unresolved, median age {age}"
        )


def _evenness(health: Health) -> Iterator[str]:
    yield f"Answers, opening hours, last 90 days: {_spread(health.evenness.now)}"
    yield f"    the 90 days before: {_spread(health.evenness.before)}"
    for group in health.evenness.groups:
        yield f"    {group.by} {group.name}: {_spread(group.spread)}"


def _hand_offs(health: Health) -> Iterator[str]:
    yield "Hand-offs"
    for x in health.hand_offs:
        gap = f"{x.gap:.0%} not in the window" if x.gap is not None else "too few for a share"
        counts = f"{x.in_time} in time, {x.late} late, {x.never} never, {x.overdue} overdue now, {x.waiting} waiting"
        yield f"    {x.words}: {gap} ({counts}, {x.unseen} not seen)"


def _latencies(health: Health) -> Iterator[str]:
    yield "From sign to desk, from desk to action, in hours"
    for x in health.latencies:
        yield f"    {x.rule}: seen {_spread(x.seen)}; acted on {_spread(x.acted)}; {x.unseen} left out, not all seen"


def _tower(health: Health) -> Iterator[str]:
    worse = health.tower.degrading
    yield "The watchtower itself: " + ("as it was" if not worse else "getting worse")
    yield from (f"    {x}" for x in worse)


def _spread(spread: Spread) -> str:
    if spread.n == 0:
        return "none"
    median = "not reached" if spread.median is None else f"{spread.median:.1f}"
    slow = "not reached" if spread.p90 is None else f"{spread.p90:.1f}"
    few = ", too few" if spread.n < 5 else f": median {median}, p90 {slow}"
    return f"n={spread.n}, {spread.still_open} still open{few}"
