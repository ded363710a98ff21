"""Tables of the outbox: decided actions, each at most once by its `effect_key`; kill switches; sender profiles."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel


class ActionState(StrEnum):
    """Pending is decided; claimed is being done; sent was taken by the provider, confirmed is there for certain.

    Unknown may have gone out and is read back; failed and cancelled had no effect, or one that a person must look at.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(SQLModel, table=True):
    """One decided change. `content_hash` is what was approved; `decided_by` a person or a named rule.

    `owner_id` and `heard`: the account's owner, and how much the customer had said, when it was decided: both are
    compared before it is done. `look_at`: when what is claimed or unknown is looked at again. `executed_at`: when it
    had its effect. `attempts`, `looks` and `turn` count tries, read-backs, and both together with every other step.
    """

    __tablename__ = "tenure_action"
    __table_args__ = (
        Index(
            "tenure_action_pending",
            "execute_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "tenure_action_look",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
        Index("tenure_action_account", "account_id"),
        Index("tenure_action_claimed", "connector", "claimed_at"),
    )

    id: str = Field(primary_key=True)
    effect_key: str = Field(unique=True)
    account_id: str
    item_id: str | None = Field(default=None, index=True)
    interaction_id: str | None = None
    kind: str
    connector: str = ""
    sender: str = ""
    content: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    decided_by: str
    decided_at: datetime
    execute_at: datetime
    state: str = ActionState.PENDING.value
    owner_id: str | None = None
    heard: int = 0
    attempts: int = 0
    looks: int = 0
    returns: int = 0
    turn: int = 0
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    look_at: datetime | None = None
    executed_at: datetime | None = None
    reason: str = ""
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Switch(SQLModel, table=True):
    """A kill switch: while it is not lifted, nothing of its scope is done. `value` is empty for the scope `all`."""

    __tablename__ = "tenure_switch"
    __table_args__ = (
        Index(
            "tenure_switch_set",
            "scope",
            "value",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    scope: str
    value: str = ""
    reason: str
    set_by: str
    set_at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None


class Sender(SQLModel, table=True):
    """In whose name and from where a user's mail is sent; `password_ref` says where the password is, never what."""

    __tablename__ = "tenure_sender"

    user_id: str = Field(primary_key=True)
    name: str
    address: str
    signature: str = ""
    language: str = ""
    server: str
    username: str = ""
    password_ref: str = ""
    sent_folder: str = "Sent"
    set_by: str
    set_at: datetime
