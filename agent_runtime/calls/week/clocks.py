"""Whether phone system and CRM agree on the time: skewed clocks and shifted zones, found and sized."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent_runtime.calls.week.trust import Check, CheckName, CheckState, unmeasured

_FARTHEST_S: Final = 14 * 3600.0
"""Zones differ by no more; what lies further apart is not the same call."""
_WINDOW_S: Final = 90.0
_FEWEST: Final = 8
_CLEARER: Final = 4.0
"""A peak must hold so many times what chance puts into a window of its width."""
_TOLERATED_S: Final = 90.0
_HOUR_S: Final = 3600.0
_NEAR_HOUR_S: Final = 600.0
"""A clock may be skewed within a wrong zone."""
_NEAR_HALF_S: Final = 90.0
_PROMPT_SHARE: Final = 0.6

Seconds = NDArray[np.float64]


class Sighting(NamedTuple):
    """A call as one system recorded it: with whom, in which queue, when it began and ended there."""

    party: str
    queue: str
    begun: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class Offset:
    """By how many seconds a clock is ahead (negative: behind), and how many pairs say so."""

    seconds: float
    pairs: int


def clock_checks(
    phone: Sequence[Sighting], crm: Mapping[str, Sequence[datetime]], arrivals: Mapping[str, Seconds]
) -> tuple[Check, Check]:
    """The checks `clock` and `zone`.

    `crm`: by party, when the CRM says that calls with it were. `arrivals`: by queue, the seconds from a call's end
    (by the phone system) to its record's arrival (by our clock). The CRM's word counts first.
    """
    offsets = _offsets(phone, crm) or _prompt(arrivals)
    if not offsets:
        words = "no calls that the CRM recorded as well, and no prompt records: nothing to compare with"
        return unmeasured("clock", words, len(phone)), unmeasured("zone", words, len(phone))
    return _clock(offsets), _zone(offsets)


def _offsets(phone: Sequence[Sighting], crm: Mapping[str, Sequence[datetime]]) -> dict[str, Offset]:
    queues: dict[str, list[Sighting]] = {}
    for one in phone:
        if one.party in crm:
            queues.setdefault(one.queue, []).append(one)
    return _found((queue, _offset(seen, crm)) for queue, seen in queues.items())


def _found(offsets: Iterable[tuple[str, Offset | None]]) -> dict[str, Offset]:
    return {queue: offset for queue, offset in offsets if offset is not None}


def _offset(seen: Sequence[Sighting], crm: Mapping[str, Sequence[datetime]]) -> Offset | None:
    """The CRM may keep the beginning or the end of a call: whichever agrees with itself more clearly counts."""
    begun = _cluster(_differences(((one.party, one.begun) for one in seen), crm))
    ended = _cluster(_differences(((one.party, one.ended) for one in seen), crm))
    if begun is None or ended is None:
        return begun or ended
    return ended if ended.pairs > begun.pairs else begun


def _differences(seen: Iterable[tuple[str, datetime]], crm: Mapping[str, Sequence[datetime]]) -> Seconds:
    found = [
        seconds
        for party, at in seen
        for other in crm[party]
        if abs(seconds := (at - other).total_seconds()) <= _FARTHEST_S
    ]
    return np.sort(np.asarray(found, dtype=float))


def _cluster(differences: Seconds) -> Offset | None:
    """The densest place of sorted differences, where it is clearly denser than chance; its median is the offset."""
    if len(differences) < _FEWEST:
        return None
    ends = np.searchsorted(differences, differences + _WINDOW_S, side="right")
    counts = ends - np.arange(len(differences))
    start = int(counts.argmax())
    inside = differences[start : int(ends[start])]
    chance = len(differences) * _WINDOW_S / (2 * _FARTHEST_S)
    if len(inside) < max(_FEWEST, _CLEARER * chance):
        return None
    return Offset(float(np.median(inside)), len(inside))


def _prompt(arrivals: Mapping[str, Seconds]) -> dict[str, Offset]:
    """What the arrival of records tells, where most arrive after the same time.

    Records may come late for good reasons; before the call has ended, or hours later to the minute, they cannot.
    """
    return _found((queue, _arrival(np.sort(delays))) for queue, delays in arrivals.items())


def _arrival(delays: Seconds) -> Offset | None:
    cluster = _cluster(delays[np.abs(delays) <= _FARTHEST_S])
    if cluster is None or cluster.pairs < _PROMPT_SHARE * len(delays):
        return None
    offset = Offset(-cluster.seconds, cluster.pairs)
    told = offset.seconds > 0 or _zone_part(offset)
    return offset if told else Offset(0.0, cluster.pairs)


def _zone_part(offset: Offset) -> float:
    """The part of an offset that is a shifted zone, in seconds: whole half-hours, or nothing."""
    for step, near in ((_HOUR_S, _NEAR_HOUR_S), (_HOUR_S / 2, _NEAR_HALF_S)):
        shift = round(offset.seconds / step) * step
        if shift and abs(offset.seconds - shift) <= near:
            return shift
    return 0.0


def _clock(offsets: Mapping[str, Offset]) -> Check:
    rest = {queue: one.seconds - _zone_part(one) for queue, one in offsets.items()}
    return _judged("clock", rest, offsets, _TOLERATED_S, 60.0, "minutes")


def _zone(offsets: Mapping[str, Offset]) -> Check:
    shifts = {queue: _zone_part(one) for queue, one in offsets.items()}
    return _judged("zone", shifts, offsets, 0.0, 3600.0, "hours")


def _judged(
    name: CheckName, found: Mapping[str, float], offsets: Mapping[str, Offset], most: float, unit_s: float, unit: str
) -> Check:
    pairs = sum(one.pairs for one in offsets.values())
    worst = max(found.values(), key=abs)
    bad = tuple(sorted(queue for queue, seconds in found.items() if abs(seconds) > most))
    side = "ahead of" if worst > 0 else "behind"
    words = f"the phone system is {abs(worst) / unit_s:.1f} {unit} {side} the CRM" if bad else "they agree"
    state = CheckState.FAILED if bad else CheckState.PASSED
    return Check(name, state, worst / unit_s, unit, pairs, words, bad)
