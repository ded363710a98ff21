"""A company's past as its vendors would have held it: the stand-ins live through a world folder, moment by moment."""

import csv
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tools.base import SourceRecord
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.lived_phone import PHONE, Phone
from tools.fakes.lived_portal import TOLD_BY_CRM, Portal
from tools.fakes.twilio import TwilioFake
from tools.world import World

# What each stand-in is reached with; nothing of it is a secret of anybody.
READ_TOKEN, ACCOUNT_SID, PHONE_SECRET = "demo-read-token", "AC" + "0" * 32, "demo-phone-secret"
WRITE_TOKEN = "demo-write-token"
# Of what a world folder tells, what the stand-ins tell instead.
_STREAMS = frozenset({"calls", "messages", "meetings"})
_SIGHTS = frozenset({"crm", "phone", "messages"})
_IDS = {"accounts": ("id",), "contacts": ("id", "account_id"), "outcomes": ("account_id", "opportunity_id")}
_FIELDS = ("account_id", "opportunity_id", "contact_id", "lead_id", "task_id")
Step = tuple[datetime, int, Callable[[], str]]


class Lived:
    """The stand-ins of one company, at a moment that only moves on. `hubspot`, `twilio`: what they hold then."""

    def __init__(self, world: World) -> None:
        self.now = world.settings.start
        self.hubspot = HubSpotFake(
            lambda: self.now, {READ_TOKEN: frozenset({"read"}), WRITE_TOKEN: frozenset({"read", "write"})}
        )
        self.twilio = TwilioFake(lambda: self.now, ACCOUNT_SID, {ACCOUNT_SID: PHONE_SECRET})
        renewed = {x.account_id for x in world.ordered() if x.fields.get("kind") == "renewal"}
        self._portal = Portal(self.hubspot, world.directory(), world.settings.start, renewed)
        self._phone = Phone(self.twilio, world.directory())
        told = (x for x in world.ordered() if is_told_by_vendor(x))
        self._steps: list[Step] = sorted(
            ((x.at, place, self._step(x)) for place, x in enumerate(told)), key=lambda x: (x[0], x[1])
        )
        self._place = 0

    def next_at(self) -> datetime | None:
        """When the next thing happens; None where nothing is left."""
        return self._steps[self._place][0] if self._place < len(self._steps) else None

    def live_until(self, moment: datetime) -> set[str]:
        """Lets everything happen up to that moment; gives at which vendors something did."""
        happened = set()
        while self._place < len(self._steps) and self._steps[self._place][0] <= moment:
            self.now = self._steps[self._place][0]
            happened.add(self._steps[self._place][2]())
            self._place += 1
        self.now = max(self.now, moment)
        return happened

    def follow(self, clock: Callable[[], datetime]) -> None:
        """From now on the stand-ins go by this clock."""
        self.hubspot.now = self.twilio.now = clock

    def _step(self, record: SourceRecord) -> Callable[[], str]:
        """Lets one thing happen; gives at which vendor."""
        teller, vendor = (self._phone, "twilio") if record.stream in PHONE else (self._portal, "hubspot")

        def happen() -> str:
            teller.take(record)
            return vendor

        return happen


def is_told_by_vendor(record: SourceRecord) -> bool:
    """Whether one of the stand-ins tells this, so that it is not told in another way."""
    if record.stream == "crm":
        return record.fields.get("kind") in TOLD_BY_CRM
    return record.stream in _STREAMS


def numbered(world: Path, folder: Path) -> Path:
    """A copy of a world folder in which accounts, contacts and deals have numbers for ids, as a CRM gives them."""
    shutil.copytree(world, folder)
    names: dict[str, str] = {}
    for stem, columns in _IDS.items():
        _rewrite_table(folder / f"{stem}.csv", partial(_renamed, keys=columns, names=names))
    for path in sorted(folder.glob("*.jsonl")):
        lines = [_renamed(orjson.loads(line), _FIELDS, names) for line in path.read_bytes().splitlines()]
        _write_lines(path, lines)
    return folder


def rest_of(world: Path, folder: Path) -> Path:
    """A world folder of what no stand-in tells: people and lists, mails, forms, usage, what came by signed hooks."""
    shutil.copytree(world, folder)
    _rewrite_table(folder / "accounts.csv", lambda row: None)
    _rewrite_table(folder / "contacts.csv", lambda row: None)
    _rewrite_table(folder / "coverage.csv", lambda row: None if _is_seen_by_vendor(row) else row)
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem in _STREAMS:
            path.unlink()
    kept = (folder / "crm.jsonl").read_bytes().splitlines() if (folder / "crm.jsonl").exists() else []
    rows = [row for line in kept if (row := orjson.loads(line))["kind"] not in TOLD_BY_CRM]
    _write_lines(folder / "crm.jsonl", rows)
    return folder


def _is_seen_by_vendor(row: dict[str, Any]) -> bool:
    """A line that nobody ever saw is none of the vendor's: that it is blind is told by the list."""
    return row["source"] in _SIGHTS and row["visible_from"] != row["visible_until"]


def _renamed(row: dict[str, Any], keys: tuple[str, ...], names: dict[str, str]) -> dict[str, Any]:
    for key in keys:
        if row.get(key):
            row[key] = names.setdefault(str(row[key]), str(1_000_001 + len(names)))
    return row


def _rewrite_table(path: Path, change: Callable[[dict[str, Any]], Mapping[str, Any] | None]) -> None:
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = [change(row) for row in reader], list(reader.fieldnames or ())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row is not None)


def _write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
