"""A few rows of ledger and audit that the guards protect, for tests that copy or change tables."""

from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy import Engine, insert

from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.audit.service import append
from agent_runtime.migrations.tables import metadata

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def begin_and_end(engine: Engine, install_key: SecretStr) -> None:
    """One ended and one open interaction with a breached expectation, and three audit entries."""
    tables = metadata().tables
    begun = {"account_id": "acme", "kind": "open_question", "opened_at": NOON, "opened_by": "mail-1", "wake_signal": ""}
    ended = {"state": "ended", "outcome": "converted", "reason": "answered", "evidence": ["mail-2"], "ended_at": NOON}
    open_ = {"state": "open", "owner_id": "lea", "next_action": "answer", "next_due_at": NOON, "recovery": "remind"}
    with engine.begin() as connection:
        connection.execute(insert(tables["tenure_interaction"]), begun | ended | {"id": "one", "key": "one"})
        connection.execute(insert(tables["tenure_interaction"]), begun | open_ | {"id": "two", "key": "two"})
        connection.execute(insert(tables["tenure_expectation"]), _expectation())
        connection.execute(insert(tables["tenure_breach"]), _breach())
        entries = [Entry(NOON, ActorKind.RULE, "answer_owed", "interaction.begun", f"{n}") for n in range(3)]
        append(connection, "acme", entries, install_key=install_key)


def _expectation() -> dict[str, object]:
    times = {"opened_at": NOON, "due_at": NOON, "look_at": None, "settled_at": None}
    lists: dict[str, object] = {"channels": ["mail"], "evidence": ["mail-1"], "blind": []}
    names = {"id": "exp", "interaction_id": "two", "account_id": "acme", "key": "k", "rule": "answer_owed"}
    return names | times | lists | {"action": "answer", "turn": "ours", "state": "breached", "step": 0}


def _breach() -> dict[str, object]:
    names = {"expectation_id": "exp", "interaction_id": "two", "account_id": "acme", "rule": "answer_owed"}
    return names | {"due_at": NOON, "detected_at": NOON, "owner_id": "lea"}
