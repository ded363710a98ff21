"""From a message of another system to records as a world folder has them: by the places that the settings name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from agent_runtime.settings import Hook
from tools.base import Rejected, SourceRecord
from tools.world.lines import HEAD, SOURCES
from tools.world.values import BadValue, moment, name

FIXED = "="
MOST_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class Came:
    """A message as it came: by which hook, under which id, when its sender sent it and when we had it."""

    hook: str
    message_id: str
    sent_at: datetime
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says: its records, and what of it could not be read."""

    records: list[SourceRecord]
    rejected: list[Rejected]


def read(came: Came, hook: Hook) -> Read:
    """The records of a message, each on its own: what is wrong with one leaves the others."""
    found = Read([], [])
    try:
        parts = _parts(came, hook)
    except BadValue as error:
        found.rejected.append(_reject(came, 0, error))
        return found
    for number, part in enumerate(parts):
        try:
            found.records.append(_record(came, hook, part, number, len(parts)))
        except BadValue as error:
            found.rejected.append(_reject(came, number, error))
    return found


def value_at(message: Any, place: str) -> Any:
    """What stands at a place ("data.email", "items.0.name", "=fixed", "" for the whole); None where nothing does."""
    if place.startswith(FIXED):
        return place.removeprefix(FIXED)
    for step in place.split(".") if place else ():
        if isinstance(message, dict):
            message = message.get(step)
        elif isinstance(message, list) and step.isascii() and step.isdigit() and int(step) < len(message):
            message = message[int(step)]
        else:
            return None
    return message


def _parts(came: Came, hook: Hook) -> list[Any]:
    try:
        message = orjson.loads(came.body)
    except orjson.JSONDecodeError as error:
        raise BadValue("", f"not readable as JSON: {error}") from None
    if not hook.records:
        return [message]
    parts = value_at(message, hook.records)
    if not isinstance(parts, list):
        raise BadValue(hook.records, "is no list")
    if len(parts) > MOST_RECORDS:
        raise BadValue(hook.records, f"has more than {MOST_RECORDS} records")
    return parts


def _record(came: Came, hook: Hook, part: Any, number: int, of: int) -> SourceRecord:
    if not isinstance(part, dict):
        raise BadValue("", "is no JSON object")
    own = name(value_at(part, hook.id), hook.id) if hook.id else came.message_id + (f"-{number}" if of > 1 else "")
    happened = value_at(part, hook.occurred_at) if hook.occurred_at else None
    account = value_at(part, hook.account_id) if hook.account_id else None
    return SourceRecord(
        source=SOURCES[hook.stream],
        stream=hook.stream,
        # Two systems may count alike.
        source_id=f"{came.hook}:{own}",
        at=came.received_at,
        occurred_at=moment(happened, hook.occurred_at) if happened is not None else came.sent_at,
        account_id=name(account, hook.account_id) if account not in (None, "") else None,
        fields=dict(_fields(hook, part)),
    )


def _fields(hook: Hook, part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The mapped fields that have a value; without a mapping the message's own."""
    if not hook.fields:
        yield from ((key, value) for key, value in part.items() if key not in HEAD)
    for field, place in hook.fields.items():
        value = value_at(part, place)
        if value is not None:
            yield field, value


def _reject(came: Came, number: int, error: BadValue) -> Rejected:
    return Rejected(f"hook {came.hook}", number, error.field, f"message {came.message_id}: {error.reason}")
