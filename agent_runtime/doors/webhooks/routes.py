"""Webhooks over HTTP: an admin adds receivers, reads what they were told, and tells it again."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.doors.models import Delivery
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.service import Change
from agent_runtime.errors import BadInput
from agent_runtime.http.paging import Cursor, Limit, cursor_of, read_cursor
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.permissions import SEES_ALL, Policy, Right, Role

router = Router("webhooks")
_READS = Policy(SEES_ALL)
_CHANGES = Policy(frozenset({Role.ADMIN}), Right.ADMINISTER)
WebhookId = Annotated[str, Path(min_length=1, max_length=100)]


class WebhookLine(BaseModel):
    """A receiver, by its host alone: the rest of its address may carry a key. `waiting`: what it was not told yet."""

    id: str
    host: str
    kinds: list[str]
    label: str
    created_by: str
    created_at: datetime
    rotated_at: datetime | None
    stopped_at: datetime | None
    stopped_reason: str
    waiting: int


class Webhooks(BaseModel):
    """All receivers."""

    webhooks: list[WebhookLine]


class NewWebhook(BaseModel):
    """A receiver to be added."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=2_000)
    kinds: list[str] = Field(default=["*"], min_length=1, max_length=50)
    label: str = Field(default="", max_length=200)


class Added(BaseModel):
    """The secret by which the receiver checks what it is told; it is shown this once."""

    id: str
    secret: str


class DeliveryLine(BaseModel):
    """One event told to a receiver, or not yet."""

    id: str
    kind: str
    account_id: str
    subject_id: str
    at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str


class Deliveries(BaseModel):
    """A page of the log; `next` is the cursor of the following one."""

    deliveries: list[DeliveryLine]
    next: str | None


class Again(BaseModel):
    """What is to be told again: one delivery, or all that failed."""

    model_config = ConfigDict(extra="forbid")

    delivery_id: str | None = Field(default=None, max_length=100)


class Number(BaseModel):
    """How many are told again."""

    deliveries: int


class Changed(BaseModel):
    """Which receiver was changed."""

    id: str


@router.get("/api/webhooks", policy=_READS)
def list_webhooks(call: Asked) -> Webhooks:
    """Who is told what happens here."""
    waits = service.waiting(call.connection)
    found = service.webhooks(call.connection)
    lines = [WebhookLine(**x.model_dump(), host=service.host_of(x), waiting=waits.get(x.id, 0)) for x in found]
    return Webhooks(webhooks=lines)


@router.post("/api/webhooks", policy=_CHANGES)
def add_webhook(call: Asked, body: NewWebhook) -> Added:
    """Adds a receiver: it is told ids of what happens from now on, signed, until it takes it."""
    private = call.site.premises.settings.webhooks_private
    made = service.add(call.connection, body.url, body.kinds, body.label, change_of(call), private=private)
    return Added(id=made.id, secret=made.secret.get_secret_value())


@router.post("/api/webhooks/{webhook_id}/rotate", policy=_CHANGES)
def rotate_webhook(call: Asked, webhook_id: WebhookId) -> Added:
    """Another secret; for a day both sign."""
    made = service.rotate(call.connection, webhook_id, change_of(call))
    return Added(id=made.id, secret=made.secret.get_secret_value())


@router.post("/api/webhooks/{webhook_id}/resume", policy=_CHANGES)
def resume_webhook(call: Asked, webhook_id: WebhookId) -> Changed:
    """Goes on with a receiver that had said it wants nothing more."""
    service.resume(call.connection, webhook_id, change_of(call))
    return Changed(id=webhook_id)


@router.delete("/api/webhooks/{webhook_id}", policy=_CHANGES)
def remove_webhook(call: Asked, webhook_id: WebhookId) -> Changed:
    """Tells a receiver nothing more, and forgets its log."""
    service.remove(call.connection, webhook_id, change_of(call))
    return Changed(id=webhook_id)


@router.get("/api/webhooks/{webhook_id}/deliveries", policy=_READS)
def list_deliveries(
    call: Asked,
    webhook_id: WebhookId,
    state: Literal["pending", "delivered", "failed"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Deliveries:
    """What a receiver was told, the latest first."""
    found = service.log(call.connection, webhook_id, state, place_of(cursor), limit)
    last = found[-1] if len(found) == limit else None
    following = cursor_of(last.at.isoformat(), last.event) if last else None
    return Deliveries(deliveries=[line_of(x) for x in found], next=following)


@router.post("/api/webhooks/{webhook_id}/redeliver", policy=_CHANGES)
def redeliver(call: Asked, webhook_id: WebhookId, body: Again) -> Number:
    """Tells one event again, with the same id; without one all that failed."""
    return Number(deliveries=service.redeliver(call.connection, webhook_id, body.delivery_id, change_of(call)))


def line_of(found: Delivery) -> DeliveryLine:
    """A delivery as it is shown; what is over has no next attempt."""
    row = found.model_dump() | {"next_at": found.next_at if found.state == "pending" else None}
    return DeliveryLine(**row)


def place_of(cursor: str | None) -> tuple[datetime, int] | None:
    """Where a page of the log ended; raises BadInput for a cursor that no page gave."""
    after = read_cursor(cursor, str, int)
    try:
        return (datetime.fromisoformat(after[0]), int(after[1])) if after else None
    except ValueError:
        raise BadInput("This cursor is not one that a page gave.", fix="Begin without it.") from None


def change_of(call: Call) -> Change:
    """Who changes what now, as the log of changes is told."""
    return Change(call.principal.user_id, call.now, call.site.premises.install_key)
