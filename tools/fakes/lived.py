"""A company's past as its vendors would have held it: the stand-ins live through a world folder, moment by moment."""

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tools.base import SourceRecord
from tools.fakes.hubspot import HubSpotFake
from tools.fakes.imap import ImapFake
from tools.fakes.lived_mail import MAIL, Box, Post
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
_MOMENT = timedelta(seconds=1)
# What one step lets happen; gives the connections at which there is something to be read.
Happens = Callable[[], frozenset[str]]
Step = tuple[datetime, int, Happens]


class Lived:
    """The stand-ins of one company, at a moment that only moves on. `hubspot`, `twilio`, `imap`: what they hold then.

    `boxes`: the mailboxes of the people and of the house.
    """

    def __init__(self, world: World) -> None:
        self.now = world.settings.start
        self.hubspot = HubSpotFake(
            lambda: self.now, {READ_TOKEN: frozenset({"read"}), WRITE_TOKEN: frozenset({"read", "write"})}
        )
        self.twilio = TwilioFake(lambda: self.now, ACCOUNT_SID, {ACCOUNT_SID: PHONE_SECRET})
        self.imap = ImapFake()
        directory = world.directory()
        renewed = {x.account_id for x in world.ordered() if x.fields.get("kind") == "renewal"}
        self._portal = Portal(self.hubspot, directory, world.settings.start, renewed)
        self._phone = Phone(self.twilio, directory)
        self._post = Post(self.imap, directory, world.settings.end)
        self._steps = sorted(self._all_steps(world), key=lambda x: (x[0], x[1]))
        self._place = 0

    @property
    def boxes(self) -> list[Box]:
        """The mailboxes, those that begin later or have ended among them."""
        return self._post.boxes

    def next_at(self) -> datetime | None:
        """When the next thing happens; None where nothing is left."""
        return self._steps[self._place][0] if self._place < len(self._steps) else None

    def live_until(self, moment: datetime) -> set[str]:
        """Lets everything happen up to that moment; gives the connections at which there is something to be read."""
        happened: set[str] = set()
        while self._place < len(self._steps) and self._steps[self._place][0] <= moment:
            self.now = self._steps[self._place][0]
            happened |= self._steps[self._place][2]()
            self._place += 1
        self.now = max(self.now, moment)
        return happened

    def follow(self, clock: Callable[[], datetime]) -> None:
        """From now on the stand-ins go by this clock."""
        self.hubspot.now = self.twilio.now = clock

    def post(self, record: SourceRecord) -> bool:
        """Puts a mail into the mailboxes that it reaches; gives whether there is one."""
        return bool(self._post.take(record))

    def _all_steps(self, world: World) -> Iterator[Step]:
        last: dict[str, datetime] = {}
        for place, record in enumerate(x for x in world.ordered() if is_told_by_vendor(x, self._post)):
            yield record.at, place, self._step(record)
            last.update({box.name: record.at for box in self._post.reached(record)})
        for box in self.boxes:
            if box.ends:
                # What was sent before its end can still be read.
                yield max(box.ends, last.get(box.name, box.ends) + _MOMENT), 0, partial(self._post.shut, box)

    def _step(self, record: SourceRecord) -> Happens:
        """Lets one thing happen."""
        if record.stream == MAIL:
            return partial(self._post.take, record)
        teller, vendor = (self._phone, "twilio") if record.stream in PHONE else (self._portal, "hubspot")

        def happen() -> frozenset[str]:
            teller.take(record)
            return frozenset({vendor})

        return happen


def is_told_by_vendor(record: SourceRecord, post: Post) -> bool:
    """Whether one of the stand-ins tells this, so that it is not told in another way."""
    if record.stream == "crm":
        return record.fields.get("kind") in TOLD_BY_CRM
    return record.stream in _STREAMS or post.tells(record)


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
    """A world folder of what no stand-in tells: people and lists, forms, usage, what came by signed hooks."""
    shutil.copytree(world, folder)
    whole = World.open(folder)
    addresses = {row["id"] for row in whole.directory().users if row.get("email")}
    post = Post(ImapFake(), whole.directory(), whole.settings.end)
    untold = {x.source_id for x in whole.ordered() if x.stream == MAIL and not post.tells(x)}
    _rewrite_table(folder / "accounts.csv", lambda row: None)
    _rewrite_table(folder / "contacts.csv", lambda row: None)
    _rewrite_table(folder / "coverage.csv", lambda row: None if _is_seen_by_vendor(row, addresses) else row)
    for path in sorted(folder.glob("*.jsonl")):
        if path.stem in _STREAMS:
            path.unlink()
    _keep_lines(folder / "crm.jsonl", lambda row: row["kind"] not in TOLD_BY_CRM)
    _keep_lines(folder / "emails.jsonl", lambda row: row["id"] in untold)
    return folder


def _keep_lines(path: Path, keep: Callable[[dict[str, Any]], bool]) -> None:
    lines = path.read_bytes().splitlines() if path.exists() else []
    _write_lines(path, [row for line in lines if keep(row := orjson.loads(line))])


def _is_seen_by_vendor(row: dict[str, Any], addresses: set[str]) -> bool:
    """A line that nobody ever saw is none of the vendor's: that it is blind is told by the list."""
    told = row["source"] in _SIGHTS or (row["source"] == "email" and (row["line"] or row["user_id"] in addresses))
    return told and row["visible_from"] != row["visible_until"]


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
