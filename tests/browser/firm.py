"""A small company behind a real server on loopback: each test gets a person of its own with work of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, insert, text

from agent_runtime import db
from agent_runtime.actions.policy import content_hash
from agent_runtime.app import create_app
from agent_runtime.app.serve import Server
from agent_runtime.audit import service as audit
from agent_runtime.clock import VirtualClock
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.installation import Installation
from agent_runtime.ledger.models import Breach, Expectation, Interaction
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from memory import timeline
from memory.records import Account, Contact, User
from memory.timeline import NewActivity
from tests.unit.agent_runtime.actions.prepared import item, mail

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
KEY = SecretStr("the key of a test")
CARD = """Call {name}: tel:+441134960522
Their clock: London time, 1 h behind yours
Why: {name} called on Monday at 11:36, nobody answered, and nobody has called back.
Opening line: We missed your call; what can I do for you?
Result: reached / voicemail / no answer / wrong number"""


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's work: their id, and the ids of their items in the order of the inbox."""

    user: str
    items: list[str]


@dataclass(slots=True)
class Firm:
    """The company: its address, its database, its clock, and new people for those who ask."""

    address: str
    engine: Engine
    clock: VirtualClock
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def desk(self, kinds: tuple[str, ...] = ("send_email", "call_card", "send_email", "task"), **told: Any) -> Desk:
        """Somebody new with an item of each kind, the most pressing first. `told`: texts of customers in all fields."""
        number = next(self._numbers)
        user = f"rep{number}"
        called = str(told.get("user", f"Lea Hartmann {number}"))
        row: dict[str, Any] = {"id": user, "name": called, "email": f"{user}@we.test", "role": "rep",
                               "team": f"team{number}", "custom": {}}  # fmt: skip
        with self.engine.begin() as connection:
            connection.execute(insert(User), row)
        names = [self._item(user, f"{number}-{place}", kind, place, told) for place, kind in enumerate(kinds)]
        return Desk(user, names)

    def deliver(self, desk: Desk, called: str = "more") -> str:
        """Puts one more item before somebody; gives its id."""
        return self._item(desk.user, f"{desk.user}-{called}-{next(self._numbers)}", "task", 0, {})

    def staff(self, role: str) -> str:
        """Somebody new of this role, with nothing to do."""
        user = f"{role}{next(self._numbers)}"
        row: dict[str, Any] = {"id": user, "name": user.title(), "email": f"{user}@we.test", "role": role, "custom": {}}
        with self.engine.begin() as connection:
            connection.execute(insert(User), row)
        return user

    def state(self, item_id: str) -> str:
        """In which state an item is."""
        with self.engine.connect() as connection:
            query = text("SELECT state FROM tenure_item WHERE id = :id")
            return str(connection.execute(query, {"id": item_id}).scalar_one())

    def action_states(self, item_id: str) -> list[str]:
        """The states of the actions that were decided about an item."""
        with self.engine.connect() as connection:
            query = text("SELECT state FROM tenure_action WHERE item_id = :id ORDER BY decided_at, id")
            return [str(x) for x in connection.execute(query, {"id": item_id}).scalars()]

    def _item(self, user: str, name: str, kind: str, place: int, told: dict[str, Any]) -> str:
        who = str(told.get("name", f"Kim Barlow {name}"))
        account, interaction, expectation = f"acc-{name}", f"int-{name}", f"exp-{name}"
        with self.engine.begin() as connection:
            connection.execute(insert(Account), {
                "id": account, "name": str(told.get("account", f"Meridian {name}")), "owner_id": user,
                "provisional": False, "custom": {},
            })  # fmt: skip
            connection.execute(insert(Contact), {
                "id": f"c-{name}", "account_id": account, "name": who, "title": "", "role": "",
                "email": "kim@them.test", "status": "active", "custom": {},
            })  # fmt: skip
            letter = NewActivity(
                source="mail", stream="mail", source_id=f"m-{name}", account_id=account, kind="email",
                direction="inbound", occurred_at=NOW - timedelta(days=3), known_at=NOW - timedelta(days=3),
                contact_id=f"c-{name}", subject=str(told.get("subject", "Chapel Lane")), speaker=who,
                text=str(told.get("text", "Can you install while we stay open?")),
            )  # fmt: skip
            [added] = timeline.add(connection, [letter])
            connection.execute(insert(Interaction), _begun(interaction, account, user))
            connection.execute(insert(Expectation), _owed(expectation, interaction, account))
            connection.execute(insert(Breach), _late(expectation, interaction, account, user))
            row = _row(name, kind, place, account, user, who, told, added.activity_id)
            audit.append(connection, account, [inbox.deliver(connection, row)], install_key=KEY)
        return row.id


@contextmanager
def served(folder: Path) -> Iterator[Firm]:
    """The company behind a server on a free port of loopback, until the tests are over."""
    engine = db.make_engine(f"sqlite:///{folder / 'tenure.db'}")
    db.create_schema(engine)
    clock = VirtualClock(NOW)
    app = create_app(Installation(Settings(data_dir=folder), engine, KEY, load("b2b_sales")), clock, choose_person=True)
    with on_loopback(app) as address:
        yield Firm(address, engine, clock)
    engine.dispose()


@contextmanager
def on_loopback(app: FastAPI) -> Iterator[str]:
    """Serves an application on a free port of loopback, and gives its address."""
    bound = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
    server = Server(config, app.state.feed)
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        app.state.feed.close()
        server.should_exit = True
        thread.join(timeout=10)
        bound.close()


def _row(
    name: str, kind: str, place: int, account: str, user: str, who: str, told: dict[str, Any], evidence: str
) -> ItemRow:
    subject = str(told.get("subject", "Re: Chapel Lane"))
    body = "Hello Kim,\n\nyou will have the answer by Wednesday.\n\nBest regards\nLea"
    action = mail(
        account_id=account, contact_id=f"c-{name}", user_id=user, kind=kind, subject=subject, cc=[],
        message_id=f"<item-{name}.1@we.test>", sender={"name": "Lea Hartmann", "email": "lea@we.test"},
        body=str(told.get("body", body)), opportunity_id=None, based_on=[evidence],
        promises=[{"quote": "you will have the answer by Wednesday.", "due_at": "2026-03-04T16:00:00+00:00"}],
    )  # fmt: skip
    if kind == "call_card":
        action |= {"to": ["+441134960522"], "body": CARD.format(name=who), "promises": [], "channel": "phone"}
    if kind == "task":
        action |= {"to": [user], "promises": [], "body": "What is wrong: nobody called.\nWhat to do: call today."}
    quote = str(told.get("text", "Can you install while we stay open?"))
    beside = {
        "why_now": str(told.get("why", f"{who} asked a question on Friday and has had no answer.")),
        "what_i_know": [{"text": f"Friday, mail from them: “{quote}”", "activity_id": evidence}],
        "looked_in": ["mail of Lea Hartmann until 9:00"], "cannot_see": ["calls on private phones"],
        "if_nothing": "It goes to Marc Feldner: tomorrow.", "fallback_reason": "",
        "alternatives": [{"kind": "call_card", "text": f"call {who}"}],
    }  # fmt: skip
    return item(
        f"item-{name}", account_id=account, interaction_id=f"int-{name}", expectation_id=f"exp-{name}", owner_id=user,
        action=action, content_hash=content_hash(action), opportunity_id=None, priority=9.0 - place, made_at=NOW,
        delivered_at=NOW - timedelta(hours=2), due_at=NOW + timedelta(days=1, hours=place), beside=beside,
        signal="missed_call" if kind == "call_card" else "answer_owed",
        value_at_stake={"low": 28_000, "base": 40_000, "high": 49_000, "currency": "GBP"},
        why=[{"factor": "no answer from us since Friday", "weight": 0.9},
             {"factor": "the customer has answered before", "weight": -0.4}],
        evidence=[{"activity_id": evidence, "at": (NOW - timedelta(days=3)).isoformat(), "quote": quote}],
    )  # fmt: skip


def _begun(name: str, account: str, owner: str) -> dict[str, Any]:
    return {
        "id": name, "account_id": account, "kind": "open_question", "key": f"q-{account}", "opened_at": NOW,
        "opened_by": "act", "state": "open", "owner_id": owner, "next_action": "answer",
        "next_due_at": NOW + timedelta(days=1), "recovery": "remind", "wake_signal": "",
    }  # fmt: skip


def _owed(name: str, interaction: str, account: str) -> dict[str, Any]:
    return {
        "id": name, "interaction_id": interaction, "account_id": account, "key": "k", "rule": "answer_owed",
        "action": "answer", "turn": "ours", "opened_at": NOW, "due_at": NOW, "channels": [], "evidence": [],
        "state": "breached", "step": 0, "blind": [],
    }  # fmt: skip


def _late(expectation: str, interaction: str, account: str, owner: str) -> dict[str, Any]:
    return {
        "expectation_id": expectation, "interaction_id": interaction, "account_id": account, "rule": "answer_owed",
        "due_at": NOW, "detected_at": NOW, "owner_id": owner,
    }  # fmt: skip
