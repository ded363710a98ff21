"""Constructed cases for each detector: what it must see, its near-misses, what holds it, and blindness."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from agent_runtime.ledger.book import Book
from agent_runtime.watchtower.evaluate import evaluate
from agent_runtime.watchtower.view import View
from memory.people import ContactRow
from memory.timeline import Event
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, COLLEAGUE, CUSTOMER, Story, at, company, seen

Seen = Literal["breach", "quiet", "unseen"]
MAIL = f"{CUSTOMER}@acme.example"
BOSS = "c-boss"


@dataclass
class Told(Story):
    """A story with the people of the account; every rule is switched on."""

    contacts: Sequence[ContactRow] = ()

    def __post_init__(self) -> None:
        rules = self.company.playbook.rules
        on = rules.model_copy(update={x: y.model_copy(update={"enabled": True}) for x, y in rules})
        self.company = replace(self.company, playbook=self.company.playbook.model_copy(update={"rules": on}))

    def view(self, now: str) -> View:
        known = sorted((x for x in self.events if x.known_at <= at(now)),
                       key=lambda x: (x.occurred_at, x.stream, x.source_id))  # fmt: skip
        return View(self.account, known, self.company, at(now), self.contacts)

    def meets(self, made: str, starts: str, status: str = "scheduled", **more: Any) -> Event:
        told = {"starts_at": at(starts).isoformat(), "status": status, "contact_id": CUSTOMER, "subject": "Site visit"}
        return self.add(made, "meeting", "meetings", **{**told, **more})

    def mentions(self, when: str, kind: str, inbound: bool = True, **more: Any) -> Event:
        due = more.pop("due", None)
        said = {"kind": kind, "quote": "…"} | ({"due_at": at(due).isoformat()} if due else {})
        tell = self.writes if inbound else self.mails
        return tell(when, mentions=[said], **more)

    def sums_up(self, when: str, due: str | None = None, **more: Any) -> Event:
        """A call of which a machine wrote that we do something next."""
        step = {"kind": "summary_step", "quote": "…"} | ({"due_at": at(due).isoformat()} if due else {})
        return self.calls(when, mentions=[step], **more)

    def changes(self, when: str, status: str, who: str = CUSTOMER, **more: Any) -> Event:
        return self.crm(when, "contact.changed", None, contact_id=who, status=status, **more)

    def field(self, when: str, name: str, to: object, thing: str = "account", **more: Any) -> Event:
        return self.crm(when, "field.changed", None, object=thing, field=name, to=to, **more)

    def task(self, when: str, due: str | None = None, task: str = "t9", **more: Any) -> Event:
        told = {"due_at": at(due).isoformat() if due else None, "user_id": ANNA, "caused_by": "person", **more}
        return self.crm(when, "task.created", more.pop("deal", None), task_id=task, **told)

    def uses(self, *values: float, metric: str = "logins", first: int = 2025 * 12 + 9) -> None:
        """Monthly figures from November 2025 on, each known on the second of the month after it."""
        for place, value in enumerate(values):
            months = [divmod(first + place + more + 1, 12) for more in (0, 1)]
            begun, told = (datetime(year, month + 1, 1 + later, 8, tzinfo=at("mon").tzinfo)
                           for later, (year, month) in enumerate(months))  # fmt: skip
            self.add(begun, "usage", "usage", metric=metric, value=value, period="month", known_at=told)

    def renews(self, when: str | datetime, ends: str, **more: Any) -> Event:
        return self.add(when, "renewal", renewal_date=ends, **more)

    def outcome(self, rule: str, now: str) -> Seen:
        """What the rule makes of it: a breach that stands, an absence that could not be seen, or nothing."""
        book = Book("acc")
        evaluate(self.view(now), book)
        if any(x.rule == rule and x.retracted_at is None for x in book.breaches.values()):
            return "breach"
        states = {x.state for rows in book.expectations.values() for x in rows if x.rule == rule}
        return "unseen" if "unverified" in states else "quiet"


@dataclass(frozen=True)
class Case:
    """One story and what a rule must make of it at `now`."""

    rule: str
    name: str
    tell: Callable[[Told], object]
    now: str
    seen: Seen
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.rule}: {self.name}"

    def told(self) -> Told:
        story = Told(**self.about)
        self.tell(story)
        return story


def person(who: str, title: str = "", role: str = "") -> ContactRow:
    """A row of the directory."""
    return ContactRow(who, who, title, role, f"{who}@acme.example", None, None, None, "active", None)


def then(*tellings: Callable[[Told], object]) -> Callable[[Told], object]:
    """Several tellings as one."""

    def tell(story: Told) -> None:
        for telling in tellings:
            telling(story)

    return tell


def blind(source: str = "email", until: str = "wed 00:00") -> dict[str, Any]:
    """A company whose source stopped being seen."""
    return {"company": company(seen(source, "", "mon 00:00", until))}


def distrusting() -> dict[str, Any]:
    """A company whose calls' labels drift."""
    return {"company": replace(company(), distrusted=frozenset({"labels"}))}


def cases(
    rule: str, now: str, base: Callable[[Told], object], rows: Iterator[tuple[Any, ...]] | Sequence[tuple[Any, ...]]
) -> list[Case]:
    """The cases of one rule: (name, what else happens, what is seen, [about the company], [another now])."""
    found = []
    for name, more, expected, *rest in rows:
        about = next((x for x in rest if isinstance(x, dict)), {})
        moment = next((x for x in rest if isinstance(x, str)), now)
        found.append(Case(rule, name, then(base, more), moment, expected, about))
    return found


def nothing(_: Told) -> None:
    """Nothing else happens."""


__all__ = ["ANNA", "BELA", "BOSS", "COLLEAGUE", "CUSTOMER", "MAIL", "Case", "Told", "blind", "cases", "distrusting",
           "nothing", "person", "seen", "then"]  # fmt: skip
