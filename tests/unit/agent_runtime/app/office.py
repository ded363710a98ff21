"""A small company of two teams behind the real application: each account holds a word that stands nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert

from agent_runtime.actions.policy import content_hash
from agent_runtime.app import create_app
from agent_runtime.audit import service as audit
from agent_runtime.clock import VirtualClock
from agent_runtime.inbox import service as inbox
from agent_runtime.installation import Installation
from agent_runtime.ledger.models import Breach, Expectation, Interaction
from agent_runtime.permissions import Right
from agent_runtime.playbook import load
from agent_runtime.settings import Settings
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory import timeline
from memory.records import Absence, Account, Contact, User
from memory.timeline import NewActivity
from tests.unit.agent_runtime.actions.prepared import item, mail

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = SecretStr("the key of a test")
PASSWORD = "correct horse battery"
# id, role, team, manager
STAFF = (
    ("anna", "rep", "north", "mona"),
    ("ben", "rep", "south", "mira"),
    ("cleo", "csm", "service", "mona"),
    ("dora", "rep", "east", "team-lead"),
    ("team-lead", "manager", "leads", "mona"),
    ("mona", "manager", "north", None),
    ("mira", "manager", "south", None),
    ("ada", "admin", "office", None),
    ("otto", "auditor", "office", None),
)
# id, owner, csm, who holds the item about it
ACCOUNTS = (
    ("acc-anna", "anna", "cleo", "anna"),
    ("acc-ben", "ben", None, "ben"),
    ("acc-dora", "dora", None, "dora"),
    ("acc-lent", "ben", None, "anna"),
    ("acc-pool", None, None, "north"),
    ("acc-stray", None, None, "nobody-knows"),
    ("acc-quiet", None, None, None),
)


def canary(account_id: str) -> str:
    """The word that only this account's rows hold."""
    return f"canary-{account_id.removeprefix('acc-')}-zq7"


class Office:
    """The company, its application and a client for each of its people."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.clock = VirtualClock(NOW)
        self.installation = Installation(Settings(data_dir=folder), engine, KEY, load("b2b_sales"))
        self.app = create_app(self.installation, self.clock)
        self.tokens: dict[str, str] = {}
        with engine.begin() as connection:
            _people(connection)
            for row in ACCOUNTS:
                _account(connection, *row)
            for user_id, *_ in STAFF:
                self.tokens[user_id] = token(connection, user_id)
        self.client = TestClient(self.app)

    def ask(self, user_id: str, method: str, path: str, **how: Any) -> Response:
        """One request of one person, by their token."""
        headers = {"Authorization": f"Bearer {self.tokens[user_id]}"} | how.pop("headers", {})
        response: Response = self.client.request(method, path, headers=headers, **how)
        return response

    def get(self, user_id: str, path: str, **query: Any) -> Any:
        """What a reading answers; it must succeed."""
        response = self.ask(user_id, "GET", path, params=query or None)
        assert response.status_code == 200, response.text
        return response.json()

    def approve(self, user_id: str, item_id: str, **how: Any) -> Response:
        """An approval of the present content."""
        page = self.get("ada", f"/api/inbox/{item_id}")
        body = {"verb": "approve", "draft_version": page["draft_version"], "hash": page["hash"]}
        return self.ask(user_id, "POST", f"/api/inbox/{item_id}/decide", json=body, **how)


@contextmanager
def opened(engine: Engine, folder: Path) -> Iterator[Office]:
    """An office whose application has begun, and ends after the test."""
    office = Office(engine, folder)
    with office.client:
        yield office


def token(connection: Connection, user_id: str, right: Right = Right.ADMINISTER) -> str:
    """A key of the API for a person."""
    made = users.make_token(connection, user_id, TokenKind.API, right.value, "test", None, NOW)
    return made.secret.get_secret_value()


def _people(connection: Connection) -> None:
    rows: list[dict[str, Any]] = [
        {"id": name, "name": name.title(), "email": f"{name}@we.test", "role": role, "team": team,
         "manager_id": manager, "custom": {}}
        for name, role, team, manager in STAFF
    ]  # fmt: skip
    connection.execute(insert(User), rows)


def away(connection: Connection, user_id: str, delegate_id: str) -> None:
    """`user_id` is absent now, and named who stands in."""
    day = timedelta(days=1)
    row = {"user_id": user_id, "begins_at": NOW - day, "ends_at": NOW + day, "delegate_id": delegate_id}
    connection.execute(insert(Absence), row)


def _account(connection: Connection, name: str, owner: str | None, csm: str | None, holder: str | None) -> None:
    word, short = canary(name), name.removeprefix("acc-")
    account: dict[str, Any] = {
        "id": name, "name": f"{short} & Co {word}", "owner_id": owner, "csm_id": csm, "provisional": False,
        "custom": {},
    }  # fmt: skip
    contact: dict[str, Any] = {
        "id": f"c-{short}", "account_id": name, "name": f"Kim {word}", "title": "", "role": "",
        "email": "kim@them.test", "status": "active", "custom": {},
    }  # fmt: skip
    connection.execute(insert(Account), account)
    connection.execute(insert(Contact), contact)
    timeline.add(connection, [_letter(name, word)])
    interaction, expectation = f"int-{short}", f"exp-{short}"
    connection.execute(insert(Interaction), _begun(interaction, name, owner or "mona"))
    connection.execute(insert(Expectation), _owed(expectation, interaction, name))
    connection.execute(insert(Breach), _late(expectation, interaction, name, owner or "mona"))
    if holder is not None:
        action = mail(account_id=name, contact_id=f"c-{short}", subject=word, message_id=f"<item-{short}.1@we.test>")
        held = item(
            f"item-{short}", account_id=name, interaction_id=interaction, expectation_id=expectation, owner_id=holder,
            action=action, content_hash=content_hash(action), opportunity_id=None, beside={"why_now": word},
            due_at=NOW - timedelta(hours=1),
        )  # fmt: skip
        audit.append(connection, name, [inbox.deliver(connection, held)], install_key=KEY)
    entry = inbox.suppress(connection, name, f"exp-{short}-2", 0, "wait", f"they are away {word}", NOW, None)
    audit.append(connection, name, [entry], install_key=KEY)


def _letter(account_id: str, word: str) -> NewActivity:
    return NewActivity(
        source="mail", stream="mail", source_id=f"m-{account_id}", account_id=account_id, kind="email",
        direction="inbound", occurred_at=NOW - timedelta(days=1), known_at=NOW - timedelta(days=1),
        contact_id=f"c-{account_id.removeprefix('acc-')}", subject=f"Question {word}", text=f"When? {word}",
        speaker="Kim",
    )  # fmt: skip


def _begun(name: str, account_id: str, owner: str) -> dict[str, Any]:
    return {
        "id": name, "account_id": account_id, "kind": "open_question", "key": f"q-{account_id}", "opened_at": NOW,
        "opened_by": "act", "state": "open", "owner_id": owner, "next_action": "answer",
        "next_due_at": NOW + timedelta(days=1), "recovery": "remind", "wake_signal": "",
    }  # fmt: skip


def _owed(name: str, interaction: str, account_id: str) -> dict[str, Any]:
    return {
        "id": name, "interaction_id": interaction, "account_id": account_id, "key": "k", "rule": "answer_owed",
        "action": "answer", "turn": "ours", "opened_at": NOW, "due_at": NOW, "channels": [], "evidence": [],
        "state": "breached", "step": 0, "blind": [],
    }  # fmt: skip


def _late(expectation: str, interaction: str, account_id: str, owner: str) -> dict[str, Any]:
    return {
        "expectation_id": expectation, "interaction_id": interaction, "account_id": account_id, "rule": "answer_owed",
        "due_at": NOW, "detected_at": NOW, "owner_id": owner,
    }  # fmt: skip
