"""Writes the line of every inbound call: missed or not, why, what it was about, and what became of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from agent_runtime.calls.callers import CallerBook
from agent_runtime.calls.intent import classify
from agent_runtime.calls.missed import is_missed, missed_reason
from agent_runtime.calls.models import (
    BusinessSeconds,
    CallResolution,
    DistinctCall,
    Message,
    Need,
    Owners,
)
from agent_runtime.calls.needs import CALLBACK_WINDOW, NO_OWNERS, needs

_A_MOMENT = timedelta(seconds=1)


def resolve(
    calls: Iterable[DistinctCall],
    messages: Iterable[Message] = (),
    owners: Owners = NO_OWNERS,
    *,
    business_seconds: BusinessSeconds,
    window: timedelta = CALLBACK_WINDOW,
) -> list[CallResolution]:
    """Returns one line for each inbound call, oldest first; internal and outbound calls have none.

    All calls of a need end alike, each with its own latency. `attempted` reached nobody and so has neither
    `resolved_by` nor latency; the account is None where the caller cannot be named. O(n log n).
    """
    calls = list(calls)
    book = CallerBook(calls, owners)
    lines = [_answered(call, book) for call in calls if call.direction == "inbound" and not is_missed(call)]
    for need in needs(calls, messages, owners, window=window):
        lines.extend(_missed(need, business_seconds))
    lines.sort(key=lambda line: (line.at, line.call_id))
    return lines


def _answered(call: DistinctCall, book: CallerBook) -> CallResolution:
    about = classify(call)
    return CallResolution(
        call_id=call.call_id,
        at=call.started_at,
        account_id=book.caller(call).account_id,
        need_id=None,
        missed=False,
        missed_reason=None,
        intent=about.intent,
        topic=about.topic,
        resolution="not_missed",
        resolved_by=None,
        latency_s=None,
        business_latency_s=None,
    )


def _missed(need: Need, business_seconds: BusinessSeconds) -> Iterator[CallResolution]:
    for call in need.misses:
        about = classify(call)
        end = need.resolved_at
        yield CallResolution(
            call_id=call.call_id,
            at=call.started_at,
            account_id=need.account_id,
            need_id=need.need_id,
            missed=True,
            missed_reason=missed_reason(call, is_open=_is_open(call.started_at, business_seconds)),
            intent="noise" if need.resolution == "misdial" else about.intent,
            topic=about.topic,
            resolution=need.resolution,
            resolved_by=need.resolved_by,
            latency_s=None if end is None else (end - call.started_at).total_seconds(),
            business_latency_s=None if end is None else business_seconds(call.started_at, end),
        )


def _is_open(moment: datetime, business_seconds: BusinessSeconds) -> bool:
    return business_seconds(moment, moment + _A_MOMENT) > 0
