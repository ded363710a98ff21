"""The inherited backlog over HTTP: its batches, what waits in one, and the judgement of many rows at once."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from agent_runtime.http.paging import Cursor, Limit, cursor_of, read_cursor
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.inbox import backlog
from agent_runtime.inbox.decide import Deciding
from agent_runtime.inbox.verbs import Outcome
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right, account_scope, visible
from memory.records import Account

router = Router("backlog")
BatchId = Annotated[str, Path(min_length=1, max_length=200)]
InteractionId = Annotated[str, Field(min_length=1, max_length=200)]


class BatchLine(BaseModel):
    """A batch: whose it is, from before when, by when it is looked through, how many rows nobody judged yet."""

    id: str
    owner_id: str
    cut: datetime
    review_at: datetime
    size: int
    waiting: int


class Batches(BaseModel):
    """Every batch, the latest first."""

    batches: list[BatchLine]


class BacklogLine(BaseModel):
    """An inherited interaction that waits for a judgement; `owed_since`: when the first that is owed was due."""

    id: str
    account_id: str
    kind: str
    opportunity_id: str | None
    contact_id: str | None
    owner_id: str
    opened_at: datetime
    next_action: str
    owed_since: datetime


class BacklogLines(BaseModel):
    """A page of what waits; `next` is the cursor of the following one."""

    rows: list[BacklogLine]
    next: str | None


class Judgement(BaseModel):
    """How rows are judged: their outcome, or, without one, that they are worked again."""

    model_config = ConfigDict(extra="forbid")

    interaction_ids: list[InteractionId] = Field(min_length=1, max_length=500)
    outcome: Outcome | None = None


class Judged(BaseModel):
    """How many of the rows waited for the judgement."""

    judged: int


@router.get("/api/backlog", policy=Policy(OVERSEERS))
def list_batches(call: Asked) -> Batches:
    """The batches that were inherited at go-live."""
    return Batches(batches=[_line(x) for x in backlog.batches(call.connection)])


@router.get("/api/backlog/{backlog_id}", policy=Policy(OVERSEERS))
def list_rows(call: Asked, backlog_id: BatchId, limit: Limit = 50, cursor: Cursor = None) -> BacklogLines:
    """What waits in a batch, of the accounts that you see."""
    after = read_cursor(cursor, str)
    accounts = select(Account.__table__.c.id).where(visible(call.connection, call.principal, call.now))  # type: ignore[attr-defined]
    found = backlog.rows_of(call.connection, backlog_id, str(after[0]) if after else "", limit, accounts)
    following = cursor_of(found[-1]["id"]) if len(found) == limit else None
    return BacklogLines(rows=[BacklogLine(**x) for x in found], next=following)


@router.post("/api/backlog/{backlog_id}/judge", policy=Policy(LEADERS, Right.DECIDE))
def judge_rows(call: Asked, backlog_id: BatchId, body: Judgement) -> Judged:
    """Judges many rows alike; one of an account that you do not see makes it refuse all."""
    for account in backlog.accounts_of(call.connection, body.interaction_ids):
        account_scope(call.connection, call.principal, account, call.now)
    return Judged(judged=backlog.judge(call.connection, backlog_id, body.interaction_ids, body.outcome, _by(call)))


def _by(call: Call) -> Deciding:
    premises = call.site.premises
    return Deciding(call.principal.user_id, call.principal.channel, call.now, premises.install_key, call.site.undo)


def _line(batch: backlog.Batch) -> BatchLine:
    return BatchLine(
        id=batch.id, owner_id=batch.owner_id, cut=batch.cut, review_at=batch.review_at, size=batch.size,
        waiting=batch.waiting,
    )  # fmt: skip
