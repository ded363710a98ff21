"""An office with one customer: what happens, the runs of the loop, what people decide and what is then done.

Its clock is moved by the tests; times are told as in the stories of the watchtower.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from pydantic import SecretStr, TypeAdapter
from sqlalchemy import Connection, Engine, insert, text

from agent_runtime import jobs
from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executors
from agent_runtime.actions.recheck import Recheck
from agent_runtime.audit import service as audit
from agent_runtime.errors import TenureError
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox import store
from agent_runtime.inbox.decide import Decided, Deciding, decide, decide_many
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Command
from agent_runtime.ledger import service as ledger
from agent_runtime.ledger.book import Book, InteractionRow
from agent_runtime.loop.propose import Desk, eligible, propose
from agent_runtime.loop.run import look, run_account
from agent_runtime.playbook.bounds import Sending
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.outlook import Outlook
from memory.records import Account, Contact
from memory.timeline import NewActivity, add
from tests.unit.agent_runtime.actions.providers import Provider
from tests.unit.agent_runtime.loop.telling import KIM
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, NUMBER, at, company

KEY = SecretStr("a key of this test")
UNDO = timedelta(seconds=10)
QUESTION = "Hello Anna,\n\nCan you move the door to the north side?\n\nKim"
_COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
_KINDS = ("send_email", "message", "call_card", "task", "brief", "escalate", "reassign")


def command(verb: str, item: ItemRow | None = None, **fields: Any) -> Command:
    """A decision as a client would send it; what is bound to a content names that of `item`."""
    seen = {"draft_version": item.draft_version, "hash": item.content_hash} if item else {}
    return _COMMAND.validate_python({"verb": verb} | seen | fields)


@dataclass
class Office:
    """Account acc of Anna with Kim; Bela is her colleague, Mona their manager."""

    engine: Engine
    company: Company = field(default_factory=company)
    now: datetime = field(default_factory=lambda: at("mon 09:00"))
    provider: Provider = field(default_factory=Provider)
    _count: Any = field(default_factory=lambda: count(1))

    def open(self, owner: str | None = ANNA) -> "Office":
        """Enters the account and its contact."""
        with self.engine.begin() as connection:
            connection.execute(insert(Account), {"id": "acc", "name": "Acme", "owner_id": owner})
            connection.execute(insert(Contact), KIM._asdict() | {"account_id": "acc"})
        return self

    def pass_to(self, when: str | datetime) -> "Office":
        """Time goes on to `when`; what was waited for comes back, and the account is run if it was woken."""
        self.now = max(self.now, at(when) if isinstance(when, str) else when)
        with self.engine.begin() as connection:
            ends = (ledger.due_accounts, inbox.release_due, inbox.wake_snoozed)
            jobs.wake(connection, {x for find in ends for x in find(connection, self.now)})
            woken = jobs.woken(connection)
        if woken:
            self.run()
        return self

    def later(self, **more: float) -> "Office":
        """Time goes on by `more` (as timedelta takes it)."""
        return self.pass_to(self.now + timedelta(**more))

    # -- what happens

    def told(self, kind: str, stream: str, known_at: datetime | None = None, **fields: Any) -> str:
        """Something happened now; gives the activity's id. The account is woken, not run."""
        name = f"s{next(self._count)}"
        activity = NewActivity("world", stream, name, kind, self.now, known_at or self.now, "acc", **fields)
        with self.engine.begin() as connection:
            [added] = add(connection, [activity])
            jobs.post(connection, [("acc", added.activity_id)])
        return added.activity_id

    def asks(self, thread: str = "t1", **more: Any) -> str:
        """Kim asks something by mail."""
        data = {"message_id": f"<{thread}@acme.example>", "thread": thread, "asks": True, "language": "en"}
        return self.told("email", "emails", direction="inbound", contact_id=CUSTOMER, subject=f"Door position {thread}",
                         text=QUESTION, speaker="kim@acme.example", data=data, **more)  # fmt: skip

    def writes(self, **more: Any) -> str:
        """Kim writes something that asks nothing."""
        return self.told("email", "emails", direction="inbound", contact_id=CUSTOMER, subject="Plant",
                         text="Thank you.", speaker="kim@acme.example", data={"thread": "t9"}, **more)  # fmt: skip

    def misses(self, **more: Any) -> str:
        """Kim calls, and nobody answers."""
        data = {"status": "no_answer", "from": NUMBER, "ring_s": 25, "talk_s": 0, "started_at": self.now.isoformat()}
        return self.told("call", "calls", direction="inbound", contact_id=CUSTOMER, data=data | more)

    def task(self, due: str, name: str = "k1", **more: Any) -> str:
        """Anna notes what she will do for Kim."""
        data = {"task_id": name, "due_at": at(due).isoformat()} | more
        return self.told("task.created", "tasks", contact_id=CUSTOMER, user_id=ANNA, caused_by="person",
                         subject="Send the drawing", data=data)  # fmt: skip

    def deal(self, stage: str, deal: str = "d1", **more: Any) -> str:
        """A deal is opened or moves on in the CRM."""
        return self.told("opportunity.stage", "deals", opportunity_id=deal, contact_id=CUSTOMER, user_id=ANNA,
                         caused_by="person", data={"stage": stage, "name": "North door"} | more)  # fmt: skip

    # -- what the agent does

    def run(self) -> "Office":
        """A pass of the account's loop, which proposes whatever may be proposed."""
        run_account(self.engine, self.company, "acc", self.now, KEY)
        desk = Desk(self.engine, self.company, KEY, Outlook(self.company))
        while True:
            with self.engine.connect() as connection:
                found = look(connection, self.company, "acc", self.now)
                assert found is not None
                wanted = eligible(connection, found)
            if not any([propose(desk, found, x) for x in wanted[:1]]):
                return self

    def work(self) -> list[str]:
        """Does what is due to be done; gives the states in which the actions are then."""
        with self.engine.connect() as connection:
            due = actions.due(connection, self.now)
        return [self.execute(x.id) for x in due]

    def execute(self, action_id: str) -> str:
        """The next step of one action."""
        executors = Executors({("", x): self.provider for x in _KINDS}, Sending(), timedelta(seconds=20))
        recheck = Recheck(self.now, self.company.playbook.autonomy)
        return execute(self.engine, action_id, self.now, executors, recheck, self._ended, KEY)

    def _ended(self, connection: Connection, action: ActionRow, state: str, reason: str, now: datetime) -> None:
        audit.append(connection, action.account_id, inbox.hear(connection, action, state, reason, now), install_key=KEY)

    # -- what people decide

    def by(self, user: str = ANNA, undo: timedelta = UNDO) -> Deciding:
        return Deciding(user, "web", self.now, KEY, undo)

    def decide(self, item: ItemRow, given: Command | str, by: str = ANNA, **fields: Any) -> Decided:
        """One decision about `item` as it was when it was read; `given`: a command, or a verb with its `fields`."""
        binds = given in ("approve", "edit")
        wanted = command(given, item if binds else None, **fields) if isinstance(given, str) else given
        with self.engine.begin() as connection:
            return decide(connection, self.company, item.id, wanted, self.by(by))

    def decide_many(
        self, wanted: list[tuple[str, Command]], confirmation: str = "", by: str = ANNA
    ) -> list[Decided | TenureError]:
        with self.engine.begin() as connection:
            return decide_many(connection, self.company, wanted, confirmation, self.by(by))

    # -- what is there then

    def items(self) -> list[ItemRow]:
        """What is before somebody, put off or approved."""
        with self.engine.connect() as connection:
            return inbox.live_items(connection, "acc")

    def item(self, signal: str | None = None) -> ItemRow:
        """The one live item, or the one about `signal`."""
        [found] = [x for x in self.items() if signal in (None, x.signal)]
        return found

    def again(self, item: ItemRow) -> ItemRow:
        """The same item as it stands now."""
        with self.engine.connect() as connection:
            found = store.item(connection, item.id)
        assert found is not None
        return found

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def book(self) -> Book:
        with self.engine.connect() as connection:
            return ledger.load(connection, "acc")

    def interactions(self, kind: str) -> list[InteractionRow]:
        """The interactions of this kind, in the order in which they were opened."""
        return [x for x in self.book().interactions if x.kind == kind]

    def audited(self, prefix: str = "item.") -> list[str]:
        """What the audit tells of items, in order."""
        query = "SELECT event FROM tenure_audit_entry WHERE event LIKE :prefix ORDER BY account_id, seq"
        return [x.event for x in self.rows(query, prefix=f"{prefix}%")]

    def action_states(self) -> list[str]:
        query = "SELECT state FROM tenure_action WHERE decided_by NOT LIKE 'rule:%' ORDER BY decided_at, id"
        return [x.state for x in self.rows(query)]


def asked(engine: Engine, **more: Any) -> Office:
    """Kim asked something on Monday; on Tuesday afternoon the item about it is before Anna."""
    office = Office(engine, **more).open().pass_to("mon 10:00")
    office.asks()
    return office.run().pass_to("tue 16:00")


def pool(engine: Engine) -> Office:
    """A call that belongs to nobody was missed: the item is before the desk, of which nobody is the owner."""
    office = Office(engine, company=replace(company(), fallback_owner="desk")).open(owner=None).pass_to("mon 10:00")
    office.misses()
    return office.run().pass_to("mon 16:00")
