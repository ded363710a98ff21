"""From the phone system's own number of missed calls to ours, each step with its reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from agent_runtime.calls.intent import About
from agent_runtime.calls.missed import is_missed
from agent_runtime.calls.models import CallLeg, DistinctCall, Need

Reason = Literal[
    "delivered_twice",
    "internal",
    "outbound",
    "answered_elsewhere",
    "leg_of_same_call",
    "too_short",
    "nuisance",
    "repeat_dial",
    "picked_up_by_machine",
]

WORDS: Final[dict[Reason, str]] = {
    "delivered_twice": "delivered twice by the phone system",
    "internal": "calls between colleagues",
    "outbound": "calls of ours that nobody took",
    "answered_elsewhere": "rang one phone in vain while a colleague answered, or the call was forwarded",
    "leg_of_same_call": "further phones that rang for the same call",
    "too_short": "under five seconds without a message, or a wrong number",
    "nuisance": "sales calls to us and robots",
    "repeat_dial": "the same caller dialling again for the same matter",
    "picked_up_by_machine": "only a mailbox or a menu picked up, which the phone system counts as answered",
}
_UNANSWERED: Final = frozenset({"no_answer", "busy", "failed", "canceled", "abandoned"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the bridge: how many calls it takes away (negative) or adds, and why."""

    reason: Reason
    words: str
    change: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """`total` records that the phone system calls missed, plus all steps, are `ours` needs of customers."""

    total: int
    steps: tuple[Step, ...]
    ours: int


def bridge(
    legs: Iterable[CallLeg],
    calls: Sequence[DistinctCall],
    needs: Sequence[Need],
    classify: Callable[[DistinctCall], About],
) -> Bridge:
    """The bridge over all of `legs`; `calls` and `needs` are what became of them. total + Σ steps = ours, always.

    A record counts as missed in the phone system where it was not completed, or where it reports a member's miss.
    Each takes exactly one step.
    """
    reported = [leg for leg in legs if _reported(leg)]
    changes: Counter[Reason] = Counter()
    ours = 0
    first = {need.misses[0].call_id: need for need in needs}
    kept: dict[int, DistinctCall] = {id(leg): call for call in calls for leg in call.legs}
    shown: set[str] = set()
    for leg in reported:
        call = kept.get(id(leg))
        reason = "delivered_twice" if call is None else _step(call, shown)
        if reason is not None:
            changes[reason] -= 1
        elif call is not None:
            shown.add(call.call_id)
    for call, reason in _missed(calls, first, classify):
        if call.call_id not in shown:
            changes["picked_up_by_machine"] += 1
        if reason is None:
            ours += 1
        else:
            changes[reason] -= 1
    steps = tuple(Step(reason, WORDS[reason], changes[reason]) for reason in WORDS if changes[reason])
    return Bridge(len(reported), steps, ours)


def _reported(leg: CallLeg) -> bool:
    return leg.status in _UNANSWERED or leg.missed_event_for is not None


def _step(call: DistinctCall, shown: set[str]) -> Reason | None:
    """Why a record that the phone system calls missed is none of its own; None for the first of a missed call."""
    if call.direction == "internal":
        return "internal"
    if call.direction == "outbound":
        return "outbound"
    if not is_missed(call):
        return "answered_elsewhere"
    return "leg_of_same_call" if call.call_id in shown else None


def _missed(
    calls: Iterable[DistinctCall], needs: dict[str, Need], classify: Callable[[DistinctCall], About]
) -> Iterator[tuple[DistinctCall, Reason | None]]:
    """Every missed call with why it is no need of its own; a need stands at its first miss."""
    for call in calls:
        if not is_missed(call):
            continue
        need = needs.get(call.call_id)
        if need is None:
            yield call, "repeat_dial"
        elif need.resolution == "misdial":
            yield call, "too_short"
        else:
            yield call, "nuisance" if classify(need.misses[-1]).intent == "noise" else None
