"""Writes a phone history as records of a world folder, and beside it what is true of each inbound call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Record = dict[str, Any]
ZONE = ZoneInfo("Europe/Berlin")
OPENS = ((time(8, 30), time(12, 15)), (time(13, 0), time(17, 30)))
HOLIDAYS = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1))
START, END = datetime(2026, 2, 23, tzinfo=ZONE), datetime(2026, 5, 18, tzinfo=ZONE)
LINE, INTAKE = "+493090180100", "+493090180900"
USERS = {"u1": "+493090180111", "u2": "+493090180112", "u3": "+493090180113"}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """Somebody who may call: `account_id` None where the CRM has put them to none, `contact_id` None for a stranger."""

    account_id: str | None
    contact_id: str | None
    numbers: tuple[str, ...]
    email: str


@dataclass(frozen=True)
class Truth:
    """What is true of one inbound call; `by` is the record that resolved it, latencies are seconds."""

    kind: str
    missed: bool
    resolution: str
    account_id: str | None
    need_id: str | None = None
    by: str | None = None
    latency_s: float | None = None
    business_latency_s: float | None = None


@dataclass
class History:
    """The records by file, the directory, and the truth by call id."""

    rng: Random
    files: dict[str, list[Record]] = field(default_factory=lambda: {"calls": [], "emails": [], "messages": []})
    accounts: list[Record] = field(default_factory=list)
    contacts: list[Record] = field(default_factory=list)
    truth: dict[str, Truth] = field(default_factory=dict)
    kind: str = ""
    _count: int = 0

    def person(self, numbers: int = 1, *, account: str | None = "", listed: bool = True) -> Person:
        """A new person: of a new account, of the named one, or (None) of none; a stranger where not `listed`."""
        self._count += 1
        n = self._count
        phones = tuple(f"+49{151 + place}{5550000 + n:08d}" for place in range(numbers))
        if not listed:
            return Person(None, None, phones, f"stranger{n}@post.example")
        where = self.account() if account == "" else account
        found = Person(where, f"c{n}", phones, f"p{n}@{where or f'private{n}'}.example")
        self.contacts.append({"id": found.contact_id, "account_id": where or "", "name": f"Person {n}",
                              "phone": ";".join(phones), "email": found.email})  # fmt: skip
        return found

    def account(self, phone: str = "") -> str:
        """A new account, with a main line where `phone` is given."""
        name = f"a{len(self.accounts) + 1}"
        self.accounts.append({"id": name, "name": f"Firm {name}", "domain": f"{name}.example", "country": "DE",
                              "owner_id": "u1", "phone": phone})  # fmt: skip
        return name

    def share(self, number: str, *people: Person) -> None:
        """Gives one more number to each of them."""
        for row in self.contacts:
            if row["id"] in {one.contact_id for one in people}:
                row["phone"] = f"{row['phone']};{number}"

    def number(self) -> str:
        """A number that is nobody's yet."""
        self._count += 1
        return f"+49301{7000000 + self._count}"

    def call(self, at: datetime, direction: str = "inbound", **fields: Any) -> str:
        """Adds a record of a call that rang twenty seconds in vain, unless `fields` say otherwise; gives its id.

        `caller`: its from; `known`: its at, by default when it was over.
        """
        known = fields.pop("known", None)
        if "caller" in fields:
            fields["from"] = fields.pop("caller")
        name = str(fields.pop("id", f"k{len(self.files['calls']) + 1}"))
        usual = {"direction": direction, "status": "no_answer", "ring_s": 20, "talk_s": 0, "queue": "sales"}
        ends = {"from": None, "to": LINE} if direction == "inbound" else {"from": LINE, "to": None}
        rung: Record = {"user_id": "u1"} | ends | usual | fields
        after = at + timedelta(seconds=(rung["ring_s"] or 0) + (rung["talk_s"] or 0))
        row = {"id": name, "at": (known or after).isoformat(), "started_at": at.isoformat(), **rung}
        self.files["calls"].append(row)
        return name

    def answered(self, at: datetime, direction: str = "inbound", **fields: Any) -> str:
        """The same, and a person answered."""
        talked = {"status": "completed", "talk_s": self.rng.randint(20, 600), "answered_by": "person"}
        return self.call(at, direction, **(talked | fields))

    def write(self, at: datetime, to: str, **fields: Any) -> str:
        """A mail of ours."""
        name = f"m{len(self.files['emails']) + 1}"
        if "sender" in fields:
            fields["from"] = fields.pop("sender")
        row = {"id": name, "at": at.isoformat(), "direction": "outbound", "from": "u1@seller.example", "to": [to],
               "cc": [], "subject": "Your call", "text": "Here is what you asked for.", "user_id": "u1",
               "message_id": f"<{name}@seller.example>"} | fields  # fmt: skip
        self.files["emails"].append(row)
        return name

    def text(self, at: datetime, to: str, channel: str = "sms") -> str:
        """A text or chat message of ours."""
        name = f"t{len(self.files['messages']) + 1}"
        self.files["messages"].append({"id": name, "at": at.isoformat(), "channel": channel, "direction": "outbound",
                                       "from": LINE, "to": to, "text": "It is done.", "user_id": "u2"})  # fmt: skip
        return name

    def ends(
        self, calls: Mapping[str, datetime], resolution: str, who: Person | None,
        by: tuple[str, datetime] | None = None,
    ) -> None:  # fmt: skip
        """These misses (id → start) are one need and end so; `by`: what resolved it, and when it began."""
        first = min(calls, key=lambda call: calls[call])
        nobody = resolution in ("unlinkable", "ambiguous")
        for call, at in calls.items():
            self.truth[call] = Truth(
                self.kind, True, resolution, None if nobody or who is None else who.account_id, first,
                by[0] if by else None,
                (by[1] - at).total_seconds() if by else None,
                open_seconds(at, by[1]) if by else None,
            )  # fmt: skip

    def not_missed(self, call: str, who: Person | None) -> None:
        """This call was answered."""
        self.truth[call] = Truth(self.kind, False, "not_missed", who.account_id if who else None)


def open_seconds(start: datetime, end: datetime) -> float:
    """Opening time between two moments, counted minute by minute: slow, and nothing to get wrong."""
    total, moment = 0.0, start.astimezone(UTC)
    while moment < end:
        step = min(_MINUTE - timedelta(seconds=moment.second), end.astimezone(UTC) - moment)
        if is_open(moment):
            total += step.total_seconds()
        moment += step
    return total


def is_open(moment: datetime) -> bool:
    """Whether the company is open, by its plain hours and holidays."""
    local = moment.astimezone(ZONE)
    if local.weekday() > 4 or local.date() in HOLIDAYS:
        return False
    return any(opens <= local.time() < closes for opens, closes in OPENS)


def write_world(history: History, folder: Path) -> Path:
    """Writes the folder that a replay reads; the records in an order that says nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    hours = ", ".join(f"Mon-Fri {opens:%H:%M}-{closes:%H:%M}" for opens, closes in OPENS)
    days = ", ".join(f'"{day}"' for day in HOLIDAYS)
    head = {
        "title": '"Constructed calls"', "start": f'"{START.isoformat()}"', "end": f'"{END.isoformat()}"',
        "timezone": '"Europe/Berlin"', "currency": '"EUR"', "default_region": '"DE"', "business_hours": f'"{hours}"',
        "holidays": f"[{days}]", "own_domains": '["seller.example"]', "intake": f'["{INTAKE}"]',
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in head.items()]
    (folder / "world.toml").write_text("\n".join([*lines, "[fallback]", 'owner = "pool"', 'manager = "u3"', ""]))
    users = [{"id": name, "name": f"User {name}", "email": f"{name}@seller.example", "role": "rep", "phone": phone}
             for name, phone in USERS.items()]  # fmt: skip
    for stem, rows in (("users", users), ("accounts", history.accounts), ("contacts", history.contacts)):
        _table(folder / f"{stem}.csv", rows)
    for stem, rows in history.files.items():
        shuffled = history.rng.sample(rows, len(rows))
        (folder / f"{stem}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in shuffled))
    return folder


def _table(path: Path, rows: Sequence[Record]) -> None:
    names = list(rows[0])
    lines = [",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
