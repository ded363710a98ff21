"""Where an account or a person left traces outside of memory: items, drafts, actions, letters, rejects, lists."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, Table, column, delete, select, table, update

from agent_runtime.actions.models import Action, ActionState
from agent_runtime.http.idempotency import Idempotent
from agent_runtime.inbox.models import Decision, Draft, Item, ItemState
from agent_runtime.jobs import Letter
from memory.forget import Erased
from memory.marks import Marks
from memory.records import Account, Contact, Reference, Reject

CHUNK = 500
ERASED_ACTION = {"erased": True}
_account: Table = Account.__table__  # type: ignore[attr-defined]
_action: Table = Action.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_draft: Table = Draft.__table__  # type: ignore[attr-defined]
_idempotent: Table = Idempotent.__table__  # type: ignore[attr-defined]
_item: Table = Item.__table__  # type: ignore[attr-defined]
_letter: Table = Letter.__table__  # type: ignore[attr-defined]
_reference: Table = Reference.__table__  # type: ignore[attr-defined]
_reject: Table = Reject.__table__  # type: ignore[attr-defined]
# The doors stand above this module; their table is named here, because what they could not read keeps its words.
_came = table("tenure_hook_message", column("id"), column("state"), column("body", LargeBinary))
# So does the assistant: what was asked of an account, and what was answered out of its texts.
_turn = table("tenure_conversation_turn", column("id"), column("account_id"), column("question"), column("answer"))
_TURNS = select(_turn.c.id, _turn.c.question, _turn.c.answer)
_WAITING = (ItemState.OPEN.value, ItemState.SNOOZED.value, ItemState.APPROVED.value)


def account_exists(connection: Connection, account_id: str) -> bool:
    """Whether there is such an account."""
    return connection.scalar(select(_account.c.id).where(_account.c.id == account_id)) is not None


def contacts_of(connection: Connection, account_id: str) -> list[str]:
    """The ids of the account's contacts."""
    return list(connection.scalars(select(_contact.c.id).where(_contact.c.account_id == account_id)))


def marks_of_account(connection: Connection, account_id: str, erased: Iterable[Erased]) -> Marks:
    """The addresses of all its people, and the number and domain of the account itself."""
    row = connection.execute(select(_account.c.phone, _account.c.domain).where(_account.c.id == account_id)).one()
    own = {one.strip() for value in row if value for one in value.split(";")}
    return Marks(account_id, "", frozenset(own.union(*(one.marks.addresses for one in erased))))


def items_of(connection: Connection, account_id: str) -> list[str]:
    """The ids of all items of an account."""
    return list(connection.scalars(select(_item.c.id).where(_item.c.account_id == account_id)))


def items_about(connection: Connection, erased: Erased) -> list[str]:
    """The ids of the items of the person's account in which they are named, or that are addressed to them."""
    query = select(_item.c.id, _item.c.action, _item.c.why, _item.c.evidence, _item.c.beside)
    rows = connection.execute(query.where(_item.c.account_id == erased.account_id))
    return [item_id for item_id, *columns in rows if _names(erased, columns)]


def _names(erased: Erased, value: Any) -> bool:
    written = orjson.dumps(value).decode()
    return f'"{erased.contact_id}"' in written or erased.marks.named_in(written)


def pending_of(connection: Connection, items: Sequence[str], contact_id: str) -> list[str]:
    """The ids of the pending actions of these items, or to this contact."""
    query = select(_action.c.id, _action.c.item_id, _action.c.content).where(
        _action.c.state == ActionState.PENDING.value
    )
    wanted = set(items)
    return [x.id for x in connection.execute(query) if x.item_id in wanted or _to(x.content, contact_id)]


def _to(content: dict[str, Any], contact_id: str) -> bool:
    return content.get("contact_id") == contact_id


def blank(
    connection: Connection,
    items: Sequence[str],
    now: datetime,
    *,
    account_id: str | None = None,
    contact_id: str | None = None,
) -> list[str]:
    """Empties items, their drafts, decisions and actions of everything that was said; gives the actions' ids."""
    for start in range(0, len(items), CHUNK):
        chunk = items[start : start + CHUNK]
        of_item = _item.c.id.in_(chunk)
        closed = {"state": ItemState.CLEARED.value, "closed_at": now, "closed_reason": "erased"}
        connection.execute(update(_item).where(of_item, _item.c.state.in_(_WAITING)).values(**closed))
        empty = {"action": {"kind": "erased"}, "evidence": [], "why": [], "beside": {}, "value_at_stake": {}}
        connection.execute(update(_item).where(of_item).values(**empty))
        connection.execute(update(_draft).where(_draft.c.item_id.in_(chunk)).values(action={"kind": "erased"}))
        connection.execute(update(_decision).where(_decision.c.item_id.in_(chunk)).values(reason="", detail={}))
    if account_id:
        connection.execute(delete(_letter).where(_letter.c.account_id == account_id))
    return _blank_actions(connection, items, account_id, contact_id)


def _blank_actions(
    connection: Connection, items: Sequence[str], account_id: str | None, contact_id: str | None
) -> list[str]:
    """Actions keep kind, hash and state: that something was sent stays true, what and to whom goes."""
    query = select(_action.c.id, _action.c.item_id, _action.c.account_id, _action.c.content)
    wanted = set(items)
    ids = [
        x.id
        for x in connection.execute(query)
        if x.item_id in wanted
        or (account_id and x.account_id == account_id)
        or (contact_id and _to(x.content, contact_id))
    ]
    for start in range(0, len(ids), CHUNK):
        of_chunk = _action.c.id.in_(ids[start : start + CHUNK])
        connection.execute(update(_action).where(of_chunk).values(content=ERASED_ACTION, result={}, sender=""))
    return ids


def clean_beside(connection: Connection, marks: Sequence[Marks], account_id: str | None = None) -> None:
    """Takes the marks out of rejects, lists and stored answers, which stand at no account."""
    for key, file, reason in connection.execute(select(_reject.c.id, _reject.c.file, _reject.c.reason)).all():
        if any(one.named_in(f"{file} {reason}") for one in marks):
            connection.execute(delete(_reject).where(_reject.c.id == key))
    rows = connection.execute(select(_reference.c.stream, _reference.c.source_id, _reference.c.data)).all()
    for stream, source_id, data in rows:
        written = orjson.dumps([source_id, data]).decode()
        if any(one.named_in(written) for one in marks):
            here = (_reference.c.stream == stream, _reference.c.source_id == source_id)
            connection.execute(delete(_reference).where(*here))
    kept = select(_came.c.id, _came.c.body).where(_came.c.state != "taken")
    for key, body in connection.execute(kept).all():
        if any(one.named_in(bytes(body).decode("utf-8", errors="replace")) for one in marks):
            connection.execute(delete(_came).where(_came.c.id == key))
    for key_hash, body in connection.execute(select(_idempotent.c.key_hash, _idempotent.c.body)).all():
        written = bytes(body).decode("utf-8", errors="replace")
        if (account_id and account_id in written) or any(one.named_in(written) for one in marks):
            connection.execute(delete(_idempotent).where(_idempotent.c.key_hash == key_hash))


def turns_about(connection: Connection, erased: Erased) -> list[dict[str, Any]]:
    """The turns of the conversation of the person's account in which they are named."""
    rows = connection.execute(_TURNS.where(_turn.c.account_id == erased.account_id)).mappings()
    return [dict(row) for row in rows if erased.marks.named_in(f"{row['question']} {row['answer']}")]


def forget_turns(connection: Connection, account_ids: Iterable[str], marks: Sequence[Marks] | None = None) -> None:
    """Deletes the conversations of these accounts; with `marks` only the turns that hold one of them."""
    mine = _turn.c.account_id.in_(list(account_ids))
    if marks is None:
        connection.execute(delete(_turn).where(mine))
        return
    for key, question, answer in connection.execute(_TURNS.where(mine)).all():
        if any(one.named_in(f"{question} {answer}") for one in marks):
            connection.execute(delete(_turn).where(_turn.c.id == key))
