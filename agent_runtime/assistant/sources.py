"""Turns the ids that statements cite into sources that a person can open. Pure reading of one account."""

from collections.abc import Iterable

from agent_runtime.assistant.models import Source, Statement
from agent_runtime.assistant.records import Records
from agent_runtime.inbox.policy import ItemRow
from memory.timeline import Event

LONGEST_QUOTE = 400
_KINDS = {"email": "mail", "opportunity": "deal", "task": "task", "contact": "person", "owner": "owner"}


def sources(records: Records, statements: Iterable[Statement], items: Iterable[ItemRow] = ()) -> tuple[Source, ...]:
    """What the statements cite, each once, in the order in which it is cited; unknown ids are left out."""
    shown = {item.id: item for item in items}
    wanted = dict.fromkeys(x for one in statements for x in one.citations)
    found = (_source(records, x, shown.get(x)) for x in wanted)
    return tuple(x for x in found if x)


def _source(records: Records, key: str, item: ItemRow | None) -> Source | None:
    account, page = records.scope.account_id, f"/accounts/{records.scope.account_id}"
    if event := records.by_source.get(key):
        return _of_event(records, event, f"{page}#ev-{event.id}")
    if contact := records.contacts.get(key):
        title = f"{contact.name}{f', {contact.title}' if contact.title else ''}"
        return Source(key, "person", title, "", "", page, account)
    if key == account:
        return Source(key, "account", records.known.account.name, "", "", page, account)
    if item is not None:
        title, why = str(item.action.get("subject") or ""), str(item.beside.get("why_now") or "")
        return Source(key, "item", title, item.delivered_at.isoformat(), why, f"/inbox?sel={key}", account)
    return None


def _of_event(records: Records, event: Event, link: str) -> Source:
    kind = _KINDS.get(event.kind.partition(".")[0], event.kind.replace(".", " "))
    who = records.ours(event.user_id) if event.direction == "outbound" else records.theirs(event.contact_id)
    title = ", ".join(x for x in (kind, who, event.subject or "") if x)
    quote = " ".join(records.texts.get(event.id, "").split())[:LONGEST_QUOTE]
    return Source(event.source_id, kind, title, event.occurred_at.isoformat(), quote, link, records.scope.account_id)
