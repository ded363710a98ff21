"""A small company with two customers, and records that reach it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent_runtime.ingest.context import IngestContext
from agent_runtime.ingest.directory import take_directory
from agent_runtime.ingest.service import Ingest, Taken
from memory import timeline
from memory.scope import AccountScope
from tools.base import SourceRecord
from tools.world import Directory

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
SOURCES = {"emails": "email", "calls": "phone", "meetings": "calendar"}


class Company:
    """Takes records and tells what became of them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.context = IngestContext(
            ZoneInfo("Europe/Berlin"),
            "DE",
            frozenset({"seller.example"}),
            frozenset({"sales@seller.example", "+4930901820"}),
            frozenset({"doctor.example"}),
        )
        self.directory = Directory(
            users=[{"id": "u1", "name": "Ann Wolff", "email": "ann@seller.example", "custom": {}}],
            accounts=[
                {"id": "a1", "name": "Acme", "domain": "acme.example", "custom": {"colour": "red"}},
                {"id": "a2", "name": "Beta", "domain": "gmail.com", "phone": "030 901821", "custom": {}},
            ],
            contacts=[
                {"id": "c1", "account_id": "a1", "name": "Cy", "email": "Cy@acme.example; cy@home.example",
                 "phone": "030 901822", "custom": {}},
                {"id": "c2", "account_id": "a2", "email": "shared@x.example", "phone": "555", "custom": {}},
                {"id": "c3", "account_id": "a1", "email": "shared@x.example", "custom": {}},
                {"id": "c4", "name": "Nobody's", "email": "lone@y.example", "custom": {}},
            ],
        )  # fmt: skip
        self.import_directory()
        self.ingest = Ingest(self.context)

    def import_directory(self) -> None:
        take_directory(self.connection, self.directory, [], self.context)

    def take(self, *taken: SourceRecord) -> Taken:
        return self.ingest.take(self.connection, taken, NOW)

    def events(self, account_id: str) -> list[timeline.Event]:
        return timeline.read(self.connection, AccountScope(account_id, "test"))

    def only(self, record: SourceRecord, account_id: str = "a1") -> timeline.Event:
        taken = self.take(record)
        assert (taken.added, taken.rejected) == (1, [])
        return next(one for one in self.events(account_id) if one.source_id == record.source_id)

    def text(self, event: timeline.Event) -> str | None:
        assert event.account_id
        scope = AccountScope(event.account_id, "test")
        return timeline.texts(self.connection, scope, [event.id]).get(event.id)


def source_record(stream: str, key: str = "1", account_id: str | None = None, **fields: Any) -> SourceRecord:
    return SourceRecord(SOURCES.get(stream, stream), stream, key, NOW, NOW, account_id, fields=fields)


def email(key: str = "1", account_id: str | None = None, **fields: Any) -> SourceRecord:
    base = {"from": "cy@acme.example", "to": ["ann@seller.example"], "text": "Hello", "direction": "inbound"}
    return source_record("emails", key, account_id, **(base | fields))


def call(key: str = "1", account_id: str | None = None, **fields: Any) -> SourceRecord:
    base = {"direction": "inbound", "status": "no_answer", "from": "030 901822", "to": "+4930901820"}
    return source_record("calls", key, account_id, **(base | fields))
