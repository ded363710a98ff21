"""Items in their owners' mailboxes: which drafts are put there and taken away, and what was sent from there."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Table, exists, literal, select

from agent_runtime import events
from agent_runtime.actions import service as actions
from agent_runtime.actions.mailbox_drafts import DRAFT, WITHDRAW, placed
from agent_runtime.actions.models import Action
from agent_runtime.actions.policy import content_hash
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import store
from agent_runtime.inbox.models import Item, ItemState
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.inbox.verbs import Approve
from agent_runtime.ledger.policy import row_id
from agent_runtime.permissions import agent_scope
from memory import timeline
from memory.timeline import Event

# Under whose name drafts are put into mailboxes: the playbook's own setting.
RULE = "rule:autonomy.draft_in_mailbox"
SENT_FROM_THERE = "sent from the mailbox"
# Of what was closed longer ago, no draft is taken away any more.
_LOOKED_BACK = timedelta(days=30)
_item: Table = Item.__table__  # type: ignore[attr-defined]
_action: Table = Action.__table__  # type: ignore[attr-defined]
_STAYS = (ItemState.OPEN.value, ItemState.SNOOZED.value)


def place_drafts(connection: Connection, users: Collection[str], now: datetime, install_key: SecretStr) -> int:
    """Lets the mail of every open item of `users` be put among their drafts, each version once; gives how many."""
    key = literal("draft:") + _item.c.id + ":" + _item.c.draft_version.cast(_action.c.effect_key.type)
    query = select(*store.COLUMNS).where(
        _item.c.state == ItemState.OPEN.value,
        _item.c.owner_id.in_(sorted(users)),
        _item.c.action["kind"].as_string() == "send_email",
        _item.c.action["connector"].as_string() != "file_outbox",
        ~exists().where(_action.c.effect_key == key),
    )
    items = [ItemRow(*row) for row in connection.execute(query)]
    for item in items:
        _decide(connection, item, DRAFT, now, install_key)
    return len(items)


def withdraw_drafts(connection: Connection, now: datetime, install_key: SecretStr) -> int:
    """Lets the drafts of items that are before nobody any more be taken away; gives how many."""
    key = literal("withdraw:") + _item.c.id + ":" + _item.c.draft_version.cast(_action.c.effect_key.type)
    there = (_action.c.item_id == _item.c.id, _action.c.kind == DRAFT, _action.c.executed_at > now - _LOOKED_BACK)
    tried = _action.alias()
    query = select(*store.COLUMNS).where(
        _item.c.state.not_in(_STAYS),
        exists().where(*there),
        ~exists().where(tried.c.effect_key == key),
    )
    items = [ItemRow(*row) for row in connection.execute(query)]
    for item in items:
        _decide(connection, item, WITHDRAW, now, install_key)
    return len(items)


def _decide(connection: Connection, item: ItemRow, kind: str, now: datetime, install_key: SecretStr) -> None:
    name = "draft" if kind == DRAFT else "withdraw"
    action = actions.decide(
        connection,
        item.action | {"kind": kind},
        account_id=item.account_id,
        effect_key=f"{name}:{item.id}:{item.draft_version}",
        decided_by=RULE,
        now=now,
        item_id=item.id,
        interaction_id=item.interaction_id,
    )
    audit.append(connection, item.account_id, [actions.told(action, now)], install_key=install_key)


def sent_from_mailbox(connection: Connection, item: ItemRow) -> Event | None:
    """The mail that the item's owner sent out of their own drafts instead of deciding here.

    Known by its Message-ID, or, because mail programs give another one, by the mail that it answers; where it answers
    none, by its subject.
    """
    draft = placed(connection, item.id)
    if draft is None:
        return None
    mails = (one for one in timeline.read(connection, agent_scope(item.account_id)) if one.kind == "email")
    return next((one for one in mails if one.known_at >= draft.decided_at and _is_it(one, item, draft.content)), None)


def _is_it(mail: Event, item: ItemRow, draft: dict[str, Any]) -> bool:
    data = mail.data
    if mail.direction != "outbound" or mail.caused_by != "person" or mail.user_id != item.owner_id:
        return False
    if data.get("message_id") == draft["message_id"]:
        return True
    if not {str(one).lower() for one in data.get("to") or ()} & {str(one).lower() for one in draft["to"]}:
        return False
    if draft.get("in_reply_to"):
        return bool(data.get("in_reply_to") == draft["in_reply_to"])
    return not data.get("in_reply_to") and (mail.subject or "").strip() == str(draft["subject"]).strip()


def decided_there(connection: Connection, item: ItemRow, mail: Event, now: datetime) -> list[Entry]:
    """Writes down that the item's owner decided in their mailbox, and what they changed; gives the audit entries."""
    item, entries = _as_sent(connection, item, mail, now)
    decision_id = row_id("dec_", item.id, "mail", mail.id)
    command = Approve(verb="approve", draft_version=item.draft_version, hash=item.content_hash)
    store.record(connection, item, decision_id, command, item.owner_id, now, "mail")
    events.publish(connection, "item.approve", item.account_id, item.id, now)
    detail = {"activity": mail.id, "content_hash": item.content_hash, "channel": "mail"}
    return [*entries, Entry(now, ActorKind.USER, item.owner_id, "item.sent_from_mailbox", item.id, detail)]


def _as_sent(connection: Connection, item: ItemRow, mail: Event, now: datetime) -> tuple[ItemRow, list[Entry]]:
    """The item with what went out as a version of its owner's, where that is not what it proposed."""
    told = timeline.texts(connection, agent_scope(item.account_id), [mail.id]).get(mail.id) or ""
    sent = {"to": list(mail.data.get("to") or ()), "cc": list(mail.data.get("cc") or ()), "subject": mail.subject or ""}
    if not _was_changed(item.action, sent | {"body": told}):
        return item, []
    action = item.action | sent | {"body": told, "message_id": mail.data["message_id"]}
    item = replace(item, action=action, draft_version=item.draft_version + 1, content_hash=content_hash(action))
    store.save(connection, item)
    store.keep_version(connection, item, item.owner_id, now)
    detail = {"content_hash": item.content_hash, "version": item.draft_version, "channel": "mail"}
    return item, [Entry(now, ActorKind.USER, item.owner_id, "item.edited", item.id, detail)]


def _was_changed(proposed: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Whether a person changed the mail; how its lines are broken does not count."""
    people = {name: sorted(str(one).lower() for one in sent[name]) for name in ("to", "cc")}
    were = {name: sorted(str(one).lower() for one in proposed.get(name) or ()) for name in ("to", "cc")}
    same = all(str(sent[name]).split() == str(proposed.get(name) or "").split() for name in ("subject", "body"))
    return people != were or not same
