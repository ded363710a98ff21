"""The checks of a database's calls: of all of them, and inside one segment."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from agent_runtime.calls.models import CallLeg, DistinctCall, Need, Owners
from agent_runtime.calls.week import reading
from agent_runtime.calls.week.clocks import clock_checks
from agent_runtime.calls.week.context import Context
from agent_runtime.calls.week.records_checks import (
    BEFORE_WEEKS,
    RECENT_WEEKS,
    duplicates_check,
    ids_check,
    labels_check,
    lines_check,
    numbers_check,
)
from agent_runtime.calls.week.rows import Setting
from agent_runtime.calls.week.trust import Check, Gate, Pilot
from agent_runtime.calls.week.verifying import standing
from memory.timeline import Event

CHECKED: Final = timedelta(weeks=RECENT_WEEKS + BEFORE_WEEKS)
"""The checks look at so much of the past: a clock that was wrong last year is wrong no more."""


@dataclass(frozen=True, slots=True)
class Phone:
    """The calls of a database, joined into needs.

    `strangers`: by activity, the provisional account of somebody whom nobody knows. Calls do not name it, because their
    number says as much; forms and chats know these people by nothing else. `ids`: the phone system's own, of late.
    """

    events: Sequence[Event]
    legs: Sequence[CallLeg]
    calls: Sequence[DistinctCall]
    needs: Sequence[Need]
    owners: Owners
    strangers: Mapping[str, str]
    ids: Sequence[str]


def pilot_of(
    connection: Connection, phone: Phone, context: Context, setting: Setting, now: datetime, segment: str,
    whole: Gate | None = None,
) -> Pilot:  # fmt: skip
    """The checks of the last weeks inside `segment`: a queue, a line, or a segment of customers; of all the calls where
    it is empty (`whole`: these, where they are known already)."""
    if not segment:
        return Pilot("", whole or gate_of(connection, phone, context, setting, now), len(phone.calls))
    since = now - CHECKED - timedelta(weeks=1)
    calls = [call for call in phone.calls if call.started_at >= since and _is_of(call, segment, setting)]
    known = {call.call_id for call in calls}
    mine = replace(
        phone,
        legs=[leg for call in calls for leg in call.legs],
        calls=calls,
        needs=[need for need in phone.needs if need.need_id in known],
    )
    return Pilot(segment, gate_of(connection, mine, context, setting, now), len(calls))


def _is_of(call: DistinctCall, segment: str, setting: Setting) -> bool:
    line = setting.lines.line(call)
    return segment in (line.queue, line.number, setting.segments.get(call.account_id or ""))


def gate_of(connection: Connection, phone: Phone, context: Context, setting: Setting, now: datetime) -> Gate:
    """What the checks say at `now`."""
    since = now - CHECKED
    legs = [leg for leg in phone.legs if leg.started_at >= since]
    calls = [call for call in phone.calls if call.started_at >= since]
    parties, numbers = reading.read_parties(connection)
    clock, zone = clock_checks(reading.sightings(calls), reading.logged_calls(phone.events), reading.arrivals(legs))
    called = ((leg.tracking_number, leg.started_at) for leg in legs if leg.tracking_number)
    checks = (
        clock,
        zone,
        numbers_check(numbers),
        duplicates_check(parties),
        lines_check(called, setting.lines, listed=bool(context.lines)),
        ids_check(phone.ids),
        _labels(phone.needs, setting, now),
    )
    accepted = frozenset(name for one in standing(connection) for name in one.accepted)
    return Gate(checks, accepted)


def _labels(found: Sequence[Need], setting: Setting, now: datetime) -> Check:
    weeks: dict[date, Counter[str]] = defaultdict(Counter)
    for need in found:
        if need.resolution != "misdial" and need.misses[0].started_at >= now - CHECKED - timedelta(weeks=1):
            topic = setting.classify(need.misses[-1]).topic or "no text"
            weeks[setting.local.of(need.misses[0].started_at)[0]][topic] += 1
    return labels_check(weeks, setting.local.of(now)[0])
