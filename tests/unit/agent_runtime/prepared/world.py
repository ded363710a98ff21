"""A customer with a meeting ahead and a contract that ends, told into a database, for the tests of prepared work."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert

from agent_runtime.permissions import agent_scope
from agent_runtime.prepared.artefact import Prepared
from agent_runtime.prepared.service import Kind, compose
from memory.facts import Statement, record
from memory.records import Account, Contact
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.watchtower.detector_cases import Told
from tests.unit.agent_runtime.watchtower.story import ANNA, at

BOSS, KIM = "c-boss", "c-kim"
MAILS = {BOSS: "vera@acme.example", KIM: "kim@acme.example"}
COMPANY = Told().company


@dataclass
class Customer:
    """One account in a database; what is told goes through the timeline's own door."""

    connection: Connection
    account_id: str = "acc"
    _count: Any = field(default_factory=lambda: count(1))

    def begins(self, name: str = "Acme") -> "Customer":
        self.connection.execute(
            insert(Account), {"id": self.account_id, "name": name, "owner_id": ANNA, "segment": "strategic"}
        )
        people = ((BOSS, "Vera Holm", "Managing Director"), (KIM, "Kim Sorel", "Engineer"))
        for key, person, title in people:
            row = {"id": f"{key}", "account_id": self.account_id, "name": person, "title": title, "email": MAILS[key]}
            self.connection.execute(insert(Contact), row | {"role": "", "status": "active"})
        return self

    def tell(self, when: str | datetime, kind: str, stream: str = "crm", **fields: Any) -> NewActivity:
        moment = at(when) if isinstance(when, str) else when
        columns = {
            name: fields.pop(name) for name in ("direction", "contact_id", "user_id", "opportunity_id", "subject",
                                                "text", "caused_by") if name in fields
        }  # fmt: skip
        key = fields.pop("key", f"{self.account_id}-{next(self._count)}")
        told = NewActivity(stream, stream, key, kind, moment, moment, self.account_id, data=fields, **columns)
        add(self.connection, [told])
        return told

    def meets(self, made: str = "mon 10:00", starts: str = "fri 10:00", **more: Any) -> NewActivity:
        told = {"key": "m1", "subject": "Steering meeting", "status": "scheduled", "contact_id": BOSS,
                "attendees": [MAILS[BOSS], "anna@ours.example", "new@acme.example"]}  # fmt: skip
        return self.tell(made, "meeting", "meetings", **{**told, "starts_at": at(starts).isoformat(), **more})

    def writes(self, when: str, text: str, **more: Any) -> NewActivity:
        told = {"direction": "inbound", "contact_id": KIM, "subject": "Plant", "thread": "t1", "asks": False}
        return self.tell(when, "email", "emails", **{**told, "text": text, **more})

    def mails(self, when: str, text: str, **more: Any) -> NewActivity:
        told = {"direction": "outbound", "contact_id": KIM, "user_id": ANNA, "caused_by": "person", "thread": "t1"}
        return self.tell(when, "email", "emails", **{**told, "subject": "Plant", "text": text, **more})

    def worries(self, when: str, text: str, topic: str = "price") -> NewActivity:
        """They say what worries them, and memory keeps it as a fact with its words."""
        told = self.writes(when, text)
        self.states(told, f"concern.{topic}", "open", (0, len(text)))
        return told

    def states(self, by: NewActivity, slot: str, value: str, span: tuple[int, int] | None = None) -> None:
        (added,) = add(self.connection, [by])
        said = Statement(self.account_id, slot, value, "external", by.occurred_at, by.known_at, added.activity_id,
                         by.source_id, span)  # fmt: skip
        record(self.connection, [said])

    def prepared(self, kind: Kind, now: str, language: str = "en", about: str = "") -> Prepared | None:
        scope = agent_scope(self.account_id)
        return compose(self.connection, scope, COMPANY, at(now), kind, language=language, about=about)


def texts(prepared: Prepared, key: str) -> list[str]:
    """The lines of one section."""
    return [line.text for part in prepared.sections if part.key == key for line in part.lines]


def told_in_full(customer: Customer) -> None:
    """A deal, a talk, promises on both sides, a rival, a worry, answers, and a meeting with one who decides."""
    customer.tell("mon 08:00", "opportunity.stage", opportunity_id="d1", user_id=ANNA, caused_by="person",
                  stage="offer", name="Press line", amount=48000, currency="EUR", close_date="2026-04-30")  # fmt: skip
    talk = {"status": "completed", "talk_s": 300, "contact_id": KIM, "user_id": ANNA, "caused_by": "person"}
    customer.tell("mon 09:00", "call", "calls", direction="outbound", **talk)
    customer.meets()
    customer.worries("mon 11:00", "The yearly price is too high for us.")
    rival = "We also have an offer from Northpress."
    customer.writes("mon 12:00", rival, mentions=[{"kind": "competitor", "quote": rival}])
    customer.mails("mon 13:00", "I will send you the layout by Thursday.", promises=[
        {"quote": "I will send you the layout by Thursday.", "what": "layout", "due_at": at("thu 17:00").isoformat()}
    ])  # fmt: skip
    theirs = {"quote": "I will send you the drawings by Wednesday.", "what": "the drawings",
              "due_at": at("wed 17:00").isoformat()}  # fmt: skip
    customer.writes("mon 14:00", "I will send you the drawings by Wednesday.", their_promises=[theirs])
    budget = customer.writes("mon 15:00", "Our budget is 50,000 euros.")
    customer.states(budget, "answer.budget", "50,000 euros", (0, 27))
    customer.states(budget, "role.decides", BOSS)
