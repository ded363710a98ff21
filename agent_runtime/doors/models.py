"""Tables of the doors: who is told what happened, each telling, and the messages that came in."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel


class Webhook(SQLModel, table=True):
    """A receiver of what happens. `kinds`: names of events, "item.*" for a family, "*" for all.

    Its secret is stored nowhere: it follows from the key of the installation, `id` and `generation`. For a day after
    `rotated_at` the secret of the generation before signs as well.
    """

    __tablename__ = "tenure_webhook"

    id: str = Field(primary_key=True)
    url: str
    kinds: list[str] = Field(sa_type=JSON)
    label: str = ""
    generation: int = 1
    rotated_at: datetime | None = None
    created_by: str
    created_at: datetime
    stopped_at: datetime | None = None
    stopped_reason: str = ""


class WebhookPlace(SQLModel, table=True):
    """How far the feed of events was handed on to a receiver; without a row, from its beginning."""

    __tablename__ = "tenure_webhook_place"

    webhook_id: str = Field(primary_key=True)
    transaction: int = Field(sa_type=BigInteger)
    event: int = Field(sa_type=BigInteger)


class Delivery(SQLModel, table=True):
    """One event for one receiver. `id` goes with every attempt, so that the receiver knows it again.

    `event`: its number in the feed. `state`: pending, delivered or failed. `claimed_until`: who is at it has so long.
    """

    __tablename__ = "tenure_webhook_delivery"
    __table_args__ = (
        Index("tenure_webhook_delivery_due", "state", "next_at"),
        Index("tenure_webhook_delivery_log", "webhook_id", "at", "event"),
    )

    id: str = Field(primary_key=True)
    webhook_id: str
    event: int = Field(sa_type=BigInteger)
    kind: str
    account_id: str
    subject_id: str
    at: datetime
    state: str = "pending"
    attempts: int = 0
    next_at: datetime
    claimed_until: datetime | None = None
    last_at: datetime | None = None
    last_status: int | None = None
    last_error: str = ""


class HookMessage(SQLModel, table=True):
    """A signed message that came in by a hook; kept before it is acknowledged, so that nothing is lost.

    `id` is made of the hook and the sender's id, so that the same message counts once. `state`: waiting, taken or
    rejected, with its `reason`. `body` goes when it was taken; what was rejected keeps it, to be read anew.
    """

    __tablename__ = "tenure_hook_message"
    __table_args__ = (Index("tenure_hook_message_state", "state", "received_at"),)

    id: str = Field(primary_key=True)
    hook: str
    message_id: str
    sent_at: datetime
    received_at: datetime
    body: bytes = Field(sa_type=LargeBinary)
    body_hash: str
    state: str = "waiting"
    reason: str = ""
    records: int = 0
