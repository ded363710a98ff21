"""A generated sales history, seeded: accounts with look-alike names, two owner changes, and facts planted in texts.

What is planted is told beside it, so that a test knows what memory must give back. `telling` chooses among ways to say
the same, so that one history can be told again in other words.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.ingest.context import IngestContext
from tests.corpus.words import (
    ASKED,
    BUDGET,
    CHAMPION,
    CHATTER,
    DECIDES,
    GONE,
    HOURS,
    NOTED,
    OUR_PROMISE,
    SEATS,
    SETTLED,
    SIGNS,
    THEIR_PROMISE,
    WORRIED,
)
from tools.base import SourceRecord
from tools.world import Directory

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
END = START + timedelta(days=330)
OWNERS = ("u1", "u2", "u3")
HANDED_OVER = (START + timedelta(days=110), START + timedelta(days=220))
CONTEXT = IngestContext(ZoneInfo("Europe/Berlin"), "DE", frozenset({"seller.example"}))
FIRST = ("Dana", "Max", "Petra", "Olaf", "Ruth", "Ivo", "Nina", "Carl", "Edda", "Timo", "Vera", "Hugo")
LAST = ("Cole", "Berg", "Lang", "Sommer", "Reed", "Vogt", "Hale", "Kern", "Moss", "Adler", "Stone", "Falk")
NAMES = ("Harbour Foods", "Harbour Food", "Harbor Foods", "Harbour Foods Group")


@dataclass(frozen=True)
class Planted:
    """A statement that stands from `since` until `until` (for ever where None), and what said so."""

    account_id: str
    slot: str
    value: str
    since: datetime
    until: datetime | None
    source_id: str


@dataclass(frozen=True)
class OpenItem:
    """Something that is open at the end; `mark` is the word by which it is found again."""

    account_id: str
    kind: str
    mark: str


@dataclass
class History:
    """The records in the order in which they became known, the directory, and what is planted in them."""

    directory: Directory
    records: list[SourceRecord] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    open_items: list[OpenItem] = field(default_factory=list)
    canaries: dict[str, str] = field(default_factory=dict)


def generate(accounts: int, seed: int = 1, telling: int = 0) -> History:
    """A history of so many accounts; another `telling` says the same in other words, in other mails."""
    history = History(_directory(accounts))
    for number in range(accounts):
        _Account(number, Random(f"{seed}|{number}"), telling, history).tell()
    history.records.sort(key=lambda x: (x.at, x.source_id))
    return history


def _directory(accounts: int) -> Directory:
    users = [{"id": x, "name": f"Rep {x.upper()}", "email": f"{x}@seller.example", "custom": {}} for x in OWNERS]
    rows: list[dict[str, Any]] = []
    contacts: list[dict[str, Any]] = []
    for number in range(accounts):
        name = f"{NAMES[number % len(NAMES)]} {number // len(NAMES) or ''}".strip()
        rows.append({"id": f"a{number}", "name": name, "domain": f"harbour{number}.example", "custom": {}})
        rows[-1]["owner_id"] = "u1"
        for place in range(6):
            person = f"{FIRST[(number + place) % 12]} {LAST[(number * 5 + place * 7) % 12]}"
            mail = f"c{number}.{place}@harbour{number}.example"
            contacts.append(
                {"id": f"c{number}-{place}", "account_id": f"a{number}", "name": person, "email": mail, "custom": {}}
            )
    return Directory(users=users, accounts=rows, contacts=contacts)


@dataclass
class _Account:
    number: int
    random: Random
    telling: int
    history: History
    count: int = 0

    def tell(self) -> None:
        self.id = f"a{self.number}"
        self.history.canaries[self.id] = f"canary{self.number:04d}x"
        self._handed_over()
        self._roles()
        self._answers()
        self._worries()
        self._open()
        for day in range(5, 320, 9):
            self._mail(day, self.random.randrange(3), self._say(CHATTER, "", self.random.randrange(9)))

    def _say(self, ways: tuple[str, ...], what: str = "", other: int = 0) -> str:
        canary = self.history.canaries[self.id]
        return f"{ways[(self.telling + other) % len(ways)].format(what=what)}\nReference {canary}."

    def _name(self, place: int) -> str:
        found = self.history.directory.contacts[self.number * 6 + place]["name"]
        return str(found)

    def _at(self, day: int) -> datetime:
        return START + timedelta(days=day, minutes=self.number % 60)

    def _put(self, stream: str, source: str, day: int, fields: dict[str, Any]) -> str:
        self.count += 1
        key = f"{stream[:2]}-{self.number}-{self.telling}-{self.count}"
        at = self._at(day)
        record = SourceRecord(source, stream, key, at + timedelta(minutes=2), at, self.id, fields=fields)
        self.history.records.append(record)
        return key

    def _mail(self, day: int, place: int, text: str, ours: bool = False) -> str:
        customer, us = f"c{self.number}.{place}@harbour{self.number}.example", "u1@seller.example"
        fields = {
            "from": us if ours else customer,
            "to": [customer if ours else us],
            "text": text,
            "subject": f"Matter {self.number}-{day}-{place}",
            "direction": "outbound" if ours else "inbound",
        }
        return self._put("emails", "email", day, fields)

    def _note(self, day: int, text: str, user: str = "u1") -> str:
        return self._put("crm", "crm", day, {"kind": "note", "text": text, "user_id": user})

    def _plant(self, slot: str, value: str, day: int, until: int | None, source_id: str) -> None:
        end = self._at(until) if until is not None else None
        self.history.planted.append(Planted(self.id, slot, value, self._at(day), end, source_id))

    def _handed_over(self) -> None:
        for moment, before, after in zip(HANDED_OVER, OWNERS, OWNERS[1:], strict=False):
            told = {"kind": "owner.changed", "from_user_id": before, "to_user_id": after, "role": "owner"}
            self._put("crm", "crm", (moment - START).days, told)

    def _roles(self) -> None:
        """Who decides changes once, by the people themselves; a note of ours stands beside what they say."""
        change = 60 + self.random.randrange(100)
        first = self._mail(10, 0, self._say(DECIDES, self._name(0)))
        second = self._mail(change, 1, self._say(DECIDES, self._name(1), 1))
        self._plant("role.decides", f"c{self.number}-0", 10, change, first)
        self._plant("role.decides", f"c{self.number}-1", change, None, second)
        self._plant("role.signs", f"c{self.number}-1", 20, None, self._note(20, self._say(SIGNS, self._name(1))))
        # A customer's word does not end what one of ours noted: both stay, and the conflict shows.
        self._plant("role.signs", f"c{self.number}-4", 95, None, self._mail(95, 4, self._say(SIGNS, self._name(4), 1)))
        champion = self._note(30, self._say(CHAMPION, self._name(2)))
        self._plant(f"person.c{self.number}-2.champion", "yes", 30, None, champion)
        left = 180 + self.random.randrange(60)
        self._plant(f"person.c{self.number}-2.presence", "left", left, None, self._mail(left, 0, self._gone()))

    def _gone(self) -> str:
        return self._say(GONE, self._name(2), self.number)

    def _answers(self) -> None:
        low, high = 10 + self.number, 20 + self.number
        raised = 140 + self.random.randrange(40)
        first = self._mail(40, 0, self._say(BUDGET, f"{low},000"))
        second = self._mail(raised, 1, self._say(BUDGET, f"{high},000", 1))
        self._plant("answer.budget", f"{low}000 EUR", 40, raised, first)
        self._plant("answer.budget", f"{high}000 EUR", raised, None, second)
        self._plant(
            "answer.seats",
            str(100 + self.number),
            45,
            None,
            self._mail(45, 1, self._say(SEATS, str(100 + self.number))),
        )
        hours = self._mail(50, 0, self._say(HOURS))
        self._plant(f"person.c{self.number}-0.preference.hours", "not before 12:00", 50, None, hours)

    def _worries(self) -> None:
        settled = 120 + self.random.randrange(60)
        opened = self._mail(70, 4, self._say(WORRIED, "price"))
        closed = self._mail(settled, 4, self._say(SETTLED, "price"))
        self._plant("concern.price", "open", 70, settled, opened)
        self._plant("concern.price", "settled", settled, None, closed)
        mark = f"rollout{self.number:03d}"
        still = self._mail(200, 4, self._say(WORRIED, f"security of {mark}", 1))
        self._plant("concern.security", "open", 200, None, still)
        self._open_item("concern", mark)

    def _open(self) -> None:
        """Said to people with whom nobody speaks afterwards; a kept promise of each kind stands beside it."""
        ours, theirs, asked, noted = (f"{kind}{self.number:03d}" for kind in ("sheet", "plan", "asked", "noted"))
        self._mail(300, 3, self._say(OUR_PROMISE, ours), ours=True)
        self._mail(302, 5, self._say(THEIR_PROMISE, theirs))
        self._mail(303, 4, self._say(ASKED, asked))
        self._note(250, self._say(NOTED, noted), "u3")
        for kind, mark in (("ours", ours), ("theirs", theirs), ("question", asked), ("judgement", noted)):
            self._open_item(kind, mark)
        self._mail(80, 3, self._say(OUR_PROMISE, f"old{self.number}"), ours=True)
        self._mail(82, 3, f"Here is the document old{self.number}, as we said.", ours=True)

    def _open_item(self, kind: str, mark: str) -> None:
        self.history.open_items.append(OpenItem(self.id, kind, mark))
