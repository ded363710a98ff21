"""What the week says in a sentence: the two questions, the four answers, and the decisions that follow."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from agent_runtime.calls.week.changes import Scope
from agent_runtime.calls.week.rows import NeedRow
from agent_runtime.calls.week.shares import Share, differ, share
from agent_runtime.calls.week.sources import SourceRow
from agent_runtime.calls.week.spikes import Spike
from agent_runtime.calls.week.tables import Group
from agent_runtime.calls.week.trend import WeekPoint

Step = Literal["live_answer", "callback", "second_touch"]
Decision = Literal["capacity", "routing", "agency_or_keyword", "integration_fix", "none"]

STEP_WORDS: Final[dict[Step, str]] = {
    "live_answer": "the live answer",
    "callback": "the callback",
    "second_touch": "the second touch",
}
_ACTIONS: Final[dict[Step, tuple[Decision, str]]] = {
    "live_answer": ("capacity", "Move people to the hours in which calls are missed, or let another queue take them."),
    "callback": ("routing", "Give missed calls an owner or a pool at once, high intent first."),
    "second_touch": (
        "routing",
        "Plan a second try, at another hour or on another channel, whenever nobody was reached.",
    ),
}


@dataclass(frozen=True, slots=True)
class Risen:
    """First question: is the miss rate rising, and for real or because more is seen?"""

    verdict: Literal["rising", "newly_visible", "falling", "as_before", "too_few"]
    words: str
    now: Share
    before: Share
    comparable: Share


@dataclass(frozen=True, slots=True)
class Leak:
    """Second question: at which step are callers lost? Each high-intent need is lost at one step or at none."""

    step: Step | None
    words: str
    lost: tuple[tuple[Step, int], ...]
    high_intent: int
    kept: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One of four answers, and the kind of decision that it asks for."""

    question: str
    answer: str
    decision: Decision


def risen(scope: Scope) -> Risen:
    """By the share of calls missed: this week against the four before, on all numbers and on those known before."""
    moved, same = differ(scope.missed, scope.missed_before), differ(scope.missed_comparable, scope.missed_before)
    now, before = _percent(scope.missed), _percent(scope.missed_before)
    if scope.missed.too_few or scope.missed_before.too_few:
        verdict, words = "too_few", f"Too few calls to compare ({scope.missed.n} now, {scope.missed_before.n} before)."
    elif moved > 0 and same > 0:
        verdict, words = "rising", f"Yes, for real: {now} of calls were missed, {before} in the four weeks before."
    elif moved > 0:
        verdict = "newly_visible"
        words = f"It looks so ({before} to {now}), but only because more is seen; known numbers are as before."
    elif same > 0:
        verdict, words = "rising", "Yes, on the numbers known before; new numbers hide it in the total."
    elif moved < 0:
        verdict, words = "falling", f"No, it fell: {before} to {now} of calls were missed."
    else:
        verdict, words = "as_before", f"No: {now} of calls were missed, {before} before; chance explains the rest."
    return Risen(verdict, words, scope.missed, scope.missed_before, scope.missed_comparable)  # type: ignore[arg-type]


def leak(rows: Sequence[NeedRow], now: datetime) -> Leak:
    """Where high-intent callers of the week were lost.

    Second touch: we rang, did not reach them, and they wait. Callback: nobody rang in time. Live answer: a miss within
    opening hours that was returned in time all the same: it cost a callback, and only that.
    """
    high = [row for row in rows if row.high_intent]
    lost = Counter(step for row in high if (step := _lost_at(row, now)) is not None)
    told = tuple((name, lost[name]) for name in STEP_WORDS)
    worst, words = _worst(lost, len(high))
    return Leak(worst, words, told, len(high), len(high) - lost.total())


def _worst(lost: Counter[Step], high: int) -> tuple[Step | None, str]:
    """Who was never reached in time counts before those who only met no live answer."""
    if not high:
        return None, "No high-intent call was missed."
    if lost["callback"] or lost["second_touch"]:
        if lost["callback"] >= lost["second_touch"]:
            return "callback", f"At the callback: {lost['callback']} of {high} were not rung back in time."
        tried = f"{lost['second_touch']} of {high} were rung in vain and not reached in time"
        return "second_touch", f"At the second touch: {tried}."
    if lost["live_answer"]:
        missed = f"{lost['live_answer']} of {high} were missed in opening hours"
        return "live_answer", f"At the live answer: {missed}, and all were reached in time."
    return None, "Nowhere: what was missed came outside opening hours and was returned in time."


def _lost_at(row: NeedRow, now: datetime) -> Step | None:
    if not row.late_at(now):
        return "live_answer" if row.in_hours else None
    tried = row.attempted_at is not None and row.attempted_at <= row.due_at and row.attempts > 0
    return "second_touch" if tried else "callback"


def answers(found: Sequence[Group], sources: Sequence[SourceRow], leaks: Leak, spikes: Sequence[Spike]) -> list[Answer]:
    """Which source, which step, which queue owns the tail, and what to do this week."""
    action = _action(leaks, spikes, sources)
    return [
        _source(sources),
        Answer("Which step leaks?", leaks.words, _ACTIONS[leaks.step][0] if leaks.step else "none"),
        _tail(found),
        action,
    ]


def _source(sources: Sequence[SourceRow]) -> Answer:
    question = "Which source loses most?"
    losing = [one for one in sources if one.in_time.n - one.in_time.part > 0]
    if not losing:
        return Answer(question, "None: nobody waited beyond the window.", "none")
    worst = max(losing, key=lambda one: (one.in_time.n - one.in_time.part) * (one.high_intent.value or 0.0))
    late = worst.in_time.n - worst.in_time.part
    named = worst.campaign if worst.campaign != "no campaign" else "Calls without a campaign"
    words = f"{named}: {late} of {worst.in_time.n} not returned in time, {worst.high_intent.part} high-intent in all."
    return Answer(question, words, "agency_or_keyword" if worst.spend else "none")


def _tail(found: Sequence[Group]) -> Answer:
    question = "Which queue owns the tail?"
    queues = [one for one in found if one.dimension == "queue" and one.late]
    if not queues:
        return Answer(question, "None: no queue has a late callback.", "none")
    worst = max(queues, key=lambda one: one.late)
    every = sum(one.late for one in queues)
    return Answer(question, f"{worst.name}: {worst.late} of the {every} late or open ones.", "routing")


def _action(leaks: Leak, spikes: Sequence[Spike], sources: Sequence[SourceRow]) -> Answer:
    question = "Which action this week?"
    causes = Counter(cause.kind for spike in spikes for cause in spike.causes)
    if causes["fault"]:
        return Answer(
            question,
            "Have the fault of the lines repaired first; everything else is measured on it.",
            "integration_fix",
        )
    if causes["shift"]:
        return Answer(question, "Fill the shift in which most was missed.", "capacity")
    if leaks.step is None:
        return Answer(question, "None: leave it as it is.", "none")
    decision, words = _ACTIONS[leaks.step]
    return Answer(question, words, decision)


def better(series: Sequence[WeekPoint]) -> str | None:
    """What got better, said first: a shorter tail or a larger share in time than in the four weeks before."""
    if len(series) < 5:
        return None
    now, before = series[-1], series[-5:-1]
    earlier = share(sum(one.in_time.part for one in before), sum(one.in_time.n for one in before))
    if differ(now.in_time, earlier) > 0:
        return f"{_percent(now.in_time)} were returned in time, {_percent(earlier)} in the four weeks before."
    tails = [one.p90.seconds for one in before if one.p90.seconds is not None]
    if len(tails) == len(before) and now.p90.high is not None and now.p90.high < min(tails):
        return "The tail is shorter than in any of the four weeks before."
    return None


def _percent(one: Share) -> str:
    return f"{one.part / one.n:.0%}" if one.n else "none"
