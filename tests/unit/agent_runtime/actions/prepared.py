"""A prepared mail and an item about it, as the tests of the inbox and the outbox need them."""

from datetime import UTC, datetime
from typing import Any

from agent_runtime.actions.policy import content_hash
from agent_runtime.inbox.policy import ItemRow

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def mail(**changed: Any) -> dict[str, Any]:
    """A mail to a customer that answers one of theirs."""
    return {
        "kind": "send_email",
        "connector": "outbox",
        "sender": {"name": "Ana Müller", "email": "ana@we.test"},
        "to": ["kim@them.test"],
        "cc": ["lee@them.test"],
        "bcc": [],
        "in_reply_to": "<q@them.test>",
        "references": ["<q@them.test>"],
        "message_id": "<a@we.test>",
        "subject": "Grüße",
        "body": "Hello Kim,\n\nhere it is: 100 €.\n",
        "attachments": [],
        "account_id": "A",
        "based_on": "act_1",
        "not_after": None,
        "contact_id": "c1",
        "user_id": "u1",
        "opportunity_id": "opp",
        "promises": [],
    } | changed


def item(name: str = "it_1", **changed: Any) -> ItemRow:
    """An open item with that mail."""
    values: dict[str, Any] = {
        "id": name, "account_id": "A", "interaction_id": "int_1", "expectation_id": "exp_1", "opportunity_id": "opp",
        "signal": "answer_owed", "classification": "delay", "step": 0, "verified": True, "state": "open",
        "delivered_at": NOW, "owner_id": "u1", "due_at": NOW, "priority": 1.0, "risk": 0.5, "value_at_stake": {},
        "action": mail(), "draft_version": 1, "content_hash": content_hash(mail()), "evidence": ["act_1"], "why": [],
    }  # fmt: skip
    return ItemRow(**(values | changed))
