"""Random lives of accounts: what a CRM, mailboxes and phones would tell, late, revised, deleted and out of order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar, parse_hours
from agent_runtime.playbook import default
from agent_runtime.watchtower.company import Company, Person, StageInfo
from agent_runtime.watchtower.sight import Sight
from memory.timeline import Event, NewActivity

BEGINS = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAYS = 60
STAGES = {
    "new": "open", "demo": "open", "proposal": "open",
    "closed_won": "won", "closed_lost": "lost", "unfit": "disqualified",
}  # fmt: skip
USERS = ("u1", "u2", "u3")
CONTACTS = ("c1", "c2")


@dataclass(frozen=True, slots=True)
class Record:
    """One delivery: a record of a source as it is known from `known_at` on; a later one of the same id revises it."""

    source_id: str
    kind: str
    occurred_at: datetime
    known_at: datetime
    direction: str | None = None
    contact_id: str | None = None
    user_id: str | None = None
    opportunity_id: str | None = None
    caused_by: str = "none"
    data: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    deleted: bool = False

    @property
    def source(self) -> str:
        return {"email": "email", "call": "phone", "message": "messages", "meeting": "calendar"}.get(self.kind, "crm")

    def event(self, account_id: str) -> Event:
        """As rules read it."""
        name = f"act_{self.source_id}_{self.revision}"
        return Event(
            name, account_id, self.source, self.kind, self.source_id, self.kind, self.direction, self.occurred_at,
            self.known_at, self.contact_id, self.user_id, self.opportunity_id, self.caused_by, None, self.data,
        )  # fmt: skip

    def activity(self, account_id: str) -> NewActivity:
        """As the timeline's door takes it."""
        return NewActivity(
            self.source, self.kind, f"{account_id}-{self.source_id}", self.kind, self.occurred_at, self.known_at,
            account_id, self.direction, self.contact_id, self.user_id, self.opportunity_id, self.caused_by,
            deleted=self.deleted, data=self.data,
        )  # fmt: skip


def company() -> Company:
    """Three people with a manager, the default playbook, open hours on weekdays, sources that see everything."""
    people = {x: Person(x, x, team="t", manager_id="boss") for x in USERS} | {"boss": Person("boss", "Boss")}
    stages = {x: StageInfo(category, n, None, 5.0) for n, (x, category) in enumerate(STAGES.items())}
    calendar = BusinessCalendar(ZoneInfo("Europe/Berlin"), parse_hours("Mon-Fri 09:00-17:00"))
    return Company(default(), calendar, people, stages, Sight([]), "boss", "boss")


def life(chance: Random, length: int, *, deletions: bool, revisions: bool) -> list[Record]:
    """`length` records and what becomes of them, in the order in which they become known."""
    records = [record for number in range(length) for record in _record(chance, number)]
    for record in list(records):
        if revisions and chance.random() < 0.15:
            records.append(_revised(chance, record))
        if deletions and chance.random() < 0.15:
            later = max(x.known_at for x in records if x.source_id == record.source_id)
            records.append(replace(record, known_at=_late(chance, later), revision=9, deleted=True))
    return sorted(records, key=lambda x: (x.known_at, x.source_id, x.revision))


def current(records: list[Record], account_id: str) -> list[Event]:
    """What is known after `records`, as the timeline gives it."""
    last = {x.source_id: x for x in records}
    events = (x.event(account_id) for x in last.values() if not x.deleted)
    return sorted(events, key=lambda x: (x.occurred_at, x.stream, x.source_id))


def _revised(chance: Random, record: Record) -> Record:
    moved = record.occurred_at + timedelta(hours=chance.choice((-30, -1, 0, 1, 30)))
    other = next(_record(chance, 0, record.source_id.rstrip("0123456789")))
    data = other.data if record.kind.startswith(("opportunity", "lead.status", "email")) else record.data
    kept = {x: record.data[x] for x in ("thread", "lead_id", "task_id") if x in record.data}
    known_at = _late(chance, max(record.known_at, moved))
    return replace(record, occurred_at=moved, known_at=known_at, revision=1, data=data | kept)


def _late(chance: Random, at: datetime) -> datetime:
    return at + timedelta(minutes=chance.choice((0, 1, 1, 90, 60 * 30, 60 * 24 * 9)))


def _record(chance: Random, number: int, kind: str | None = None) -> Iterator[Record]:
    kind = kind or chance.choice(list(_KINDS))
    at = BEGINS + timedelta(hours=chance.randrange(DAYS * 24))
    fields = _KINDS[kind](chance, at)
    if fields["kind"] == "task.created":
        fields["data"]["task_id"] = f"task{number}"
    if fields["kind"] == "lead.created":
        fields["data"]["lead_id"] = f"lead{number % 2}"
    yield Record(f"{kind}{number}", occurred_at=at, known_at=_late(chance, at), **fields)


def _lead(chance: Random, at: datetime) -> dict[str, Any]:
    return {"kind": "lead.created", "contact_id": chance.choice(CONTACTS), "data": {"lead_type": "inbound_demo"}}


def _lead_status(chance: Random, at: datetime) -> dict[str, Any]:
    status = chance.choice(("qualified", "disqualified", "nurturing", "nurturing", "unresponsive", "working"))
    until = chance.choice((None, (at + timedelta(days=chance.randrange(1, 20))).isoformat()))
    lead = f"lead{chance.randrange(2)}"
    return {"kind": "lead.status", "user_id": "u1", "data": {"lead_id": lead, "status": status, "until": until}}


def _stage(chance: Random, at: datetime) -> dict[str, Any]:
    close = (at + timedelta(days=chance.randrange(-9, 60))).date().isoformat()
    data = {"stage": chance.choice(list(STAGES)), "close_date": chance.choice((None, close)), "amount": 1000}
    user = chance.choice(USERS)
    return {"kind": "opportunity.stage", "opportunity_id": _deal(chance), "user_id": user, "caused_by": "person",
            "data": data}  # fmt: skip


def _proposal(chance: Random, at: datetime) -> dict[str, Any]:
    status = chance.choice(("created", "created", "accepted", "declined"))
    return {"kind": "opportunity.proposal", "opportunity_id": _deal(chance), "data": {"status": status}}


def _mail_in(chance: Random, at: datetime) -> dict[str, Any]:
    contact = chance.choice((*CONTACTS, None))
    data = {"asks": chance.random() < 0.7, "thread": f"t{chance.randrange(3)}", "from": f"{contact}@x.test"}
    return {"kind": "email", "direction": "inbound", "contact_id": contact, "opportunity_id": _any_deal(chance),
            "data": data}  # fmt: skip


def _mail_out(chance: Random, at: datetime) -> dict[str, Any]:
    due = (at + timedelta(days=chance.randrange(1, 9))).isoformat()
    promises = [{"quote": "I will send it", "due_at": due, "what": "send"}] if chance.random() < 0.3 else []
    data = {
        "thread": f"t{chance.randrange(3)}",
        "holding": chance.random() < 0.2,
        "promises": promises,
        "event": chance.choice((None, None, "proposal_sent")),
        "to": ["c@x.test"],
    }
    return {"kind": "email", "direction": "outbound", "contact_id": chance.choice((*CONTACTS, None)),
            "user_id": chance.choice(USERS), "opportunity_id": _any_deal(chance), "caused_by": "person",
            "data": data}  # fmt: skip


def _call(chance: Random, at: datetime) -> dict[str, Any]:
    inbound, contact = chance.random() < 0.6, chance.choice(CONTACTS)
    number = {"c1": "+493011111", "c2": "+493022222"}[contact]
    ours = "+493099999"
    status = chance.choice(("completed", "no_answer", "abandoned"))
    talk = chance.randrange(20, 300) if status == "completed" else 0
    data = {"status": status, "from": number if inbound else ours, "to": ours if inbound else number,
            "ring_s": chance.choice((1.0, 20.0)), "talk_s": talk}  # fmt: skip
    if status == "completed":
        data["answered_by"] = "person"
    return {"kind": "call", "direction": "inbound" if inbound else "outbound", "contact_id": contact,
            "user_id": "u1" if talk else None, "caused_by": "none" if inbound else "person", "data": data}  # fmt: skip


def _task(chance: Random, at: datetime) -> dict[str, Any]:
    due = chance.choice((None, (at + timedelta(days=chance.randrange(1, 9))).isoformat()))
    return {"kind": "task.created", "user_id": "u2", "contact_id": "c1", "opportunity_id": _any_deal(chance),
            "caused_by": "person", "data": {"due_at": due, "channel": "call"}}  # fmt: skip


def _task_done(chance: Random, at: datetime) -> dict[str, Any]:
    data = {"task_id": f"task{chance.randrange(12)}"}
    return {"kind": "task.completed", "user_id": "u2", "caused_by": "person", "data": data}


def _meeting(chance: Random, at: datetime) -> dict[str, Any]:
    status = chance.choice(("held", "canceled", "scheduled"))
    data = {"status": status, "starts_at": at.isoformat(), "ends_at": at.isoformat()}
    return {"kind": "meeting", "contact_id": chance.choice(CONTACTS), "user_id": "u3",
            "opportunity_id": _any_deal(chance), "data": data}  # fmt: skip


def _deal(chance: Random) -> str:
    return f"opp{chance.choice((0, 0, 1))}"


def _any_deal(chance: Random) -> str | None:
    return chance.choice((None, "opp0", "opp1"))


_KINDS: dict[str, Callable[[Random, datetime], dict[str, Any]]] = {
    "lead": _lead, "lead.status": _lead_status, "opportunity.stage": _stage, "opportunity.again": _stage,
    "opportunity.proposal": _proposal, "email.in": _mail_in, "email.out": _mail_out, "call": _call, "call.more": _call,
    "task": _task, "task.done": _task_done, "meeting": _meeting,
}  # fmt: skip
