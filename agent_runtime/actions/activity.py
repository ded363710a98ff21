"""What an action that had its effect is on the account's timeline."""

from datetime import datetime

from agent_runtime.actions.book import ActionRow
from memory.timeline import NewActivity

# A card or task given to a person is no contact yet.
_ACTIVITY_KIND = {"send_email": "email", "message": "message", "meeting": "meeting"}


def activity_of(action: ActionRow, now: datetime) -> NewActivity:
    """The activity of an action that had its effect at `now`; outbound where a customer gets it."""
    content = action.content
    outward = action.kind in _ACTIVITY_KIND
    by_rule = outward and action.decided_by.startswith("rule:")
    data = {
        "to": content.get("to") or [],
        "thread": (content.get("references") or [None])[0] or content.get("in_reply_to") or content.get("message_id"),
        "message_id": content.get("message_id"),
        "promises": content.get("promises") or [],
        "action_id": action.id,
    } | ({"auto": True} if by_rule else {})
    return NewActivity(
        source="tenure",
        stream="outbox",
        source_id=action.id,
        account_id=action.account_id,
        kind=_ACTIVITY_KIND.get(action.kind, f"action.{action.kind}"),
        direction="outbound" if outward else "internal",
        occurred_at=now,
        known_at=now,
        contact_id=content.get("contact_id"),
        user_id=content.get("user_id"),
        opportunity_id=content.get("opportunity_id"),
        caused_by="rule" if by_rule else "person",
        subject=content.get("subject"),
        data=data,
        text=content.get("body") if outward else None,
        speaker=content.get("user_id") or "",
    )
