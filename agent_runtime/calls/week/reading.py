"""Reads out of the database what the weekly page is made of."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Table, select

from agent_runtime.calls.activities import VISIT_KINDS
from agent_runtime.calls.models import CallLeg, DistinctCall
from agent_runtime.calls.week.channels import Asking, Channel, Written, askings
from agent_runtime.calls.week.clocks import Seconds, Sighting
from agent_runtime.calls.week.fates import DealEnd, Deals, DealStep
from agent_runtime.calls.week.records_checks import Party
from agent_runtime.calls.week.rows import UNNAMED_QUEUE, LocalTime, queue_of
from memory.records import Account, Contact, Handle, Stage
from memory.timeline import Event

CALL_KINDS: Final = ("email", "message", *VISIT_KINDS)
DEAL_KINDS: Final = ("opportunity.stage", "opportunity.snapshot", "opportunity.updated")
LOGGED_KINDS: Final = ("task.completed", "work.done")
_CALL_WORDS: Final = ("call", "phone", "anruf", "telefon")
_PLAIN_ENDS: Final = {"closed_won": "won", "won": "won", "closed_lost": "lost", "lost": "lost"}
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_stage: Table = Stage.__table__  # type: ignore[attr-defined]


def read_segments(connection: Connection) -> dict[str, str]:
    """The segment of each account that has one."""
    query = select(_account.c.id, _account.c.segment).where(_account.c.segment.is_not(None))
    return {row.id: row.segment for row in connection.execute(query)}


def read_parties(connection: Connection) -> tuple[list[Party], list[str]]:
    """The people and companies of the CRM, and every number of theirs, as compared or, if unreadable, as written."""
    handles: dict[tuple[str, str], list[str]] = defaultdict(list)
    owners = select(_handle.c.kind, _handle.c.value, _handle.c.account_id, _handle.c.contact_id)
    for kind, value, account_id, contact_id in connection.execute(owners):
        handles[kind, contact_id or account_id].append(value)
    parties: list[Party] = []
    numbers: list[str] = []
    for table in (_contact, _account):
        query = (
            select(table.c.id, table.c.name, table.c.phone).where(table.c.merged_into.is_(None)).order_by(table.c.id)
        )
        for row in connection.execute(query):
            phones = tuple(sorted(handles[("phone", row.id)]))
            parties.append(Party(row.id, row.name, tuple(sorted(handles[("email", row.id)])), phones))
            numbers += phones or [part.strip() for part in (row.phone or "").split(";") if part.strip()]
    return parties, numbers


def deals_of(connection: Connection, events: Iterable[Event]) -> Deals:
    """Every deal's steps forward and its end, out of what the CRM told."""
    stages = {row.stage: row for row in connection.execute(select(_stage))}
    by_deal: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in DEAL_KINDS and event.opportunity_id and event.account_id:
            by_deal[event.opportunity_id].append(event)
    steps: dict[str, list[DealStep]] = defaultdict(list)
    ends: dict[str, DealEnd] = {}
    for deal_id, told in by_deal.items():
        for at in _forward(told, stages):
            insort(steps[told[-1].account_id or ""], DealStep(at, deal_id))
        if (end := _end(told, stages)) is not None:
            ends[deal_id] = end
    return Deals(steps, ends)


def _forward(told: Sequence[Event], stages: dict[str, Any]) -> list[datetime]:
    """When the deal was opened and whenever it came further than before; being lost is no step forward."""
    found = [_opened(told[0])]
    furthest: float = -1
    for event in told:
        stage = event.data.get("stage")
        known = stages.get(str(stage))
        position = float(known.position) if known else 0.0
        if stage and _category(str(stage), known) in ("open", "won") and position > furthest:
            if furthest >= 0:
                found.append(event.occurred_at)
            furthest = position
    return found


def _opened(event: Event) -> datetime:
    created = event.data.get("created_at")
    return datetime.fromisoformat(created) if isinstance(created, str) else event.occurred_at


def _category(stage: str, known: Any) -> str:
    return str(known.category) if known else _PLAIN_ENDS.get(stage, "open")


def _end(told: Sequence[Event], stages: dict[str, Any]) -> DealEnd | None:
    staged = [event for event in told if event.data.get("stage")]
    if not staged:
        return None
    stage = str(staged[-1].data["stage"])
    category = _category(stage, stages.get(stage))
    priced = [event.data for event in told if isinstance(event.data.get("amount"), int | float)]
    if category == "open" or (category == "won" and not priced):
        return None
    currency = priced[-1].get("currency") if priced else None
    return DealEnd(float(priced[-1]["amount"]) if category == "won" else 0.0, currency)


def sightings(calls: Iterable[DistinctCall]) -> list[Sighting]:
    """The calls with known customers as the phone system saw them."""
    return [
        Sighting(
            call.account_id, queue_of(call) or UNNAMED_QUEUE, call.started_at, _ended(call.started_at, call.length_s)
        )
        for call in calls
        if call.account_id is not None
    ]


def _ended(started_at: datetime, length_s: float | None) -> datetime:
    return started_at + timedelta(seconds=length_s or 0)


def logged_calls(events: Iterable[Event]) -> dict[str, list[datetime]]:
    """By account, when the CRM says that it was called: finished call tasks and logged work."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for event in events:
        if event.kind in LOGGED_KINDS and event.account_id and _is_call(event):
            started = event.data.get("started_at")
            at = datetime.fromisoformat(started) if isinstance(started, str) else event.occurred_at
            found[event.account_id].append(at)
    return found


def _is_call(event: Event) -> bool:
    told = f"{event.data.get('channel') or ''} {event.subject or ''}".lower()
    return any(word in told for word in _CALL_WORDS)


def arrivals(legs: Iterable[CallLeg]) -> dict[str, Seconds]:
    """By queue, the seconds from the end of a record's call to its arrival; exports that give none say nothing."""
    found: dict[str, list[float]] = defaultdict(list)
    for leg in legs:
        if leg.at != leg.started_at:
            ended = leg.started_at + timedelta(seconds=(leg.ring_s or 0) + (leg.talk_s or 0))
            found[leg.queue or UNNAMED_QUEUE].append((leg.at - ended).total_seconds())
    return {queue: np.asarray(delays) for queue, delays in found.items()}


def read_askings(
    events: Sequence[Event], calls: Iterable[DistinctCall], strangers: Mapping[str, str], local: LocalTime
) -> list[Asking]:
    """Forms and chats with the first answer to the same customer on any channel; `strangers`: by activity, the account
    of somebody whom nobody knows."""
    inbound = [one for event in events if (one := _written(event, strangers)) is not None]
    if not inbound:
        return []
    answers = _answers(events, calls, strangers)
    return askings(inbound, answers, {one.id: local.of(one.at)[0] for one in inbound})


def _written(event: Event, strangers: Mapping[str, str]) -> Written | None:
    channel: Channel
    if event.kind == "form":
        channel = "form"
    elif event.kind == "message" and event.direction == "inbound" and event.data.get("channel") in ("chat", "whatsapp"):
        channel = "chat"
    else:
        return None
    customer = event.contact_id or event.account_id or strangers.get(event.id)
    return Written(channel, event.id, event.occurred_at, customer, event.account_id)


def _answers(
    events: Iterable[Event], calls: Iterable[DistinctCall], strangers: Mapping[str, str]
) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    for event in events:
        written = event.kind in ("email", "message") and event.direction == "outbound"
        if written and not event.data.get("auto") and event.caused_by != "rule":
            for name in {event.contact_id, event.account_id, strangers.get(event.id)} - {None}:
                found[str(name)].append(event.occurred_at)
    for call in calls:
        if call.reached_person and call.direction != "internal":
            for name in {call.contact_id, call.account_id, strangers.get(call.call_id)} - {None}:
                found[str(name)].append(call.started_at)
    for times in found.values():
        times.sort()
    return found
