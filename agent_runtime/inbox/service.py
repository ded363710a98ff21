"""Delivers items, closes them by themselves, hears what became of their actions: in the caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Table, bindparam, func, insert, literal_column, select, update

from agent_runtime import events
from agent_runtime.actions import service as actions
from agent_runtime.actions.book import ActionRow
from agent_runtime.actions.policy import IN_MAILBOX
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.inbox import mailbox, store
from agent_runtime.inbox.content import flags_of
from agent_runtime.inbox.models import BacklogRow, Decision, Item, ItemState, Suppressed
from agent_runtime.inbox.policy import ANY_STEP, REPEAT_AFTER, ItemRow, closing
from agent_runtime.inbox.store import COLUMNS
from agent_runtime.jobs import wake
from agent_runtime.ledger.book import Book
from agent_runtime.ledger.models import Interaction

EXECUTED = "executed"
_item: Table = Item.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_backlog_row: Table = BacklogRow.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
# The states stand in the statements: bound ones let SQLite plan anew at each call, for a partial index.
_LIVE = _item.c.state.in_([literal_column(f"'{x}'") for x in ("open", "snoozed", "approved")])
_GIVEN_BACK = (ItemState.RENEWED.value, ItemState.DISMISSED.value)
_MINE = _item.c.account_id == bindparam("account")
_LIVE_OF = select(*COLUMNS).where(_MINE, _LIVE)
_RETURNED = select(_suppressed.c.expectation_id).where(
    _suppressed.c.expectation_id == _item.c.expectation_id,
    _suppressed.c.step == ANY_STEP,
    _suppressed.c.released,
    _suppressed.c.at >= _item.c.delivered_at,
)
# Asked at each run of an account: prepared once, because to build a statement takes longer than to execute it.
_DELIVERED_OF = select(_item.c.expectation_id, _item.c.step).where(
    _MINE, _item.c.state.not_in(_GIVEN_BACK), ~_RETURNED.exists()
)
_STATES_OF = select(_item.c.expectation_id, _item.c.step, _item.c.state).where(_MINE).order_by(_item.c.delivered_at)
_HELD_OF = select(_suppressed.c.expectation_id, _suppressed.c.step).where(
    _suppressed.c.account_id == bindparam("account"), ~_suppressed.c.released
)


def live_items(connection: Connection, account_id: str) -> list[ItemRow]:
    """The items of one account that are not closed: before a person, put off, or approved and not executed."""
    return [ItemRow(*row) for row in connection.execute(_LIVE_OF, {"account": account_id})]


def close_settled(
    connection: Connection, items: Sequence[ItemRow], book: Book, now: datetime, heard: Callable[[ItemRow], bool]
) -> list[Entry]:
    """Closes what has had its day; gives the audit entries. A closed item never ends an interaction.

    An approved item is closed only where its action can still be cancelled. `heard`: whether the customer turned to
    us since the item was written. What its owner sent out of their own drafts is their decision about it.
    """
    entries: list[Entry] = []
    for item in items:
        end = closing(item, book, heard(item))
        if not end:
            continue
        sent = mailbox.sent_from_mailbox(connection, item) if item.state != ItemState.APPROVED else None
        if sent:
            entries += mailbox.decided_there(connection, item, sent, now)
            entries.append(_close(connection, item, ItemState.DONE, mailbox.SENT_FROM_THERE, now))
        else:
            entries += _take_back(connection, item, ItemState(end[0]), end[1], now)
    return entries


def _take_back(connection: Connection, item: ItemRow, state: ItemState, reason: str, now: datetime) -> list[Entry]:
    """Closes an item; an approved one only where its action can still be cancelled."""
    if item.state != ItemState.APPROVED:
        return [_close(connection, item, state, reason, now)]
    cancelled = actions.cancel(connection, reason=reason, now=now, item_id=item.id)
    entries = [actions.told(action, now, reason=reason) for action in cancelled]
    return [*entries, _close(connection, item, state, reason, now)] if cancelled else []


def _close(connection: Connection, item: ItemRow, state: ItemState, reason: str, now: datetime) -> Entry:
    values = {"state": state.value, "closed_at": now, "closed_reason": reason}
    connection.execute(update(_item).where(_item.c.id == item.id).values(**values))
    events.publish(connection, f"item.{state.value}", item.account_id, item.id, now)
    detail = {"reason": reason, "signal": item.signal}
    return Entry(now, ActorKind.AGENT, "agent", f"item.{state.value}", item.id, detail)


def renew(connection: Connection, account_id: str, reason: str, now: datetime) -> list[Entry]:
    """Takes back every item of an account that is not being executed, so that the next run prepares it anew."""
    entries: list[Entry] = []
    for item in live_items(connection, account_id):
        if item.interaction_id:
            entries += _take_back(connection, item, ItemState.RENEWED, reason, now)
    return entries


def close_batches(connection: Connection, now: datetime) -> None:
    """Closes the items about batches of which nothing waits any more."""
    waiting = select(_backlog_row.c.backlog_id).where(_backlog_row.c.judged.is_(None))
    waiting = waiting.join(_interaction, _interaction.c.id == _backlog_row.c.interaction_id)
    waiting = waiting.where(_interaction.c.state == "open")
    left = set(connection.scalars(waiting))
    close_inside(connection, "backlog", lambda x: x.beside["backlog"] not in left, now, "nothing is left to judge")


def close_inside(
    connection: Connection, signal: str, has_ended: Callable[[ItemRow], bool], now: datetime,
    reason: str = "it has ended",
) -> list[tuple[str, Entry]]:  # fmt: skip
    """Closes the live items of a signal that is about no interaction, where `has_ended`; an entry for each account."""
    query = select(*COLUMNS).where(_item.c.signal == signal, _LIVE)
    ended = [item for item in (ItemRow(*row) for row in connection.execute(query).all()) if has_ended(item)]
    return [(item.account_id, _close(connection, item, ItemState.DONE, reason, now)) for item in ended]


def told_since(connection: Connection, signal: str, name: str, since: datetime) -> set[str]:
    """What stands as `name` beside the items of a signal that are live or were delivered from `since` on."""
    query = select(_item.c.beside).where(_item.c.signal == signal, _LIVE | (_item.c.delivered_at >= since))
    return {str(beside[name]) for beside in connection.scalars(query)}


def deliver(connection: Connection, item: ItemRow) -> Entry:
    """Puts a checked item before its owner."""
    item = replace(item, flags=flags_of(item), made_at=item.delivered_at)
    store.insert_item(connection, item)
    store.keep_version(connection, item, "agent", item.delivered_at)
    events.publish(connection, "item.delivered", item.account_id, item.id, item.delivered_at)
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
    # The reason may quote what somebody wrote, so it stands in the row alone.
    detail = {"verdict": verdict, "step": step, "until": until.isoformat() if until else None}
    return Entry(now, ActorKind.AGENT, "agent", "item.suppressed", expectation_id, detail)


def held_steps(connection: Connection, account_id: str) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account for which nothing is proposed at present."""
    return {(name, step) for name, step in connection.execute(_HELD_OF, {"account": account_id})}


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


def wake_snoozed(connection: Connection, now: datetime) -> list[str]:
    """Puts what was put off until now before its owner again; gives the accounts, in a fixed order.

    Their next run looks at what became of the matter in the meantime.
    """
    due = update(_item).where(_item.c.state == literal_column("'snoozed'"), _item.c.snoozed_until <= now)
    return sorted(set(connection.scalars(due.values(state=ItemState.OPEN.value).returning(_item.c.account_id))))


def next_wake(connection: Connection) -> datetime | None:
    """When the next item that was put off returns."""
    query = select(func.min(_item.c.snoozed_until)).where(_item.c.state == literal_column("'snoozed'"))
    found: datetime | None = connection.scalar(query)
    return found


def delivered_steps(connection: Connection, account_id: str) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account that an item was already about, and nobody gave back.

    What a person put off since, until a time that has come, may be shown again.
    """
    return {(name, step) for name, step in connection.execute(_DELIVERED_OF, {"account": account_id})}


def is_there(connection: Connection, item_id: str) -> bool:
    """Whether an item of this id was ever delivered."""
    return connection.scalar(select(_item.c.id).where(_item.c.id == item_id)) is not None


def count_about(connection: Connection, account_id: str, expectation_id: str) -> int:
    """How many items there have been about one expectation of an account."""
    about = (_item.c.account_id == account_id, _item.c.expectation_id == expectation_id)
    return connection.scalar(select(func.count()).where(*about)) or 0


def renewed(connection: Connection, account_id: str) -> set[tuple[str, int]]:
    """The (expectation, step) pairs of an account whose last item was taken back to be prepared anew."""
    latest = {(name, step): state for name, step, state in connection.execute(_STATES_OF, {"account": account_id})}
    return {pair for pair, state in latest.items() if state == ItemState.RENEWED}


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
    query = select(*COLUMNS).where(_item.c.state == ItemState.OPEN.value)
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
    query = select(*COLUMNS).where(_item.c.delivered_at >= moment, _item.c.state == ItemState.OPEN.value)
    return [ItemRow(*row) for row in connection.execute(query.order_by(_item.c.delivered_at, _item.c.id))]


def approvals_since(connection: Connection, decided_by: str, moment: datetime) -> int:
    """How many items `decided_by` approved from `moment` on."""
    mine = (_decision.c.decided_by == decided_by, _decision.c.verb == "approve", _decision.c.decided_at >= moment)
    return connection.scalar(select(func.count()).where(*mine)) or 0


def matters_with_open_item(connection: Connection) -> set[str]:
    """The matters (deal, or interaction without one) about which an item is not closed."""
    query = select(_item.c.opportunity_id, _item.c.interaction_id).where(_LIVE)
    return {row.opportunity_id or row.interaction_id for row in connection.execute(query)}


def accounts_with_live_item(connection: Connection, account_ids: Sequence[str]) -> list[str]:
    """Those of `account_ids` about which an item is not closed."""
    wanted = frozenset(account_ids)
    return sorted(wanted.intersection(connection.scalars(select(_item.c.account_id).where(_LIVE).distinct())))


def recent_repeats(connection: Connection, now: datetime) -> set[tuple[str, str, str]]:
    """What was shown within the last seven days and nobody gave back, as repeat keys."""
    query = select(_item.c.opportunity_id, _item.c.interaction_id, _item.c.signal, _item.c.classification)
    shown = (_item.c.delivered_at > now - REPEAT_AFTER, _item.c.state.not_in(_GIVEN_BACK))
    rows = connection.execute(query.where(*shown))
    return {(row.opportunity_id or row.interaction_id, row.signal, row.classification) for row in rows}


def hear(connection: Connection, action: ActionRow, state: str, reason: str, now: datetime) -> list[Entry]:
    """What became of an item's action: done, taken back to be prepared anew, or failed and before its owner again."""
    item = store.item(connection, action.item_id or "")
    if item is None or item.state != ItemState.APPROVED or action.kind in IN_MAILBOX:
        return []
    if state in ("sent", "confirmed"):
        return [_close(connection, item, ItemState.DONE, EXECUTED, now)]
    if state == "cancelled":
        wake(connection, [item.account_id])
        return [_close(connection, item, ItemState.RENEWED, reason, now)]
    if state == "failed":
        flags = [*(x for x in item.flags if x != "failed"), "failed"]
        item = store.reopen(connection, replace(item, flags=flags), "agent", now)
        events.publish(connection, "item.failed", item.account_id, item.id, now)
        connection.execute(update(_item).where(_item.c.id == item.id).values(beside=item.beside | {"failed": reason}))
        return [Entry(now, ActorKind.AGENT, "agent", "item.failed", item.id, {"action": action.id})]
    return []
