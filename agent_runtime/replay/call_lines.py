"""The lines of calls.jsonl: every distinct inbound call as known at the end of a replay."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from agent_runtime.calls.activities import VISIT_KINDS, legs_of, messages_of, visits_of
from agent_runtime.calls.directory import provisional_accounts, read_owners, without_provisional
from agent_runtime.calls.intent import spoken_text
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import DistinctCall, MoneyRange
from agent_runtime.calls.resolution import resolve
from agent_runtime.calls.topics import TopicReader
from agent_runtime.watchtower.company import Company
from memory.embed import choose
from memory.timeline import read_kinds

_KINDS = ("call", "email", "message", *VISIT_KINDS)


def call_lines(connection: Connection, company: Company, values: Mapping[str, MoneyRange]) -> Iterator[dict[str, Any]]:
    """One line an inbound call, oldest first; ids are those of the records.

    `values`: by need what its delay costs; it stands on the need's first line, so that a sum counts it once.
    """
    events = read_kinds(connection, _KINDS)
    names = {event.id: event.source_id for event in events}
    provisional = provisional_accounts(connection)
    placed = list(without_provisional(events, provisional))
    calls = join_legs(legs_of(placed))
    lines = resolve(
        calls,
        messages_of(placed),
        read_owners(connection, provisional),
        business_seconds=lambda a, b: company.calendar.minutes_between(a, b) * 60,
        window=timedelta(days=company.playbook.signals.callback_days),
        visits=visits_of(events),
        reader=_reader(calls),
    )
    for line in lines:
        value = values.get(line.call_id)
        plain = asdict(line) | {"at": line.at.isoformat(), "value_at_risk": asdict(value) if value else None}
        for name in ("call_id", "need_id", "resolved_by"):
            plain[name] = names.get(plain[name] or "", plain[name])
        yield plain


def _reader(calls: Sequence[DistinctCall]) -> TopicReader | None:
    """The embedding model is looked for only where somebody said something."""
    said = any(call.direction == "inbound" and spoken_text(call) for call in calls)
    return TopicReader(choose().embedder) if said else None
