"""The data of the weekly page, put together out of calls, needs and what happened around them: pure, no database."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent_runtime.calls.models import CallLeg, DistinctCall, Need
from agent_runtime.calls.week.agreed import Agreed, agreed
from agent_runtime.calls.week.backtest import Backtest, backtest
from agent_runtime.calls.week.bridge import Bridge, bridge
from agent_runtime.calls.week.changes import Change, Scope, changes, scope
from agent_runtime.calls.week.channels import Asking, Channels, channels
from agent_runtime.calls.week.context import Context
from agent_runtime.calls.week.fates import Deals, Fate, exposed_of, fate, past_of
from agent_runtime.calls.week.questions import Answer, Leak, Risen, answers, better, leak, risen
from agent_runtime.calls.week.rows import UNNAMED_QUEUE, CallCount, LocalTime, NeedRow, Setting, call_counts, need_rows
from agent_runtime.calls.week.sources import Cliff, SourceRow, cliff, source_rows
from agent_runtime.calls.week.spikes import Spike, spikes
from agent_runtime.calls.week.tables import Group, Measure, groups
from agent_runtime.calls.week.trend import (
    EarlyWarning,
    Figures,
    Quarterly,
    WeekPoint,
    YearAgo,
    points,
    quarterly,
    warnings_of,
    year_ago,
)
from agent_runtime.calls.week.trust import CheckName, ExecutiveView, FigureName, Gate, Pilot, Verified, executive_view
from agent_runtime.calls.week.value import Past, ValueAtRisk, value_at_risk
from agent_runtime.playbook.call_policy import Late

FIGURES: Final[tuple[FigureName, ...]] = (
    "bridge",
    "misses",
    "completion",
    "waits",
    "intents",
    "sources",
    "conversion",
    "value",
)
SAMPLE: Final = 10
"""So many high-intent misses a week are put before a person, who says whether the label is right."""


@dataclass(frozen=True, slots=True)
class World:
    """All that the page is made of. `definition` names the rules by which a miss is high-intent and late.

    `owners`: who answers for which part of the chain from the call to the deal. `late`: by queue or segment, the share
    of misses that may be late; `responsible`: who marketing, sales and operations are. `strangers`: by activity, the
    account of somebody whom nobody knows yet.
    """

    legs: Sequence[CallLeg]
    calls: Sequence[DistinctCall]
    needs: Sequence[Need]
    askings: Sequence[Asking]
    strangers: Mapping[str, str]
    deals: Deals
    context: Context
    setting: Setting
    late: Mapping[str, Late]
    responsible: Mapping[str, str]
    gate: Gate
    pilot: Pilot
    verified: Sequence[Verified]
    definition: str
    owners: Sequence[tuple[str, str]]
    zone: ZoneInfo
    measure: Measure


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One hour of the week: inbound calls and how many were missed."""

    weekday: int
    hour: int
    inbound: int
    missed: int


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the week's misses have what a good callback needs."""

    name: str
    present: int
    n: int


@dataclass(frozen=True, slots=True)
class Weekly:
    """Everything on the page. `doubts`: by figure the checks because of which it is unverified."""

    week: str
    monday: date
    sunday: date
    as_of: datetime
    definition: str
    owners: tuple[tuple[str, str], ...]
    gate: Gate
    doubts: Mapping[FigureName, tuple[CheckName, ...]]
    executive: ExecutiveView
    bridge: Bridge
    risen: Risen
    leak: Leak
    scope: Scope
    answers: tuple[Answer, ...]
    agreed: tuple[Agreed, ...]
    better: str | None
    now: WeekPoint
    series: tuple[WeekPoint, ...]
    groups: tuple[Group, ...]
    heat: tuple[HeatCell, ...]
    spikes: tuple[Spike, ...]
    sources: tuple[SourceRow, ...]
    cliff: Cliff
    value: ValueAtRisk
    backtest: Backtest
    changes: tuple[Change, ...]
    quarter: Quarterly
    year_ago: YearAgo
    channels: Channels
    warnings: tuple[EarlyWarning, ...]
    completeness: tuple[Completeness, ...]
    sample: tuple[str, ...]


def weekly(monday: date, world: World) -> Weekly:
    """The page of the week that begins on `monday`, as it is known at `world.measure.now`."""
    rows = need_rows(world.needs, world.calls, world.setting)
    counts = call_counts(world.calls, world.setting)
    now = world.measure.now
    fates = {row.need_id: known for row in rows if (known := fate(row, world.deals, now)) is not None}
    figures = _figures(rows, counts, fates, world)
    mine = list(figures.by_week.get(monday, ()))
    same = scope(monday, figures)
    found = groups(mine, world.measure)
    sources = _sources(mine, counts, fates, monday, world)
    spiked = spikes(rows, monday, world.context, world.zone)
    leaks = leak(mine, now)
    series = points(monday, figures)
    judged = backtest(_before(monday, past_of(rows, world.deals, world.measure)))
    year, week, _ = monday.isocalendar()
    return Weekly(
        week=f"{year}-W{week:02d}",
        monday=monday,
        sunday=monday + timedelta(days=6),
        as_of=now,
        definition=world.definition,
        owners=tuple(world.owners),
        gate=world.gate,
        doubts={name: world.gate.doubts(name) for name in FIGURES},
        executive=executive_view(world.pilot, world.verified),
        bridge=_bridge(monday, world),
        risen=risen(same),
        leak=leaks,
        scope=same,
        answers=tuple(answers(found, sources, leaks, spiked)),
        agreed=tuple(agreed(mine, world.late, world.responsible, now)),
        better=better(series),
        now=series[-1],
        series=tuple(series),
        groups=tuple(found),
        heat=tuple(_heat(monday, figures.counts.get(monday, Counter()))),
        spikes=tuple(spiked),
        sources=tuple(sources),
        cliff=cliff(rows, fates, world.measure),
        value=_value(mine, rows, judged, world),
        backtest=judged,
        changes=tuple(changes(monday, world.context, figures, world.zone)),
        quarter=quarterly(monday, figures),
        year_ago=year_ago(monday, figures),
        channels=channels(mine, [one for one in world.askings if one.week == monday], world.measure, world.strangers),
        warnings=tuple(warnings_of(series)),
        completeness=tuple(_completeness(mine)),
        sample=tuple(_sample(mine)),
    )


def _figures(rows: Sequence[NeedRow], counts: Counter[CallCount], fates: Mapping[str, Fate], world: World) -> Figures:
    by_week: dict[date, list[NeedRow]] = defaultdict(list)
    for row in rows:
        by_week[row.week].append(row)
    weeks: dict[date, Counter[CallCount]] = defaultdict(Counter)
    for one, number in counts.items():
        weeks[one.week][one] = number
    notes: dict[date, tuple[str, ...]] = {}
    for note in world.context.notes:
        monday = world.setting.local.of(note.at)[0]
        notes[monday] = (*notes.get(monday, ()), note.text)
    return Figures(by_week, weeks, fates, notes, world.measure)


def _sources(
    mine: Sequence[NeedRow], counts: Counter[CallCount], fates: Mapping[str, Fate], monday: date, world: World
) -> list[SourceRow]:
    campaign_of = {line.number: line.campaign for line in world.context.lines if line.campaign}
    return source_rows(mine, counts, fates, monday, world.context, world.measure, campaign_of)


def _bridge(monday: date, world: World) -> Bridge:
    within = _within(monday, world.setting.local)
    legs = [leg for leg in world.legs if within(leg.started_at)]
    calls = [call for call in world.calls if within(call.started_at)]
    needs = [need for need in world.needs if within(need.misses[0].started_at)]
    return bridge(legs, calls, needs, world.setting.classify)


def _within(monday: date, local: LocalTime) -> Callable[[datetime], bool]:
    # Most moments are of other weeks, whatever the zone: no need to work out which.
    earliest = datetime.combine(monday, time.min, UTC) - timedelta(days=2)
    latest = earliest + timedelta(days=11)
    return lambda moment: earliest <= moment < latest and local.of(moment)[0] == monday


def _before(monday: date, months: Mapping[date, list[Past]]) -> dict[date, list[Past]]:
    """Whole months that were over before the week began."""
    return {month: rows for month, rows in months.items() if month < monday.replace(day=1)}


def _value(mine: Sequence[NeedRow], rows: Sequence[NeedRow], judged: Backtest, world: World) -> ValueAtRisk:
    """Of the week's late high-intent misses, by the history of what came before them."""
    now = world.measure.now
    first = min((row.at for row in mine), default=now)
    past = past_of([row for row in rows if row.at < first], world.deals, world.measure)
    history = [one for month in past.values() for one in month]
    said = f"{judged.inside} of {len(judged.months)} past months came as predicted."
    assumptions = (
        f"High intent and the window are those of {world.definition}.",
        "A deal counts as the fruit of a call if it began or moved on within 7 days of it.",
        "Who still waits is taken as if they were reached now; every further hour adds to it.",
        said if judged.enough else f"Only {len(judged.months)} past months could be judged: how well it holds is open.",
    )
    return value_at_risk(exposed_of(mine, world.measure), history, assumptions=assumptions, widened=judged.widened)


def value_of_needs(rows: Sequence[NeedRow], deals: Deals, measure: Measure) -> ValueAtRisk:
    """What the delay of each late high-intent need costs on average (`expected`), as known now."""
    history = [one for month in past_of(rows, deals, measure).values() for one in month]
    return value_at_risk(exposed_of(rows, measure), history)


def _heat(monday: date, counts: Counter[CallCount]) -> list[HeatCell]:
    inbound: Counter[tuple[int, int]] = Counter()
    missed: Counter[tuple[int, int]] = Counter()
    for one, number in counts.items():
        inbound[one.weekday, one.hour] += number
        missed[one.weekday, one.hour] += number * one.missed
    return [HeatCell(*place, inbound[place], missed[place]) for place in sorted(inbound)]


def _completeness(rows: Sequence[NeedRow]) -> list[Completeness]:
    present: tuple[tuple[str, Callable[[NeedRow], bool]], ...] = (
        ("who called", lambda row: row.resolution not in ("unlinkable", "ambiguous")),
        ("which source", lambda row: row.campaign is not None),
        ("which queue", lambda row: row.queue != UNNAMED_QUEUE),
        ("what it was about", lambda row: row.topic not in (None, "unknown")),
    )
    return [Completeness(name, sum(map(has, rows)), len(rows)) for name, has in present]


def _sample(rows: Sequence[NeedRow]) -> list[str]:
    """Spread evenly over the week, so that the sample is no matter of choice."""
    high = [row.need_id for row in rows if row.high_intent]
    step = max(1, len(high) // SAMPLE)
    return high[::step][:SAMPLE]
