"""A sales history in a database with its ledger, items, drafts, letters, vectors and actions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, select

from agent_runtime.actions import service as actions
from agent_runtime.audit import service as audit
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.jobs import post
from agent_runtime.loop.run import run_account
from memory.records import Episode, Reject
from memory.vectors import Vector
from tests.corpus.home import company, take
from tests.corpus.sales import END, History, generate

KEY = SecretStr("test")
_episode: Any = Episode.__table__  # type: ignore[attr-defined]


@dataclass
class Desk:
    """The database and what was told in it."""

    engine: Engine
    history: History


def prepared(engine: Engine, accounts: int = 4) -> Desk:
    """Takes the history, runs every account once, and puts an item with an approved mail at each."""
    history = generate(accounts)
    with engine.begin() as connection:
        take(connection, history)
        judge = company(connection)
    for number in range(accounts):
        run_account(engine, judge, f"a{number}", END, KEY)
    with engine.begin() as connection:
        for number in range(accounts):
            _work(connection, number, history)
        _vectors(connection)
        connection.execute(insert(Reject), _reject(history))
    return Desk(engine, history)


def _work(connection: Connection, number: int, history: History) -> None:
    account, contact = f"a{number}", f"c{number}-3"
    person = history.directory.contacts[number * 6 + 3]
    action = {
        "kind": "send_email",
        "to": [person["email"]],
        "subject": f"For {person['name']}",
        "body": f"Dear {person['name']}, about {history.canaries[account]}.",
        "message_id": f"<{account}@tenure>",
        "account_id": account,
        "contact_id": contact,
    }
    item = ItemRow(
        id=f"item_{account}", account_id=account, interaction_id="", expectation_id="", opportunity_id=None,
        signal="promise_due", classification="delay", step=0, verified=True, state="open", delivered_at=END,
        owner_id="u3", due_at=END, priority=1.0, risk=0.0, value_at_stake={}, action=action, draft_version=1,
        content_hash="h", evidence=[], why=[f"{person['name']} waits for {history.canaries[account]}"], beside={},
    )  # fmt: skip
    audit.append(connection, account, [inbox.deliver(connection, item)], install_key=KEY)
    actions.decide(
        connection, action, account_id=account, effect_key=f"{account}:1", decided_by="u3", now=END, item_id=item.id,
        execute_at=END,
    )  # fmt: skip
    post(connection, [(account, f"act_{account}")])


def _vectors(connection: Connection) -> None:
    rows = [
        {"episode_id": one, "model": "m", "passage": 0, "dimension": 1, "plain": b"\0\0", "prefixed": b"\0\0"}
        for one in connection.scalars(select(_episode.c.id))
    ]
    connection.execute(insert(Vector), rows)


def _reject(history: History) -> dict[str, Any]:
    mail = history.directory.contacts[3]["email"]
    return {
        "id": "rej_1", "source": "email", "file": "emails", "line": 1, "field": "to",
        "reason": f"not an address: {mail}", "rejected_at": END,
    }  # fmt: skip


def stored_bytes(folder: Path) -> bytes:
    """Everything that stands in the files of a folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
