"""Puts the misses of one caller together into needs, and says how each need ended."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from agent_runtime.calls.callers import Caller, CallerBook, CallerKey
from agent_runtime.calls.legs import leg_reached_person
from agent_runtime.calls.missed import is_misdial, is_missed
from agent_runtime.calls.models import CallLeg, DistinctCall, Message, Need, Owners, Resolution, Unplanned

NEED_STAYS_OPEN = timedelta(hours=24)
"""A miss belongs to the need of the miss before it if that one is not older."""

CALLBACK_WINDOW = timedelta(days=14)
"""What reaches the caller later than this after the last miss is no longer its resolution."""

NO_OWNERS: Owners = MappingProxyType({})


class Contact(NamedTuple):
    """Something that went between us and a caller; tuples sort by time, then kind, then id."""

    at: datetime
    kind: Resolution
    id: str


@dataclass(slots=True)
class _Thread:
    """All that is known of one caller."""

    contact_id: str | None
    accounts: set[str] = field(default_factory=set)
    misses: list[DistinctCall] = field(default_factory=list)
    reached: list[Contact] = field(default_factory=list)
    attempts: list[Contact] = field(default_factory=list)
    unplanned: set[str] = field(default_factory=set)

    def account_id(self) -> str | None:
        """The account, unless the sources name several for this caller."""
        return next(iter(self.accounts)) if len(self.accounts) == 1 else None


_Threads = dict[CallerKey, _Thread]


def needs(
    calls: Sequence[DistinctCall],
    messages: Iterable[Message] = (),
    owners: Owners = NO_OWNERS,
    *,
    window: timedelta = CALLBACK_WINDOW,
    book: CallerBook | None = None,
) -> list[Need]:
    """Returns every need, by its first miss; each missed call is in exactly one.

    Misses of one caller are one need while nothing has reached the caller and the last miss is at most 24
    hours old. Misdials, withheld and ambiguous callers are needs of their own. What is strictly later than
    the last miss and within `window` of it resolves the need, the earliest first. `book`: that of these calls and
    owners, where there is one already. O(n log n).
    """
    book = book or CallerBook(calls, owners)
    threads: _Threads = {}
    found = list(_alone(calls, book, threads))
    _add_answers(calls, book, threads)
    _add_messages(messages, book, threads)
    for thread in threads.values():
        found.extend(_needs_of(thread, window))
    found.sort(key=lambda need: (need.misses[0].started_at, need.need_id))
    return found


def _alone(calls: Iterable[DistinctCall], book: CallerBook, threads: _Threads) -> Iterator[Need]:
    """Starts a thread for each caller who missed us, and yields the misses that stand alone."""
    for call in calls:
        if not is_missed(call):
            continue
        caller = book.caller(call)
        if is_misdial(call):
            yield _single(call, caller, "misdial")
        elif caller.key is None:
            yield _single(call, caller, "ambiguous" if caller.ambiguous else "unlinkable")
        else:
            thread = threads.setdefault(caller.key, _Thread(caller.contact_id))
            thread.misses.append(call)
            if caller.account_id is not None:
                thread.accounts.add(caller.account_id)


def _single(call: DistinctCall, caller: Caller, resolution: Resolution) -> Need:
    return Need(
        need_id=call.call_id,
        account_id=caller.account_id,
        contact_id=caller.contact_id,
        misses=(call,),
        resolution=resolution,
    )


def _add_answers(calls: Iterable[DistinctCall], book: CallerBook, threads: _Threads) -> None:
    for call in calls:
        if call.direction == "outbound":
            _add_callback(call, book, threads)
        elif call.direction == "inbound" and call.reached_person:
            thread = threads.get(book.caller(call).key or ())
            if thread is not None:
                thread.reached.append(Contact(call.started_at, "caller_reached_us", call.call_id))


def _add_callback(call: DistinctCall, book: CallerBook, threads: _Threads) -> None:
    for key, legs in book.called(call).items():
        thread = threads.get(key)
        if thread is None:
            continue
        if any(map(leg_reached_person, legs)):
            thread.reached.append(Contact(call.started_at, "callback", call.call_id))
        elif any(leg.status != "failed" for leg in legs):  # a failed call rang no phone
            thread.attempts.append(Contact(call.started_at, "attempted", call.call_id))
            if _left_a_message(legs) and not any(leg.plans for leg in call.legs):
                thread.unplanned.add(call.call_id)


def _left_a_message(legs: Sequence[CallLeg]) -> bool:
    return any(leg.answered_by == "voicemail" or leg.voicemail_text for leg in legs)


def _add_messages(messages: Iterable[Message], book: CallerBook, threads: _Threads) -> None:
    for message in messages:
        if message.direction != "outbound" or message.automatic:
            continue
        for key in _recipients(message, book):
            thread = threads.get(key)
            if thread is not None:
                thread.reached.append(Contact(message.at, "other_channel", message.id))


def _recipients(message: Message, book: CallerBook) -> set[CallerKey]:
    """Whose the addresses are; where nobody knows them, whom the source names."""
    keys = {key for address in message.addresses if (key := book.party(address, None, None).key) is not None}
    if not any(key[0] == "contact" for key in keys):
        keys.update(("contact", contact_id) for contact_id in message.contact_ids)
    return keys


def _needs_of(thread: _Thread, window: timedelta) -> Iterator[Need]:
    thread.misses.sort(key=attrgetter("started_at", "call_id"))
    thread.reached.sort()
    thread.attempts.sort()
    together: list[DistinctCall] = []
    for miss in thread.misses:
        if together and not _same_need(thread, together[-1], miss):
            yield _ended(thread, together, window)
            together = []
        together.append(miss)
    yield _ended(thread, together, window)


def _same_need(thread: _Thread, last: DistinctCall, miss: DistinctCall) -> bool:
    if miss.started_at - last.started_at > NEED_STAYS_OPEN:
        return False
    return not _between(thread.reached, last.started_at, miss.started_at)


def _between(contacts: Sequence[Contact], after: datetime, until: datetime) -> Sequence[Contact]:
    """The sorted contacts that began after `after` and not later than `until`."""
    start = bisect_right(contacts, after, key=attrgetter("at"))
    return contacts[start : bisect_right(contacts, until, lo=start, key=attrgetter("at"))]


def _ended(thread: _Thread, misses: Sequence[DistinctCall], window: timedelta) -> Need:
    first, last = misses[0], misses[-1]
    until = last.started_at + window
    reached = next(iter(_between(thread.reached, last.started_at, until)), None)
    attempts = _between(thread.attempts, first.started_at, until if reached is None else reached.at)
    unreached: Resolution = "attempted" if attempts else "none"
    return Need(
        need_id=first.call_id,
        account_id=thread.account_id(),
        contact_id=thread.contact_id,
        misses=tuple(misses),
        resolution=unreached if reached is None else reached.kind,
        resolved_by=None if reached is None else reached.id,
        resolved_at=None if reached is None else reached.at,
        attempts=tuple(attempt.id for attempt in attempts),
        unplanned=tuple(_unplanned(thread, attempts, reached)),
    )


def _unplanned(thread: _Thread, attempts: Sequence[Contact], reached: Contact | None) -> Iterator[Unplanned]:
    following = [*attempts[1:], *([reached] if reached else [])]
    for place, attempt in enumerate(attempts):
        if attempt.id in thread.unplanned:
            after = following[place] if place < len(following) else None
            yield Unplanned(attempt.id, attempt.at, after.id if after else None, after.at if after else None)
