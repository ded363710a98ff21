"""What every adapter gives and takes: the source record and the errors of reading."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record as a tool read it: untrusted, keyed by (source, stream, source_id).

    `at`: the moment from which it could be known, aware UTC. `occurred_at`: when it happened.
    `account_id`: where the source names it. `deleted`: it was removed at the source.
    `fields`: the record's other fields, as the source names them.
    """

    source: str
    stream: str
    source_id: str
    at: datetime
    occurred_at: datetime
    account_id: str | None = None
    deleted: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read: where it stands and why it was left out."""

    file: str
    line: int
    field: str
    reason: str


class UnreadableSource(ValueError):
    """A source as a whole cannot be read; nothing was taken from it."""
