"""Answers about the inbox: why an item is there. Reads the items of one account as they stand."""

from agent_runtime.assistant.models import Statement
from agent_runtime.assistant.telling import Telling
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.policy import ItemRow

_MOST = 3


def items(telling: Telling) -> list[ItemRow]:
    """The items before a person that are of the question, those of the asker first, the most urgent first."""
    records, asked = telling.records, telling.asked
    rows = [x for x in inbox.live_items(records.connection, records.scope.account_id) if x.delivered_at <= records.now]
    rows = [x for x in rows if not asked.people or _of_people(telling, x)]
    me = asked.question.user_id
    return sorted(rows, key=lambda x: (x.owner_id != me, -x.priority, x.id))[:_MOST]


def why_item(telling: Telling) -> list[Statement]:
    """Why each item is there, in its own words, with the records that show it."""
    return [_why(telling, x) for x in items(telling)]


def _why(telling: Telling, item: ItemRow) -> Statement:
    title = str(item.action.get("subject") or item.signal.replace("_", " "))
    why = str(item.beside.get("why_now") or "")
    return telling.tell("item", [item.id, *_evidence(telling, item)], title=title.rstrip("."), why=why)


def _evidence(telling: Telling, item: ItemRow) -> list[str]:
    """The records that the item names as its evidence."""
    named = {str(x.get("activity_id") or x.get("id") or "") if isinstance(x, dict) else str(x) for x in item.evidence}
    named |= {str(x.get("activity_id") or "") for x in item.beside.get("what_i_know") or ()}
    return [x.source_id for x in telling.records.view.events if x.id in named or x.source_id in named]


def _of_people(telling: Telling, item: ItemRow) -> bool:
    text = f"{item.action.get('subject') or ''} {item.beside.get('why_now') or ''}"
    names = [telling.records.theirs(x) for x in telling.asked.people]
    return item.action.get("contact_id") in telling.asked.people or any(x and x in text for x in names)
