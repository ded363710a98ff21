"""The lines of calls.jsonl: every distinct inbound call as known at the end of a replay."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import Owner
from agent_runtime.calls.resolution import resolve
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.phone import legs, messages
from memory.records import Handle
from memory.timeline import read_kinds


def call_lines(connection: Connection, company: Company) -> Iterator[dict[str, Any]]:
    """One line an inbound call, oldest first; ids are those of the records."""
    events = read_kinds(connection, ("call", "email", "message"))
    names = {event.id: event.source_id for event in events}
    lines = resolve(
        join_legs(legs(events)),
        messages(events),
        _owners(connection),
        business_seconds=lambda a, b: company.calendar.minutes_between(a, b) * 60,
    )
    for line in lines:
        plain = asdict(line) | {"at": line.at.isoformat()}
        for name in ("call_id", "need_id", "resolved_by"):
            plain[name] = names.get(plain[name] or "", plain[name])
        yield plain


def _owners(connection: Connection) -> dict[str, list[Owner]]:
    handle = Handle.__table__  # type: ignore[attr-defined]
    found: dict[str, list[Owner]] = defaultdict(list)
    rows = connection.execute(select(handle).where(handle.c.kind.in_(("phone", "email"))).order_by(handle.c.value))
    for row in rows:
        found[row.value].append(Owner(row.account_id or None, row.contact_id or None))
    return found
