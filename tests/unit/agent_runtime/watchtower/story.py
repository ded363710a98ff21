"""A small company and what happens with one of its customers, for the tests of rules, sight and ownership.

All times are told as days and hours of a week in March: `at("tue 10:00")` is Tuesday 10 March 2026 in Berlin,
`at("mon2 09:00")` the Monday after.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar, parse_hours
from agent_runtime.ledger.book import Begun, Expected
from agent_runtime.ledger.book import Book as Ledger
from agent_runtime.playbook import Playbook, load
from agent_runtime.watchtower.company import Company, Person, StageInfo
from agent_runtime.watchtower.evaluate import evaluate, stated
from agent_runtime.watchtower.sight import Sight, Stretch
from agent_runtime.watchtower.view import AccountInfo, View
from memory.timeline import Event

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 9, tzinfo=BERLIN)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANNA, BELA, MANAGER = "anna", "bela", "mona"
CUSTOMER, COLLEAGUE = "c-kim", "c-lou"
NUMBER = "+4930111222"


def at(text: str) -> datetime:
    """A moment in UTC: weekday (with the number of its week, if not the first) and local time."""
    day, _, clock = text.partition(" ")
    week = int(day[3:] or 1) - 1
    hour, _, minute = (clock or "09:00").partition(":")
    moment = MONDAY + timedelta(days=DAYS.index(day[:3]) + 7 * week)
    return moment.replace(hour=int(hour), minute=int(minute)).astimezone(UTC)


@cache
def playbook() -> Playbook:
    return load("b2b_sales")


def company(*stretches: Stretch, lines: dict[str, str] | None = None, people: Iterable[Person] = ()) -> Company:
    """Two sellers of one team and their manager; open 09:00 to 17:00 on working days, in Berlin."""
    staff = tuple(people) or (
        Person(ANNA, "Anna", "anna@ours.example", "rep", MANAGER, "north"),
        Person(BELA, "Bela", "bela@ours.example", "rep", MANAGER, "north"),
        Person(MANAGER, "Mona", "mona@ours.example", "manager"),
    )
    stages = {
        "new": StageInfo("open", 0, 0.2, 4),
        "offer": StageInfo("open", 1, 0.5, 10),
        "won": StageInfo("won", 2, 1.0, None),
        "lost": StageInfo("lost", 3, 0.0, None),
        "unfit": StageInfo("disqualified", 4, 0.0, None),
    }
    return Company(
        playbook=playbook(),
        calendar=BusinessCalendar(BERLIN, parse_hours("Mon-Fri 09:00-17:00")),
        people={x.id: x for x in staff},
        stages=stages,
        sight=Sight(stretches, lines),
        fallback_owner=BELA,
        manager=MANAGER,
    )


@dataclass
class Story:
    """What happened, told in any order; `begun(now)` is what the rules make of it."""

    company: Company = field(default_factory=company)
    account: AccountInfo = field(default_factory=lambda: AccountInfo("acc", "Acme", owner_id=ANNA))
    events: list[Event] = field(default_factory=list)
    _count: Any = field(default_factory=lambda: count(1))

    def add(self, when: str | datetime, kind: str, stream: str = "crm", **fields: Any) -> Event:
        moment = at(when) if isinstance(when, str) else when
        number = next(self._count)
        columns = {
            name: fields.pop(name, None) for name in ("direction", "contact_id", "user_id", "opportunity_id", "subject")
        }
        caused = fields.pop("caused_by", "none")
        known = fields.pop("known_at", moment)
        event = Event(
            id=f"act_{number}", account_id="acc", source=stream, stream=stream, source_id=f"s{number}", kind=kind,
            occurred_at=moment, known_at=known, caused_by=caused, data=fields, **columns,
        )  # fmt: skip
        self.events.append(event)
        return event

    # -- the customer

    def asks(self, when: str, who: str | None = CUSTOMER, thread: str = "t1", **more: Any) -> Event:
        return self.add(when, "email", "emails", direction="inbound", contact_id=who,
                        **{"thread": thread, "asks": True, "subject": "Plant", **more})  # fmt: skip

    def writes(self, when: str, who: str | None = CUSTOMER, thread: str = "t1", **more: Any) -> Event:
        return self.asks(when, who, thread, **{"asks": False, **more})

    def misses(self, when: str, who: str | None = CUSTOMER, **more: Any) -> Event:
        told = {"status": "no_answer", "from": NUMBER, "ring_s": 25, "talk_s": 0, **more}
        return self.add(when, "call", "calls", direction="inbound", contact_id=who, **told)

    # -- us

    def mails(self, when: str, who: str | None = CUSTOMER, thread: str = "t1", user: str = ANNA, **more: Any) -> Event:
        told = {"thread": thread, "subject": "Plant", "caused_by": "person", **more}
        return self.add(when, "email", "emails", direction="outbound", contact_id=who, user_id=user, **told)

    def calls(self, when: str, who: str | None = CUSTOMER, user: str = ANNA, talk: int = 90, **more: Any) -> Event:
        told = {
            "status": "completed" if talk else "no_answer", "talk_s": talk, "ring_s": 9, "to": NUMBER,
            "answered_by": "person" if talk else None, "caused_by": "person", **more,
        }  # fmt: skip
        return self.add(when, "call", "calls", direction="outbound", contact_id=who, user_id=user, **told)

    def deal(self, when: str, stage: str, user: str | None = ANNA, deal: str = "d1", **more: Any) -> Event:
        caused = "person" if user else "none"
        told = {"opportunity_id": deal, "user_id": user, "caused_by": caused, "stage": stage, **more}
        return self.add(when, "opportunity.stage", **told)

    def crm(self, when: str, kind: str, deal: str | None = "d1", **more: Any) -> Event:
        return self.add(when, kind, opportunity_id=deal, **more)

    # -- what is made of it

    def view(self, now: str) -> View:
        known = [x for x in self.events if x.known_at <= at(now)]
        known.sort(key=lambda x: (x.occurred_at, x.stream, x.source_id))
        return View(self.account, known, self.company, at(now))

    def begun(self, now: str, kind: str) -> list[Begun]:
        """What of this kind the rules state at `now`, the oldest first."""
        return sorted((x for x in stated(self.view(now)) if x.kind == kind), key=lambda x: x.opened_at)

    def expected(self, now: str, rule: str) -> list[Expected]:
        """Everything that the rule expects, the oldest first."""
        every = [y for x in stated(self.view(now)) for y in x.expected if y.rule == rule]
        return sorted(every, key=lambda x: (x.opened_at, x.key))

    def ledger(self, *moments: str) -> Ledger:
        """The ledger after it was looked at in these moments, in order."""
        book = Ledger("acc")
        for moment in moments:
            evaluate(self.view(moment), book)
        return book

    def breaches(self, rule: str, *moments: str) -> list[datetime]:
        """The due times of the rule's breaches that stand after these moments."""
        book = self.ledger(*moments)
        return sorted(x.due_at for x in book.breaches.values() if x.rule == rule and x.retracted_at is None)

    def states(self, rule: str, *moments: str) -> list[str]:
        """The states of the rule's expectations after these moments."""
        book = self.ledger(*moments)
        return [x.state for rows in book.expectations.values() for x in rows if x.rule == rule and x.key != "review"]

    def seen(self, *stretches: Stretch, lines: dict[str, str] | None = None) -> "Story":
        """The same story, of which not all could be seen."""
        return replace(self, company=replace(self.company, sight=Sight(stretches, lines)))


def seen(source: str, holder: str, begins: str, ends: str, known: str | None = None) -> Stretch:
    """A stretch of coverage."""
    return Stretch(source, holder, at(begins), at(ends), at(known or begins))


Telling = Callable[[Story], object]


def told(*tellings: Telling, **more: Any) -> Story:
    """The story of these tellings."""
    story = Story(**more)
    for telling in tellings:
        telling(story)
    return story
