"""Writes the line of every inbound call: missed or not, why, what it was about, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from agent_runtime.calls.callers import CallerBook, CallerKey
from agent_runtime.calls.intent import About, classify, says_something, spoken_text
from agent_runtime.calls.missed import is_missed, missed_reason
from agent_runtime.calls.models import (
    BusinessSeconds,
    CallResolution,
    DistinctCall,
    Message,
    Need,
    Owners,
    Visit,
)
from agent_runtime.calls.needs import CALLBACK_WINDOW, NO_OWNERS, needs
from agent_runtime.calls.topics import TopicReader

WANTED_WITHIN = timedelta(hours=24)
"""Who asked for prices so short before calls for the same reason."""

_A_MOMENT = timedelta(seconds=1)


def resolve(
    calls: Iterable[DistinctCall],
    messages: Iterable[Message] = (),
    owners: Owners = NO_OWNERS,
    *,
    business_seconds: BusinessSeconds,
    window: timedelta = CALLBACK_WINDOW,
    visits: Iterable[Visit] = (),
    reader: TopicReader | None = None,
) -> list[CallResolution]:
    """Returns one line for each inbound call, oldest first; internal and outbound calls have none.

    All calls of a need end alike, each with its own latency. `attempted` reached nobody and so has neither
    `resolved_by` nor latency; the account is None where the caller cannot be named. `reader` reads the topics; without
    one they are told by words alone. O(n log n).
    """
    calls = list(calls)
    book = CallerBook(calls, owners)
    about = abouts(calls, book, visits, reader)
    lines = [
        _answered(call, book, about[call.call_id])
        for call in calls
        if call.direction == "inbound" and not is_missed(call)
    ]
    for need in needs(calls, messages, owners, window=window, book=book):
        lines.extend(_missed(need, business_seconds, about))
    lines.sort(key=lambda line: (line.at, line.call_id))
    return lines


def abouts(
    calls: Iterable[DistinctCall], book: CallerBook, visits: Iterable[Visit] = (), reader: TopicReader | None = None
) -> dict[str, About]:
    """Intent and topic of every inbound call, by its id; each text is read once, all of them together."""
    inbound = [call for call in calls if call.direction == "inbound"]
    texts = {call.call_id: text for call in inbound if (text := spoken_text(call))}
    worth = sorted(text for text in set(texts.values()) if says_something(text)) if reader else []
    readings = dict(zip(worth, reader.read(worth), strict=True)) if reader and worth else {}
    wanted = _Wanted(visits, book)
    return {
        call.call_id: classify(call, readings.get(texts.get(call.call_id, "")), wanted_before=wanted.before(call))
        for call in inbound
    }


class _Wanted:
    """When each party last showed that they want to buy."""

    def __init__(self, visits: Iterable[Visit], book: CallerBook) -> None:
        self._book = book
        self._times: dict[CallerKey, list[datetime]] = defaultdict(list)
        for visit in visits:
            keys = {book.party(address, None, None).key for address in visit.addresses}
            keys.add(("contact", visit.contact_id) if visit.contact_id else None)
            for key in keys - {None}:
                self._times[key or ()].append(visit.at)

    def before(self, call: DistinctCall) -> bool:
        """Whether the caller did so in the day before this call."""
        if not self._times:
            return False
        times = self._times.get(self._book.caller(call).key or (), ())
        return any(call.started_at - WANTED_WITHIN <= at <= call.started_at for at in times)


def _answered(call: DistinctCall, book: CallerBook, about: About) -> CallResolution:
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


def _missed(need: Need, business_seconds: BusinessSeconds, known: Mapping[str, About]) -> Iterator[CallResolution]:
    for call in need.misses:
        about = known[call.call_id]
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
