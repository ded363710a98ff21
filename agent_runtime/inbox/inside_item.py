"""An item about accounts or the work itself, which opens nothing in the ledger and says nothing to a customer."""

from datetime import datetime
from typing import Any

from agent_runtime.actions.policy import content_hash
from agent_runtime.inbox.policy import ItemRow


def inside_item(
    signal: str,
    batch: str,
    account_id: str,
    owner_id: str,
    told: tuple[str, str],
    now: datetime,
    due_at: datetime,
    beside: dict[str, Any],
    *,
    kind: str = "",
    classification: str = "delay",
    evidence: list[dict[str, Any]] | None = None,
) -> ItemRow:
    """The item for `owner_id`, standing at one account; `batch` tells it apart, `told` is its subject and body.

    `kind`: of its action, where it is another than the signal.
    """
    subject, body = told
    action = {
        "kind": kind or signal,
        "channel": "inside",
        "to": [owner_id],
        "subject": subject,
        "body": body,
        "message_id": f"<{signal}.{batch}@tenure>",
        "account_id": account_id,
    }
    return ItemRow(
        id=inside_id(signal, batch),
        account_id=account_id,
        interaction_id="",
        expectation_id="",
        opportunity_id=None,
        signal=signal,
        classification=classification,
        step=0,
        verified=True,
        state="open",
        delivered_at=now,
        owner_id=owner_id,
        due_at=due_at,
        priority=1.0,
        risk=0.0,
        value_at_stake={},
        action=action,
        draft_version=1,
        content_hash=content_hash(action),
        evidence=evidence or [],
        why=[],
        beside=beside,
    )


def inside_id(signal: str, batch: str) -> str:
    """The id of the item, by which it is known whether it was delivered already."""
    return f"item_{signal}_{batch}"
