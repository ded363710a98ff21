"""What was asked for in the assistant as an item of the inbox: a call card or a task, which its person decides."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from agent_runtime.actions.policy import content_hash
from agent_runtime.assistant.models import Proposal
from agent_runtime.inbox.policy import ASKED_FOR, ItemRow
from agent_runtime.ledger.terms import row_id
from agent_runtime.watchtower.rules import promise_due
from memory import people
from memory.people import ContactRow
from memory.scope import AccountScope


def item_of(proposal: Proposal) -> str:
    """The id of the item that a proposal becomes."""
    return f"item_asked_{proposal.id}"


def card_of(
    connection: Connection, scope: AccountScope, proposal: Proposal, activity_id: str, by: str, now: datetime
) -> ItemRow:
    """The item about the task `activity_id`, before `by`; put off until its day where one was named.

    Its matter is the promise that the account's next run opens of the task, so both end together.
    """
    contact = next((x for x in people.contacts(connection, scope) if x.id == proposal.contact_id), None)
    action = _action(proposal, contact, activity_id, by)
    matter = row_id("int_", scope.account_id, promise_due.KIND, f"task:{proposal.id}", "")
    shown = datetime.fromisoformat(proposal.shown_at) if proposal.shown_at else now
    return ItemRow(
        id=item_of(proposal),
        account_id=scope.account_id,
        interaction_id=matter,
        expectation_id=row_id("exp_", matter, promise_due.RULE),
        opportunity_id=None,
        signal=ASKED_FOR,
        classification="delay",
        step=-1,
        verified=True,
        state="snoozed" if shown > now else "open",
        delivered_at=now,
        owner_id=by,
        due_at=datetime.fromisoformat(proposal.due),
        priority=1.0,
        risk=0.0,
        value_at_stake={},
        action=action,
        draft_version=1,
        content_hash=content_hash(action),
        evidence=[{"activity_id": activity_id, "at": now.isoformat(), "quote": proposal.wish}],
        why=[],
        beside=_beside(proposal, contact),
        snoozed_until=shown if shown > now else None,
    )


def _action(proposal: Proposal, contact: ContactRow | None, activity_id: str, by: str) -> dict[str, Any]:
    phone = (contact.phone or "").partition(";")[0].strip() if contact else ""
    kind = "call_card" if proposal.kind == "call" and phone else "task"
    return {
        "kind": kind,
        "channel": "phone" if kind == "call_card" else "task",
        "to": [phone if kind == "call_card" else by],
        "subject": proposal.title,
        "body": proposal.body,
        "attachments": [],
        "message_id": f"<{item_of(proposal)}.1@tenure>",
        "account_id": proposal.account_id,
        "based_on": [activity_id],
        "contact_id": proposal.contact_id or None,
        "user_id": by,
    }


def _beside(proposal: Proposal, contact: ContactRow | None) -> dict[str, Any]:
    """The reason, and how to reach them."""
    reached = [x for x in (contact.email, contact.phone) if x] if contact else []
    known = [{"text": f"{proposal.to}: {', '.join(reached)}", "activity_id": ""}] if reached else []
    why = f"You asked for it in the assistant: “{proposal.wish}”"
    return {"why_now": why, "what_i_know": known, "asked_in": "assistant"}
