"""The outbox: every decided action with its state; `effect_key` is unique, so that it happens at most once."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel


class ActionState(StrEnum):
    """Pending is decided; claimed is being done; executed and failed are ends; voided was overtaken."""

    PENDING = "pending"
    CLAIMED = "claimed"
    EXECUTED = "executed"
    FAILED = "failed"
    VOIDED = "voided"


class Action(SQLModel, table=True):
    """One decided change. `content_hash` is what was approved; `decided_by` a person or a named rule."""

    __tablename__ = "tenure_action"
    __table_args__ = (
        Index("tenure_action_pending", "execute_at", sqlite_where=text("state = 'pending'")),
        Index("tenure_action_account", "account_id"),
    )

    id: str = Field(primary_key=True)
    effect_key: str = Field(unique=True)
    account_id: str
    item_id: str | None = None
    interaction_id: str | None = None
    kind: str
    content: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    decided_by: str
    decided_at: datetime
    execute_at: datetime
    state: str = ActionState.PENDING.value
    executed_at: datetime | None = None
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
