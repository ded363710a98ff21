"""The trace of one item: from the signal to the draft, the decisions, the actions, and what came of them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Table, or_, select

from agent_runtime.actions.models import Action
from agent_runtime.audit.models import AuditEntry
from agent_runtime.errors import NotThere
from agent_runtime.inbox.models import Decision, Draft, Item
from agent_runtime.ledger.models import Breach, Expectation, Interaction
from memory.records import Activity
from memory.scope import AccountScope

_item: Table = Item.__table__  # type: ignore[attr-defined]
_draft: Table = Draft.__table__  # type: ignore[attr-defined]
_decision: Table = Decision.__table__  # type: ignore[attr-defined]
_action: Table = Action.__table__  # type: ignore[attr-defined]
_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_breach: Table = Breach.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
# What comes first of what has the same time.
_ORDER = (
    "interaction", "expectation", "breach", "item", "draft", "decision", "action", "activity", "audit"
)  # fmt: skip


class Step(BaseModel):
    """One thing of the trace: what it is (one of _ORDER), when, of which row, by whom."""

    at: datetime
    what: str
    id: str
    actor: str
    detail: dict[str, Any]


class Trace(BaseModel):
    """Everything that led to an item and came of it, in order."""

    item_id: str
    account_id: str
    interaction_id: str
    steps: list[Step]


def trace(connection: Connection, scope: AccountScope, item_id: str) -> Trace:
    """The trace of an item of the account; raises NotThere."""
    account = scope.account_id
    item = connection.execute(select(_item).where(_item.c.id == item_id, _item.c.account_id == account)).one_or_none()
    if item is None:
        raise NotThere("There is no such item.", fix="Load the inbox again.")
    actions = connection.execute(select(_action).where(_action.c.item_id == item_id)).all()
    steps = [
        *_signal(connection, item), *_drafts(connection, item), *_decisions(connection, item_id),
        *[_did(row) for row in actions], *_activities(connection, account, [row.id for row in actions]),
        *_entries(connection, account, [item_id, *(row.id for row in actions)]),
    ]  # fmt: skip
    ordered = sorted(steps, key=lambda x: (x.at, _ORDER.index(x.what), x.id))
    return Trace(item_id=item_id, account_id=account, interaction_id=item.interaction_id, steps=ordered)


def matter(connection: Connection, scope: AccountScope, interaction_id: str) -> dict[str, Any] | None:
    """How what an item is about stands now: its row; None where it is about none."""
    mine = (_interaction.c.id == interaction_id, _interaction.c.account_id == scope.account_id)
    row = connection.execute(select(_interaction).where(*mine)).mappings().one_or_none()
    return dict(row) if row else None


def _signal(connection: Connection, item: Any) -> list[Step]:
    steps = []
    interaction = connection.execute(select(_interaction).where(_interaction.c.id == item.interaction_id)).one_or_none()
    if interaction:
        detail = {"kind": interaction.kind, "opened_by": interaction.opened_by, "state": interaction.state}
        steps.append(Step(at=interaction.opened_at, what="interaction", id=interaction.id, actor="", detail=detail))
    expectation = connection.execute(select(_expectation).where(_expectation.c.id == item.expectation_id)).one_or_none()
    if expectation:
        detail = {"rule": expectation.rule, "due_at": expectation.due_at, "evidence": expectation.evidence}
        steps.append(Step(at=expectation.opened_at, what="expectation", id=expectation.id, actor="", detail=detail))
    breach = connection.execute(select(_breach).where(_breach.c.expectation_id == item.expectation_id)).one_or_none()
    if breach:
        detail = {"rule": breach.rule, "due_at": breach.due_at, "retracted_at": breach.retracted_at}
        steps.append(Step(at=breach.detected_at, what="breach", id=breach.expectation_id, actor="", detail=detail))
    detail = {"signal": item.signal, "why": item.why, "state": item.state}
    return [*steps, Step(at=item.delivered_at, what="item", id=item.id, actor="agent", detail=detail)]


def _drafts(connection: Connection, item: Any) -> list[Step]:
    rows = connection.execute(select(_draft).where(_draft.c.item_id == item.id))
    return [
        Step(
            at=x.made_at, what="draft", id=f"{x.item_id}.{x.version}", actor=x.made_by,
            detail={"version": x.version, "hash": x.content_hash},
        )
        for x in rows
    ]  # fmt: skip


def _decisions(connection: Connection, item_id: str) -> list[Step]:
    rows = connection.execute(select(_decision).where(_decision.c.item_id == item_id))
    return [
        Step(
            at=x.decided_at, what="decision", id=x.id, actor=x.decided_by,
            detail={"verb": x.verb, "version": x.draft_version, "hash": x.content_hash, "channel": x.channel},
        )
        for x in rows
    ]  # fmt: skip


def _did(row: Any) -> Step:
    detail = {
        "kind": row.kind, "state": row.state, "hash": row.content_hash, "execute_at": row.execute_at,
        "executed_at": row.executed_at,
    }  # fmt: skip
    return Step(at=row.decided_at, what="action", id=row.id, actor=row.decided_by, detail=detail)


def _activities(connection: Connection, account: str, action_ids: list[str]) -> list[Step]:
    """What stands on the timeline because an action was done: its source record carries the action's id."""
    if not action_ids:
        return []
    mine = (_activity.c.account_id == account, or_(*(_activity.c.source_id == x for x in action_ids)))
    return [
        Step(at=x.occurred_at, what="activity", id=x.id, actor=x.user_id or "", detail={"kind": x.kind})
        for x in connection.execute(select(_activity).where(*mine))
    ]


def _entries(connection: Connection, account: str, subjects: list[str]) -> list[Step]:
    query = select(_entry).where(_entry.c.account_id == account, _entry.c.subject_id.in_(subjects))
    return [
        Step(
            at=x.at, what="audit", id=f"{x.account_id}/{x.seq}", actor=x.actor_id,
            detail={"event": x.event, "subject": x.subject_id, "hash": x.entry_hash, "payload": x.payload},
        )
        for x in connection.execute(query.order_by(_entry.c.seq))
    ]  # fmt: skip
