"""One account with its people, and a desk that executes its actions at a time that a test moves."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, text

from agent_runtime.actions import service
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.execute import execute
from agent_runtime.actions.executors import Executor, Executors
from agent_runtime.actions.recheck import Recheck
from agent_runtime.permissions import agent_scope
from agent_runtime.playbook.bounds import Sending
from agent_runtime.playbook.models import AutonomyPolicy
from memory import timeline
from memory.records import Account, Contact, Handle, User
from memory.timeline import NewActivity
from tests.unit.agent_runtime.actions.prepared import NOW, mail

KEY = SecretStr("an install key")


def people(engine: Engine) -> None:
    """Account A of u1 with Kim (c1) and Lee (c2); u1 and u2 are of team north."""
    with engine.begin() as connection:
        rows: list[tuple[Any, dict[str, Any]]] = [
            (Account, {"id": "A", "name": "Them", "owner_id": "u1", "provisional": False, "custom": {}}),
            (Contact, _contact("c1", "kim@them.test")),
            (Contact, _contact("c2", "lee@them.test")),
            (Handle, {"kind": "email", "value": "kim@them.test", "account_id": "A", "contact_id": "c1"}),
            (Handle, {"kind": "email", "value": "lee@them.test", "account_id": "A", "contact_id": "c2"}),
            (User, {"id": "u1", "name": "Ana", "role": "rep", "team": "north", "custom": {}}),
            (User, {"id": "u2", "name": "Bo", "role": "rep", "team": "north", "custom": {}}),
        ]
        for model, row in rows:
            connection.execute(insert(model.__table__), row)


def _contact(name: str, address: str) -> dict[str, Any]:
    empty = {"name": name, "title": "", "role": "", "status": "active", "custom": {}}
    return {"id": name, "account_id": "A", "email": address} | empty


@dataclass
class Desk:
    """Decides and executes. `ends`: what the inbox heard, as (action, state, reason)."""

    engine: Engine
    provider: Executor
    now: datetime = NOW
    sending: Sending = field(default_factory=Sending)
    autonomy: AutonomyPolicy = field(default_factory=lambda: AutonomyPolicy(draft_in_mailbox="auto"))
    deadline: timedelta = timedelta(seconds=20)
    ends: list[tuple[str, str, str]] = field(default_factory=list)

    def decide(self, effect_key: str = "it_1:1", **changed: Any) -> ActionRow:
        """An approved mail, at once unless `execute_at` says when."""
        execute_at = changed.pop("execute_at", None)
        with self.engine.begin() as connection:
            return service.decide(
                connection, mail(**changed), account_id="A", effect_key=effect_key, decided_by="u1", now=self.now,
                item_id=effect_key.partition(":")[0], execute_at=execute_at,
            )  # fmt: skip

    def execute(self, action_id: str, claimed_by: str = "w1") -> str:
        """The next step of one action."""
        kinds = ("send_email", "task", "call_card", "draft_in_mailbox", "withdraw_draft")
        executors = Executors({("", kind): self.provider for kind in kinds}, self.sending, self.deadline)
        recheck = Recheck(self.now, self.autonomy)
        return execute(self.engine, action_id, self.now, executors, recheck, self._ended, KEY, claimed_by)

    def work(self) -> list[str]:
        """The next step of everything that is due; the states then."""
        with self.engine.connect() as connection:
            due = service.due(connection, self.now)
        return [self.execute(action.id) for action in due]

    def until_quiet(self, most: int = 40) -> None:
        """Goes from one due time to the next until nothing waits."""
        for _ in range(most):
            with self.engine.connect() as connection:
                moment = service.next_due(connection)
            if moment is None:
                return
            self.now = max(self.now, moment)
            self.work()
        raise AssertionError("something is looked at for ever")

    def row(self, action_id: str) -> Any:
        """The action's row as it stands."""
        with self.engine.connect() as connection:
            query = text("SELECT * FROM tenure_action WHERE id = :id")
            return connection.execute(query, {"id": action_id}).one()

    def activities(self) -> int:
        """How many actions stand on the account's timeline."""
        with self.engine.connect() as connection:
            return len([x for x in timeline.read(connection, agent_scope("A")) if x.source == "tenure"])

    def heard(self, **changed: Any) -> None:
        """Something came in from Kim."""
        with self.engine.begin() as connection:
            timeline.add(connection, [activity(**changed)])

    def _ended(self, _connection: Connection, action: ActionRow, state: str, reason: str, _now: datetime) -> None:
        self.ends.append((action.id, state, reason))


def activity(**changed: Any) -> NewActivity:
    """A mail of Kim's, known before the decision of the tests unless said otherwise."""
    values: dict[str, Any] = {
        "source": "mail", "stream": "mail", "source_id": "m1", "kind": "email", "account_id": "A",
        "direction": "inbound", "occurred_at": NOW - timedelta(minutes=5), "known_at": NOW - timedelta(minutes=5),
        "contact_id": "c1", "data": {"auto": None},
    }  # fmt: skip
    return NewActivity(**(values | changed))
