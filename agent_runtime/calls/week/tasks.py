"""How long it takes from a task in the CRM to the first call with its customer."""

from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from agent_runtime.calls.activities import legs_of
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.week.waits import Tail, first_after, tail
from memory.timeline import Event, read_kinds

_TASK: Final = "task.created"


def read_task_waits(connection: Connection, words: str, now: datetime) -> Tail:
    """From each task with `words` in its subject to the first later call with its account; those without one wait.

    Any call with the account counts, whoever made it and whether it was answered.
    """
    events = [event for event in read_kinds(connection, ("call", _TASK)) if event.known_at <= now]
    begun = [(event.account_id, event.occurred_at) for event in events if event.account_id and _named(event, words)]
    ends: dict[str, list[datetime]] = defaultdict(list)
    for call in join_legs(legs_of(events)):
        if call.account_id is not None and call.direction != "internal":
            ends[call.account_id].append(call.started_at)
    return tail(first_after(begun, ends, now))


def _named(event: Event, words: str) -> bool:
    return event.kind == _TASK and words.lower() in (event.subject or "").lower()
