"""Tables of the inbox: the item with its prepared action, and the decision about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel


class ItemState(StrEnum):
    """Open items wait for a person; every other state says what became of them."""

    OPEN = "open"
    APPROVED = "approved"
    DONE = "done"
    CLEARED = "cleared"
    EXPIRED = "expired"


class Item(SQLModel, table=True):
    """One prepared next action about one interaction, delivered to one person."""

    __tablename__ = "tenure_item"
    __table_args__ = (
        Index("tenure_item_account", "account_id", "state"),
        Index("tenure_item_delivered", "delivered_at"),
        Index("tenure_item_open", "owner_id", sqlite_where=text("state = 'open'")),
    )

    id: str = Field(primary_key=True)
    account_id: str
    interaction_id: str
    expectation_id: str
    opportunity_id: str | None = None
    signal: str
    classification: str
    step: int = 0
    verified: bool = True
    state: str = ItemState.OPEN.value
    delivered_at: datetime
    owner_id: str
    due_at: datetime
    priority: float
    risk: float
    value_at_stake: dict[str, Any] = Field(sa_type=JSON)
    action: dict[str, Any] = Field(sa_type=JSON)
    draft_version: int = 1
    content_hash: str
    evidence: list[Any] = Field(sa_type=JSON)
    why: list[Any] = Field(sa_type=JSON)
    beside: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    closed_at: datetime | None = None
    closed_reason: str | None = None


class Decision(SQLModel, table=True):
    """What a person, or a named rule, decided about one version of an item; never changed."""

    __tablename__ = "tenure_decision"

    id: str = Field(primary_key=True)
    item_id: str = Field(index=True)
    account_id: str
    verb: str
    decided_by: str
    decided_at: datetime
    draft_version: int
    content_hash: str
    reason: str = ""


class Suppressed(SQLModel, table=True):
    """A proposal that was not made, with its reason: doing nothing is a decision too. `until`: when to ask again;
    `released`: that time has come."""

    __tablename__ = "tenure_suppressed"
    __table_args__ = (
        Index("tenure_suppressed_account", "account_id"),
        Index("tenure_suppressed_until", "until", sqlite_where=text("until IS NOT NULL")),
    )

    expectation_id: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    account_id: str
    at: datetime
    verdict: str
    reason: str
    until: datetime | None = None
    released: bool = False
