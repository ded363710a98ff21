"""A million calls to the data of the weekly page: from legs in memory, and from the rows of a database."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, insert

from agent_runtime import db
from agent_runtime.calendars import BusinessCalendar, holiday_dates, parse_hours, zone_named
from agent_runtime.calls.week.service import House, read_week, week_named
from agent_runtime.playbook import load
from memory.records import Account, Activity, Handle, Reference
from tests.bench.figures import Figure

BEGIN = datetime(2025, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 1, 12, 8, tzinfo=UTC)
QUEUES = ("sales", "service", "billing", "parts")
TEXTS = (
    "Hello, I would like a quote for twelve more seats, please call me back.",
    "The machine is not working since this morning, can somebody help?",
    "I have a question about the last invoice.",
    "Please call me back.",
)
DELAY = timedelta(minutes=11)
_BATCH = 50_000


def calls(runs: int, *, count: int = 1_000_000) -> list[Figure]:
    """Seconds from the stored calls to everything on the weekly page, over a year of `count` calls."""
    samples = []
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'calls.db'}")
        db.create_schema(engine)
        with engine.begin() as connection:
            _fill(connection, count)
        house = House(
            BusinessCalendar(
                zone_named("Europe/Berlin"), parse_hours("Mon-Fri 08:00-18:00"), holiday_dates("DE", [2025, 2026])
            ),
            load("call_driven_services"),
        )
        monday = week_named(None, NOW, house.calendar)
        for _ in range(runs):
            with engine.connect() as connection:
                begun = perf_counter()
                page = read_week(connection, house, monday, NOW)
                samples.append(perf_counter() - begun)
        assert page.now.inbound > 0
        engine.dispose()
    return [Figure(f"{count:,} stored calls to the weekly page's data", "s", tuple(samples), 30)]


def _fill(connection: Connection, count: int) -> None:
    customers = count // 20
    tables: dict[Any, Iterator[dict[str, Any]]] = {
        Account: (
            {"id": f"a{x}", "name": f"Customer {x}", "provisional": False, "custom": {}} for x in range(customers)
        ),
        Handle: (
            {"kind": "phone", "value": _phone(x), "account_id": f"a{x}", "contact_id": ""} for x in range(customers)
        ),
        Reference: (_line(queue, place) for place, queue in enumerate(QUEUES)),
        Activity: _activities(count, customers),
    }
    for model, rows in tables.items():
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                connection.execute(insert(model), batch)
                batch = []
        if batch:
            connection.execute(insert(model), batch)


def _account(customer: int) -> dict[str, Any]:
    return {"id": f"a{customer}", "name": f"Customer {customer}", "provisional": False, "custom": {}}


def _handle(customer: int) -> dict[str, Any]:
    return {"kind": "phone", "value": _phone(customer), "account_id": f"a{customer}", "contact_id": ""}


def _phone(customer: int) -> str:
    return f"+4930{customer:08d}"


def _line(queue: str, place: int) -> dict[str, Any]:
    data = {"number": f"+49800{place:06d}", "campaign": f"campaign {place % 2}", "queue": queue}
    return {"stream": "lines", "source_id": queue, "data": data}


def _activities(count: int, customers: int) -> Iterator[dict[str, Any]]:
    rng = random.Random(1)
    span = (NOW - BEGIN).total_seconds()
    for number in range(count):
        at = BEGIN + timedelta(seconds=span * number / count)
        customer, place = rng.randrange(customers), rng.randrange(len(QUEUES))
        inbound, missed = rng.random() < 0.7, rng.random() < 0.25
        voicemail = inbound and missed and rng.random() < 0.3
        line = f"+49800{place:06d}"
        yield {
            "id": f"act{number:08d}", "account_id": f"a{customer}", "source": "phone", "stream": "calls",
            "source_id": f"cdr-{number:08d}", "content_hash": "", "kind": "call",
            "direction": "inbound" if inbound else "outbound", "occurred_at": at, "known_at": at + DELAY,
            "user_id": None if inbound and missed else "u1", "current": True, "deleted": False, "revision": 0,
            "caused_by": "none" if inbound else "person",
            "data": {
                "status": "no_answer" if missed else "completed", "started_at": at.isoformat(),
                "from": _phone(customer) if inbound else line, "to": line if inbound else _phone(customer),
                "ring_s": float(rng.randrange(6, 40)), "talk_s": 0.0 if missed else float(rng.randrange(20, 600)),
                "queue": QUEUES[place] if inbound else None, "tracking_number": line if inbound else None,
                "voicemail": voicemail, "words": rng.choice(TEXTS) if voicemail else "",
            },
        }  # fmt: skip
