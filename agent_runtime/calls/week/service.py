"""The weekly page, the live view and the verifications of a database, in the caller's transaction."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import Connection

from agent_runtime.calendars import BusinessCalendar
from agent_runtime.calls.activities import legs_of_calls, messages_of, visits_of
from agent_runtime.calls.callers import CallerBook
from agent_runtime.calls.directory import (
    bare_without_provisional,
    provisional_accounts,
    read_owners,
    without_provisional,
)
from agent_runtime.calls.labelling.service import corrected_reader
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.missed import is_missed
from agent_runtime.calls.models import Intent
from agent_runtime.calls.needs import needs
from agent_runtime.calls.resolution import abouts
from agent_runtime.calls.week import reading
from agent_runtime.calls.week.context import Context
from agent_runtime.calls.week.gates import CHECKED, Phone, gate_of, pilot_of
from agent_runtime.calls.week.references import read_context
from agent_runtime.calls.week.rows import Classify, DueAt, LineBook, LocalTime, NeedRow, OpenHours, Setting, need_rows
from agent_runtime.calls.week.tables import Measure
from agent_runtime.calls.week.trust import Gate
from agent_runtime.calls.week.value import ValueAtRisk
from agent_runtime.calls.week.verifying import standing
from agent_runtime.calls.week.weekly import Weekly, World, value_of_needs, weekly
from agent_runtime.errors import BadInput
from agent_runtime.playbook import Playbook
from memory.timeline import BareEvent, Event, read_bare, read_kinds

RULE: Final = "missed_call"
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2190


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
        phone = _phone(connection, house, (*reading.CALL_KINDS, *reading.DEAL_KINDS), now)
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


def read_gate(connection: Connection, house: House, now: datetime, segment: str = "") -> Gate:
    """What the checks say at `now` inside a queue, line or customer segment; raises BadInput where it had no call."""
    with _no_collector():
        kinds = (*reading.CALL_KINDS, *reading.LOGGED_KINDS)
        phone = _phone(connection, house, kinds, now)
        context = _context(connection, house)
        setting = _setting(connection, house, context, _classifier(connection, phone))
        found = pilot_of(connection, phone, context, setting, now, segment)
    if segment and not found.calls:
        raise BadInput(f"{segment} had no call in the last weeks.", fix="Name a queue, a line or a customer segment.")
    return found.gate


def read_waiting(connection: Connection, house: House, now: datetime) -> tuple[list[NeedRow], Context]:
    """The needs that somebody may still answer, and the lists; for the live view, which asks often."""
    window = timedelta(days=house.playbook.signals.callback_days)
    context = _context(connection, house)
    with _no_collector():
        # One window more: a need that is still open may have begun with an older miss.
        phone = _phone(connection, house, reading.CALL_KINDS, now, now - 2 * window)
        setting = _setting(connection, house, context, _classifier(connection, phone))
        return need_rows(phone.needs, phone.calls, setting), context


def read_world(connection: Connection, house: House, now: datetime) -> World:
    """Everything that the page is made of."""
    kinds = (*reading.CALL_KINDS, *reading.DEAL_KINDS, *reading.LOGGED_KINDS)
    phone = _phone(connection, house, kinds, now)
    context = _context(connection, house)
    setting = _setting(connection, house, context, _classifier(connection, phone))
    gate = gate_of(connection, phone, context, setting, now)
    pilot = house.playbook.calls.pilot
    return World(
        legs=phone.legs,
        calls=phone.calls,
        needs=phone.needs,
        askings=reading.read_askings(phone.events, phone.calls, phone.strangers, setting.local),
        strangers=phone.strangers,
        deals=reading.deals_of(connection, phone.events),
        context=context,
        setting=setting,
        late=house.playbook.calls.late,
        responsible=house.playbook.owners.model_dump(),
        gate=gate,
        pilot=pilot_of(connection, phone, context, setting, now, pilot, gate),
        verified=standing(connection),
        definition=f"rule {RULE} of the playbook {house.playbook.name}, {house.playbook.fingerprint[:12]}",
        owners=_owners(house),
        zone=house.calendar.zone,
        measure=_measure(house, now),
    )


def _measure(house: House, now: datetime) -> Measure:
    window = timedelta(days=house.playbook.signals.callback_days)
    return Measure(now, lambda begun, ended: house.calendar.minutes_between(begun, ended) * 60, window)


def _events(connection: Connection, kinds: Sequence[str], now: datetime, since: datetime | None = None) -> list[Event]:
    """What was known at `now` and happened since `since`."""
    return [
        event
        for event in read_kinds(connection, kinds)
        if event.known_at <= now and (since is None or event.occurred_at >= since)
    ]


def _phone(
    connection: Connection, house: House, kinds: Sequence[str], now: datetime, since: datetime | None = None
) -> Phone:
    """Calls and needs, beside the activities of `kinds`."""
    provisional = provisional_accounts(connection)
    known = _events(connection, kinds, now, since)
    events = list(without_provisional(known, provisional))
    rung = read_bare(connection, "call", now, since)
    both: tuple[Sequence[Event | BareEvent], ...] = (known, rung) if provisional else ()
    legs = legs_of_calls(bare_without_provisional(rung, provisional))
    calls = join_legs(legs)
    owners = read_owners(connection, provisional)
    window = timedelta(days=house.playbook.signals.callback_days)
    return Phone(
        events=events,
        legs=legs,
        calls=calls,
        needs=needs(calls, messages_of(events), owners, window=window),
        owners=owners,
        strangers={x.id: x.account_id for part in both for x in part if x.account_id in provisional},
        ids=[x.source_id for x in rung if x.occurred_at >= now - CHECKED],
    )


def _context(connection: Connection, house: House) -> Context:
    return read_context(connection, lambda day: day in house.calendar.holidays)


def _classifier(connection: Connection, phone: Phone) -> Classify:
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
