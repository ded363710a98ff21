"""What people read in a chat of an item: what it is about, why now, what would go out, and what they can press."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection

from agent_runtime.inbox import reading, store
from tools.notices import Button, Notice

# A draft that does not fit is read on the page: nobody approves what they have not seen.
LONGEST = 2000
_KINDS = {
    "send_email": "Mail", "call_card": "Call", "task": "Task", "crm_write": "CRM", "message": "Message",
    "meeting": "Meeting", "brief": "Brief", "reassign": "Hand over", "escalate": "Escalation",
}  # fmt: skip
# What is to be looked at first; it stands above the draft.
_FLAGS = {
    "unverified": "Not verified: not every place could be seen.", "makes_promise": "It makes a promise.",
    "several_recipients": "It goes to several people.", "recipient_changed": "The recipient was changed by hand.",
}  # fmt: skip
_ENDS = {
    "approved": "Approved.", "done": "Done.", "dismissed": "Dismissed.", "snoozed": "Put off; it comes back.",
    "cleared": "Settled by itself.", "expired": "Its time has passed.", "renewed": "Prepared anew.",
}  # fmt: skip


def item_notice(page: reading.ItemPage, recipient: str, link: str, answer: str, zone: ZoneInfo) -> Notice:
    """One item that waits. `answer`: what became of what its reader pressed last; it stands first."""
    due = page.due_at.astimezone(zone)
    title = f"{page.account} · {_KINDS.get(page.kind, page.kind)} · due {due:%a %d %B %H:%M}"
    draft = _draft(page.action)
    flags = " ".join(_FLAGS.get(flag, flag.replace("_", " ")) for flag in page.flags)
    parts = [answer, page.why_now or page.title, flags, draft if len(draft) <= LONGEST else _too_long(link)]
    return Notice(page.id, recipient, title, "\n\n".join(x for x in parts if x), link, tuple(_buttons(page, draft)))


def closed_notice(connection: Connection, item_id: str, recipient: str, answer: str) -> Notice:
    """An item that does not wait any more, without anything to press."""
    item = store.item(connection, item_id)
    state = item.state if item else "cleared"
    # One that still waits stands further down, beyond what is shown here.
    said = answer or _ENDS.get(state, "It waits on the page.")
    return Notice(item_id, recipient, said, "")


def morning_notice(counts: reading.Counts, recipient: str, address: str, name: str, here: datetime) -> Notice:
    """How much waits this morning."""
    noun = "item" if counts.open == 1 else "items"
    text = f"{counts.open} {noun}, about {counts.minutes} minutes; {counts.today} due today."
    link = f"{address}/inbox" if address else ""
    return Notice(f"morning {here.date()}", recipient, f"Good morning {name.partition(' ')[0]}", text, link)


def _buttons(page: reading.ItemPage, draft: str) -> list[Button]:
    """Yes to exactly what is shown, only where all of it is shown."""
    seen = {"draft_version": page.draft_version, "hash": page.hash}
    found = [Button("Tomorrow", _value(page.id, {"verb": "snooze", "days": 1}))]
    found.append(Button("Not worth it", _value(page.id, {"verb": "dismiss", "reason": "not_worth_it"})))
    if draft and len(draft) <= LONGEST:
        found.insert(0, Button("Approve", _value(page.id, {"verb": "approve"} | seen), main=True))
    return found


def _value(item_id: str, told: dict[str, Any]) -> str:
    return orjson.dumps({"item": item_id} | told).decode()


def _draft(action: dict[str, Any]) -> str:
    """The draft as it would go out, empty where there is nothing to read."""
    people = ", ".join(str(x) for x in (*(action.get("to") or ()), *(action.get("cc") or ())))
    heads = [f"To: {people}" if people else "", f"Subject: {action['subject']}" if action.get("subject") else ""]
    body = str(action.get("body") or "")
    return "\n".join([*(x for x in heads if x), *(["", body] if body else [])]).strip()


def _too_long(link: str) -> str:
    return "The draft is too long for here; read it on the page." if link else "The draft is read on the page."
