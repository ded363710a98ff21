"""Tables of the inbox: the item with its prepared action, and the decision about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel


class ItemState(StrEnum):
    """Open and snoozed items wait for a person, approved ones for their execution; the others are closed.

    Renewed: closed so that the next run prepares it anew, for another owner or after the world changed.
    """

    OPEN = "open"
    SNOOZED = "snoozed"
    APPROVED = "approved"
    DONE = "done"
    DISMISSED = "dismissed"
    CLEARED = "cleared"
    EXPIRED = "expired"
    RENEWED = "renewed"


# What lists are made of: everything that is not closed.
LIVE = "state IN ('open', 'snoozed', 'approved')"


class Item(SQLModel, table=True):
    """One prepared next action about one interaction, delivered to one person or to a pool.

    `made_at`: when the present version was written. `flags`: why a person should look twice before the content goes
    out; flagged items are never sent in bulk. `snoozed_for`: the event that ends a snooze before `snoozed_until`.
    `claimed_by`: who of the pool has it, until the lease ends.
    """

    __tablename__ = "tenure_item"
    __table_args__ = (
        Index("tenure_item_account", "account_id", "state"),
        Index("tenure_item_delivered", "delivered_at"),
        Index(
            "tenure_item_open", "owner_id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
        ),
        Index(
            "tenure_item_live",
            *("owner_id", "state", "signal", "due_at", "priority", "account_id", "id"),
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "tenure_item_snoozed",
            "snoozed_until",
            sqlite_where=text("state = 'snoozed'"),
            postgresql_where=text("state = 'snoozed'"),
        ),
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
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    made_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_for: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None


class Draft(SQLModel, table=True):
    """One version of an item's content, never changed: the agent's (`made_by` agent) or a person's edit."""

    __tablename__ = "tenure_draft"

    item_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    account_id: str
    action: dict[str, Any] = Field(sa_type=JSON)
    content_hash: str
    made_by: str
    made_at: datetime


class Decision(SQLModel, table=True):
    """What a person, or a named rule, decided about one version of an item; never changed.

    `channel`: web, api, cli, mail, slack. `detail`: what the verb needs (until, how, result, to, outcome).
    """

    __tablename__ = "tenure_decision"
    __table_args__ = (Index("tenure_decision_by", "decided_by", "decided_at"),)

    id: str = Field(primary_key=True)
    item_id: str = Field(index=True)
    account_id: str
    verb: str
    decided_by: str
    decided_at: datetime
    channel: str = "api"
    draft_version: int
    content_hash: str
    reason: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Backlog(SQLModel, table=True):
    """A batch of what was overdue long before go-live: one owner, one review date, judged in bulk."""

    __tablename__ = "tenure_backlog"

    id: str = Field(primary_key=True)
    owner_id: str
    cut: datetime
    review_at: datetime
    made_at: datetime


class BacklogRow(SQLModel, table=True):
    """One inherited interaction; `judged`: brought_in (by a person, or fed by the day), or its outcome."""

    __tablename__ = "tenure_backlog_row"
    __table_args__ = (Index("tenure_backlog_row_account", "account_id"),)

    interaction_id: str = Field(primary_key=True)
    backlog_id: str = Field(foreign_key="tenure_backlog.id", index=True)
    account_id: str
    judged: str | None = None
    judged_by: str | None = None
    judged_at: datetime | None = None


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


class Mute(SQLModel, table=True):
    """A signal of which nobody wants to hear of one account until a time; it goes on being watched meanwhile.

    Where two accounts became one there may be two rows for a signal; the later end counts.
    """

    __tablename__ = "tenure_mute"
    __table_args__ = (Index("tenure_mute_account", "account_id", "signal"),)

    id: str = Field(primary_key=True)
    account_id: str
    signal: str
    until: datetime
    muted_by: str
    muted_at: datetime


class Observed(SQLModel, table=True):
    """An item that would have been before its owner, had the rollout reached them. Ids and kinds, no words."""

    __tablename__ = "tenure_observed"
    __table_args__ = (Index("tenure_observed_account", "account_id"), Index("tenure_observed_at", "at"))

    expectation_id: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    account_id: str
    signal: str
    classification: str
    kind: str
    owner_id: str
    at: datetime
