"""Delivers items, closes them by themselves, takes decisions: in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, insert, literal_column, select, update

from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.policy import effect_key
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import Refused
from agent_runtime.inbox.models import Decision, Item, ItemState, Suppressed
from agent_runtime.inbox.policy import REPEAT_AFTER, ItemRow, closing
from agent_runtime.ledger.book import Book
from agent_runtime.ledger.policy import row_id

_item: Table = Item.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
_NAMES = [name for name in ItemRow.__slots__ if name in _item.c]
_COLUMNS = [_item.c[name] for name in _NAMES]
_LIVE = (ItemState.OPEN.value, ItemState.APPROVED.value)
# The state stands in the statement: a bound one lets SQLite plan anew at each call, for a partial index.
_OPEN_OF = select(*_COLUMNS).where(
    _item.c.account_id == bindparam("account"), _item.c.state == literal_column("'open'")
)


def open_items(connection: Connection, account_id: str) -> list[ItemRow]:
    """The items of one account that wait for a decision."""
    return [ItemRow(*row) for row in connection.execute(_OPEN_OF, {"account": account_id})]


def close_settled(connection: Connection, items: Sequence[ItemRow], book: Book, now: datetime) -> list[Entry]:
    """Closes what has had its day; gives the audit entries. A closed item never ends an interaction."""
    entries = []
    for item in items:
        end = closing(item, book)
        if end:
            state, reason = end
            values = {"state": state, "closed_at": now, "closed_reason": reason}
            connection.execute(update(_item).where(_item.c.id == item.id).values(**values))
            detail = {"reason": reason, "signal": item.signal}
            entries.append(Entry(now, ActorKind.AGENT, "agent", f"item.{state}", item.id, detail))
    return entries


def deliver(connection: Connection, item: ItemRow) -> Entry:
    """Puts a checked item before its owner."""
    connection.execute(insert(_item), {name: getattr(item, name) for name in _NAMES})
    detail = {
        "signal": item.signal,
        "classification": item.classification,
        "owner": item.owner_id,
        "kind": item.action["kind"],
        "content_hash": item.content_hash,
        "verified": item.verified,
    }
    return Entry(item.delivered_at, ActorKind.AGENT, "agent", "item.delivered", item.id, detail)


def suppress(
    connection: Connection, account_id: str, expectation_id: str, step: int, verdict: str, reason: str, now: datetime,
    until: datetime | None,
) -> Entry:  # fmt: skip
    """Records that nothing was proposed, and why; the latest reason for each step stands."""
    key = {"expectation_id": expectation_id, "step": step}
    values = {"at": now, "verdict": verdict, "reason": reason, "until": until, "released": False}
    where = (_suppressed.c.expectation_id == expectation_id, _suppressed.c.step == step)
    changed = connection.execute(update(_suppressed).where(*where).values(**values))
    if changed.rowcount == 0:
        connection.execute(insert(_suppressed), key | {"account_id": account_id} | values)
    detail = {"verdict": verdict, "reason": reason, "until": until.isoformat() if until else None}
    return Entry(now, ActorKind.AGENT, "agent", "item.suppressed", expectation_id, detail)


def held_steps(connection: Connection, account_id: str) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account for which nothing is proposed at present."""
    query = select(_suppressed.c.expectation_id, _suppressed.c.step)
    rows = connection.execute(query.where(_suppressed.c.account_id == account_id, ~_suppressed.c.released))
    return {(row.expectation_id, row.step) for row in rows}


_RELEASE = (
    update(_suppressed)
    .where(_suppressed.c.until <= bindparam("now"))
    .values(until=None, released=True)
    .returning(_suppressed.c.account_id)
)
_NEXT_RELEASE = select(func.min(_suppressed.c.until)).where(_suppressed.c.until.is_not(None))


def release_due(connection: Connection, now: datetime) -> list[str]:
    """Frees the proposals that were put off until now; gives their accounts, in a fixed order."""
    return sorted(set(connection.scalars(_RELEASE, {"now": now})))


def next_release(connection: Connection) -> datetime | None:
    """When the next proposal that was put off may be made."""
    found: datetime | None = connection.scalar(_NEXT_RELEASE)
    return found


def delivered_steps(connection: Connection, account_id: str) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account that an item was already about."""
    query = select(_item.c.expectation_id, _item.c.step).where(_item.c.account_id == account_id)
    return {(row.expectation_id, row.step) for row in connection.execute(query)}


def last_mails(connection: Connection, account_id: str) -> dict[str, tuple[str, str]]:
    """For each contact, template and body of the last mail that an item of this account prepared."""
    query = (
        select(_item.c.action, _item.c.beside).where(_item.c.account_id == account_id).order_by(_item.c.delivered_at)
    )
    found: dict[str, tuple[str, str]] = {}
    for action, beside in connection.execute(query):
        if action["kind"] == "send_email":
            found[action.get("contact_id") or ""] = (
                beside.get("template_id") or "",
                action.get("body") or "",
            )
    return found


def waiting(connection: Connection) -> list[ItemRow]:
    """Every item that waits for a decision, the highest priority first."""
    query = select(*_COLUMNS).where(_item.c.state == ItemState.OPEN.value)
    rows = [ItemRow(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda x: (-x.priority, x.id))


def delivered_since(connection: Connection, moment: datetime) -> list[str]:
    """The owners of what was delivered from `moment` on, one entry an item."""
    return list(connection.scalars(select(_item.c.owner_id).where(_item.c.delivered_at >= moment)))


def reported_blind(connection: Connection) -> set[str]:
    """The blind sources about which an item is open."""
    query = select(_item.c.beside).where(_item.c.state == ItemState.OPEN.value, ~_item.c.verified)
    return {name for beside in connection.scalars(query) for name in beside.get("blind") or ()}


def matters_since(connection: Connection, moment: datetime) -> set[str]:
    """The matters about which an item was delivered from `moment` on."""
    query = select(_item.c.opportunity_id, _item.c.interaction_id).where(_item.c.delivered_at >= moment)
    return {row.opportunity_id or row.interaction_id for row in connection.execute(query)}


def open_since(connection: Connection, moment: datetime) -> list[ItemRow]:
    """The items delivered from `moment` on that wait for a decision, in the order of their ids."""
    query = select(*_COLUMNS).where(_item.c.delivered_at >= moment, _item.c.state == ItemState.OPEN.value)
    return [ItemRow(*row) for row in connection.execute(query.order_by(_item.c.delivered_at, _item.c.id))]


def approvals_since(connection: Connection, decided_by: str, moment: datetime) -> int:
    """How many items `decided_by` approved from `moment` on."""
    mine = (_decision.c.decided_by == decided_by, _decision.c.verb == "approve", _decision.c.decided_at >= moment)
    return connection.scalar(select(func.count()).where(*mine)) or 0


def matters_with_open_item(connection: Connection) -> set[str]:
    """The matters (deal, or interaction without one) about which an item waits."""
    query = select(_item.c.opportunity_id, _item.c.interaction_id).where(_item.c.state == ItemState.OPEN.value)
    return {row.opportunity_id or row.interaction_id for row in connection.execute(query)}


def recent_repeats(connection: Connection, now: datetime) -> set[tuple[str, str, str]]:
    """What was shown within the last seven days, as repeat keys."""
    query = select(_item.c.opportunity_id, _item.c.interaction_id, _item.c.signal, _item.c.classification)
    rows = connection.execute(query.where(_item.c.delivered_at > now - REPEAT_AFTER))
    return {(row.opportunity_id or row.interaction_id, row.signal, row.classification) for row in rows}


def approve(
    connection: Connection, item_id: str, content_hash: str, decided_by: str, now: datetime
) -> tuple[ActionRow, Entry]:
    """A person's yes to exactly the content with this hash; puts the action into the outbox.

    Raises Refused when the item is not open any more or its content is another one by now.
    """
    changed = connection.execute(
        update(_item)
        .where(_item.c.id == item_id, _item.c.state == ItemState.OPEN.value, _item.c.content_hash == content_hash)
        .values(state=ItemState.APPROVED.value)
        .returning(*_COLUMNS)
    ).one_or_none()
    if changed is None:
        raise Refused(
            f"Item {item_id} is not open with this content any more; nothing was approved.",
            fix="Read the item again and decide on what it says now.",
        )
    item = ItemRow(*changed)
    decision = row_id("dec_", item.id, item.draft_version, "approve")
    connection.execute(
        insert(_decision),
        {
            "id": decision, "item_id": item.id, "account_id": item.account_id, "verb": "approve",
            "decided_by": decided_by, "decided_at": now, "draft_version": item.draft_version,
            "content_hash": content_hash, "reason": "",
        },
    )  # fmt: skip
    action = actions.decide(
        connection,
        item.action,
        account_id=item.account_id,
        effect_key=effect_key(item.id, item.draft_version),
        decided_by=decided_by,
        now=now,
        item_id=item.id,
        interaction_id=item.interaction_id,
    )
    detail = {"item": item.id, "action": action.id, "content_hash": content_hash}
    return action, Entry(now, ActorKind.USER, decided_by, "item.approved", item.id, detail)


def finish(connection: Connection, item_id: str, now: datetime) -> None:
    """The item's action was executed."""
    values: dict[str, Any] = {"state": ItemState.DONE.value, "closed_at": now, "closed_reason": "executed"}
    connection.execute(update(_item).where(_item.c.id == item_id).values(**values))
