"""The weekly page, the live view and the verifications of a database, in the caller's transaction."""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Connection

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.calls.activities import legs_of, messages_of, visits_of
from agent_runtime.calls.callers import CallerBook
from agent_runtime.calls.directory import provisional_accounts, read_owners, without_provisional
from agent_runtime.calls.labelling.service import corrected_reader
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.missed import is_missed
from agent_runtime.calls.models import CallLeg, DistinctCall, Intent, Need, Owners
from agent_runtime.calls.needs import needs
from agent_runtime.calls.resolution import abouts
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
from agent_runtime.calls.week.references import read_context
from agent_runtime.calls.week.rows import Classify, DueAt, LineBook, LocalTime, NeedRow, OpenHours, Setting, need_rows
from agent_runtime.calls.week.tables import Measure
from agent_runtime.calls.week.trust import Check, Gate
from agent_runtime.calls.week.value import ValueAtRisk
from agent_runtime.calls.week.verifying import standing
from agent_runtime.calls.week.weekly import Weekly, World, value_of_needs, weekly
from agent_runtime.errors import BadInput
from agent_runtime.playbook import Playbook
from memory.timeline import Event, read_kinds

RULE: Final = "missed_call"
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2190
CHECKED: Final = timedelta(weeks=RECENT_WEEKS + BEFORE_WEEKS)
"""The checks look at so much of the past: a clock that was wrong last year is wrong no more."""


@dataclass(frozen=True, slots=True)
class House:
    """What the company itself says: its opening hours and its rules."""

    calendar: BusinessCalendar
    playbook: Playbook


def week_named(text: str | None, now: datetime, calendar: BusinessCalendar) -> date:
    """The Monday of `2026-W46`; without a name, of the last week that is over. Raises BadInput."""
    if text is None:
        today = now.astimezone(calendar.zone).date()
        return today - timedelta(days=today.weekday() + 7)
    try:
        year, week = text.upper().split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        monday = date.min
    if not _FIRST_YEAR <= monday.year <= _LAST_YEAR:
        raise BadInput(f"{text} is not a week.", fix="Write it as 2026-W46.")
    return monday


def read_week(connection: Connection, house: House, monday: date, now: datetime) -> Weekly:
    """The page of the week that begins on `monday`, as known at `now`."""
    with _no_collector():
        return weekly(monday, read_world(connection, house, now))


def read_ranges(connection: Connection, house: House, now: datetime) -> ValueAtRisk:
    """By need, the range of what its delay costs on average (`expected`); which segments are refused, and why."""
    with _no_collector():
        phone = _phone(connection, house, _events(connection, (*reading.CALL_KINDS, *reading.DEAL_KINDS), now))
        setting = _setting(connection, house, _context(connection, house), _classifier(connection, phone))
        rows = need_rows(phone.needs, phone.calls, setting)
        return value_of_needs(rows, reading.deals_of(connection, phone.events), _measure(house, now))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Of a million records that all stay, looking for cycles among them again and again costs a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def read_gate(connection: Connection, house: House, now: datetime) -> Gate:
    """What the checks say at `now`."""
    return read_world(connection, house, now).gate


def read_waiting(connection: Connection, house: House, now: datetime) -> tuple[list[NeedRow], Context]:
    """The needs that somebody may still answer, and the lists; for the live view, which asks often."""
    window = timedelta(days=house.playbook.signals.callback_days)
    context = _context(connection, house)
    with _no_collector():
        # One window more: a need that is still open may have begun with an older miss.
        phone = _phone(connection, house, _events(connection, reading.CALL_KINDS, now, now - 2 * window))
        setting = _setting(connection, house, context, _classifier(connection, phone))
        return need_rows(phone.needs, phone.calls, setting), context


def read_world(connection: Connection, house: House, now: datetime) -> World:
    """Everything that the page is made of."""
    kinds = (*reading.CALL_KINDS, *reading.DEAL_KINDS, *reading.LOGGED_KINDS)
    phone = _phone(connection, house, _events(connection, kinds, now))
    context = _context(connection, house)
    setting = _setting(connection, house, context, _classifier(connection, phone))
    return World(
        legs=phone.legs,
        calls=phone.calls,
        needs=phone.needs,
        askings=reading.read_askings(phone.events, phone.calls, setting.local),
        deals=reading.deals_of(connection, phone.events),
        context=context,
        setting=setting,
        gate=_gate(connection, phone, context, setting, now),
        verified=standing(connection),
        definition=f"rule {RULE} of the playbook {house.playbook.name}, {house.playbook.fingerprint[:12]}",
        owners=_owners(house),
        zone=house.calendar.zone,
        measure=_measure(house, now),
    )


def _measure(house: House, now: datetime) -> Measure:
    window = timedelta(days=house.playbook.signals.callback_days)
    return Measure(now, lambda begun, ended: house.calendar.minutes_between(begun, ended) * 60, window)


@dataclass(frozen=True, slots=True)
class _Phone:
    events: Sequence[Event]
    legs: Sequence[CallLeg]
    calls: Sequence[DistinctCall]
    needs: Sequence[Need]
    owners: Owners


def _events(connection: Connection, kinds: Sequence[str], now: datetime, since: datetime | None = None) -> list[Event]:
    """What was known at `now` and happened since `since`."""
    return [
        event
        for event in read_kinds(connection, kinds)
        if event.known_at <= now and (since is None or event.occurred_at >= since)
    ]


def _phone(connection: Connection, house: House, known: Sequence[Event]) -> _Phone:
    """Calls and needs of these activities."""
    provisional = provisional_accounts(connection)
    events = list(without_provisional(known, provisional))
    legs = legs_of(events)
    calls = join_legs(legs)
    owners = read_owners(connection, provisional)
    window = timedelta(days=house.playbook.signals.callback_days)
    return _Phone(events, legs, calls, needs(calls, messages_of(events), owners, window=window), owners)


def _context(connection: Connection, house: House) -> Context:
    return read_context(connection, lambda day: day in house.calendar.holidays)


def _classifier(connection: Connection, phone: _Phone) -> Classify:
    """What each missed call was about, by its words, as people's labels corrected it.

    Without the embedding model, which reads a hundred texts a second: a year of calls would take hours.
    """
    visits = list(visits_of(phone.events))
    book = CallerBook(phone.calls if visits else (), phone.owners)
    missed = (call for call in phone.calls if is_missed(call))
    about = abouts(missed, book, visits, corrected_reader(connection, None))
    return lambda call: about[call.call_id]


def _setting(connection: Connection, house: House, context: Context, classified: Classify) -> Setting:
    return Setting(
        local=LocalTime(house.calendar.zone),
        is_open=OpenHours(house.calendar).is_open,
        due_at=due_by(house),
        lines=LineBook(context.lines),
        classify=classified,
        sources={one.name: one.source for one in context.campaigns if one.source},
        segments=reading.read_segments(connection),
    )


def due_by(house: House) -> DueAt:
    """The callback windows of the playbook, by intent and segment: the same that the rule uses."""

    @cache
    def due_at(begun: datetime, intent: Intent, segment: str | None) -> datetime:
        return house.playbook.window_for(RULE, intent, segment).due(begun, house.calendar)

    return due_at


def _owners(house: House) -> tuple[tuple[str, str], ...]:
    owners = house.playbook.owners
    return (
        ("which sources bring whom, and what is high-intent", owners.marketing),
        ("queues, shifts, callback windows and the data itself", owners.operations),
        ("what becomes of callers who were reached", owners.sales),
    )


def _gate(connection: Connection, phone: _Phone, context: Context, setting: Setting, now: datetime) -> Gate:
    since = now - CHECKED
    legs = [leg for leg in phone.legs if leg.started_at >= since]
    calls = [call for call in phone.calls if call.started_at >= since]
    parties, numbers = reading.read_parties(connection)
    clock, zone = clock_checks(reading.sightings(calls), reading.logged_calls(phone.events), reading.arrivals(legs))
    called = ((leg.tracking_number, leg.started_at) for leg in legs if leg.tracking_number)
    ids = (event.source_id for event in phone.events if event.kind == "call" and event.occurred_at >= since)
    checks = (
        clock,
        zone,
        numbers_check(numbers),
        duplicates_check(parties),
        lines_check(called, setting.lines, listed=bool(context.lines)),
        ids_check(ids),
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
