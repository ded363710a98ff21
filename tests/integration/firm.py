"""A small firm with a world of its own, taken into a database as an installation takes one."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text

from agent_runtime.clock import VirtualClock
from agent_runtime.ingest.service import Ingest, Taken
from agent_runtime.installation import about, company_of, context_of
from agent_runtime.loop.live import Live
from agent_runtime.playbook import Playbook, default
from agent_runtime.replay.setting import open_world, take_in
from agent_runtime.watchtower.company import Company
from tools.base import SourceRecord

KEY = SecretStr("a key of the tests")
# A Tuesday, 09:00 in Berlin.
NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
DAY = timedelta(days=1)
_WORLD = """title = "Firm"
start = 2025-09-01T00:00:00+02:00
end = 2026-12-31T00:00:00+01:00
timezone = "Europe/Berlin"
currency = "EUR"
default_region = "DE"
business_hours = "Mon-Fri 09:00-17:00"
holidays = []
own_domains = ["firm.test"]

[fallback]
owner = "desk"
manager = "mona"
"""
_TABLES = {
    "users.csv": [
        "id,name,email,role,manager_id,team,language",
        "mona,Mona Lang,mona@firm.test,manager,,sales,en",
        "lea,Lea Kern,lea@firm.test,rep,mona,sales,en",
        "tom,Tom Berg,tom@firm.test,rep,mona,sales,en",
    ],
    "accounts.csv": [
        "id,name,domain,currency,owner_id,language",
        "acme,Acme Tools,acme.test,EUR,lea,en",
        "bolt,Bolt Works,bolt.test,EUR,lea,en",
        "corn,Corn Foods,corn.test,EUR,tom,en",
    ],
    "contacts.csv": [
        "id,account_id,name,title,email,phone,language",
        "kim,acme,Kim Adler,Head of Purchasing,kim@acme.test,+49 30 1234567,en",
        "uli,bolt,Uli Brandt,Owner,uli@bolt.test,+49 40 1234567,en",
        "pat,corn,Pat Conrad,Director,pat@corn.test,+49 89 1234567,en",
    ],
    "stages.csv": [
        "stage,order,category,probability,expected_days",
        "talk,1,open,0.3,30",
        "won,2,won,1,",
        "lost,3,lost,0,",
    ],
}


def mail(name: str, at: datetime, direction: str, contact: str, text: str, **more: Any) -> dict[str, Any]:
    """A mail between lea and a contact, as a world's emails.jsonl has it."""
    ours, theirs = "lea@firm.test", f"{contact}@{_DOMAIN[contact]}"
    sender, to = (ours, theirs) if direction == "outbound" else (theirs, ours)
    return {
        "id": name, "at": at.isoformat(), "direction": direction, "from": sender, "to": [to], "subject": "Offer",
        "text": text, "message_id": f"<{name}@{sender.partition('@')[2]}>", "mailbox": ours,
    } | more  # fmt: skip


_DOMAIN = {"kim": "acme.test", "uli": "bolt.test", "pat": "corn.test"}


def world(folder: Path, emails: Iterable[dict[str, Any]], crm: Iterable[dict[str, Any]] = ()) -> Path:
    """Writes the firm's world."""
    folder.mkdir()
    (folder / "world.toml").write_text(_WORLD)
    for name, lines in _TABLES.items():
        (folder / name).write_text("\n".join(lines) + "\n")
    for name, records in (("emails.jsonl", emails), ("crm.jsonl", crm)):
        (folder / name).write_text("".join(json.dumps(x) + "\n" for x in records))
    return folder


class Firm:
    """An installation on `engine` with a clock that the test moves, and one worker."""

    def __init__(self, engine: Engine, folder: Path, now: datetime = NOW, playbook: Playbook | None = None) -> None:
        self.engine, self.clock, self.playbook = engine, VirtualClock(now), playbook or default()
        self.world = open_world(folder)
        taken = take_in(self.world, engine, "b2b_sales", KEY)
        self.ingest: Ingest = taken.ingest
        with engine.begin() as connection:
            self.ingest.take(connection, self.world.ordered(), now)
        self.live = self.worker("one")

    def worker(self, name: str) -> Live:
        """Another worker of the same installation."""
        return Live(self.engine, self.company, KEY, self.clock, name)

    def company(self, connection: Connection) -> Company:
        """Who is who at present."""
        return company_of(connection, about(connection), self.playbook, self.clock.now().year)

    def take(self, record: SourceRecord) -> Taken:
        """A record comes in."""
        fresh = Ingest(context_of(self.world.settings, default()))
        with self.engine.begin() as connection:
            return fresh.take(connection, [record], self.clock.now())

    def settle(self, live: Live | None = None) -> None:
        """Ticks and runs until nothing is woken, as a worker does."""
        live = live or self.live
        for _ in range(20):
            live.tick(self.clock.now())
            woken = self.query("SELECT account_id FROM tenure_account_loop WHERE woken ORDER BY account_id")
            for (account,) in woken:
                live.run(account)
            if not woken:
                return
        raise AssertionError("it never comes to rest")

    def pass_time(self, length: timedelta) -> None:
        """Time passes, and what it brings about is worked off."""
        self.clock.move_to(self.clock.now() + length)
        self.settle()

    def query(self, statement: str, **values: Any) -> list[Any]:
        """Reads the database."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def items(self, state: str = "open") -> list[Any]:
        """Items in a state: id, account, signal, owner, the highest priority first."""
        return self.query(
            "SELECT id, account_id, signal, owner_id, state, content_hash, draft_version FROM tenure_item"
            " WHERE state = :state ORDER BY priority DESC, id",
            state=state,
        )
