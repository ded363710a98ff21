"""The tables of the weekly page: who stood up for the figures of a segment, and who gets the page by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class CallVerification(SQLModel, table=True):
    """A person compared the figures of a segment with the phone system's own and found them right.

    `accepted`: checks that could not be measured and that they accepted; `checks`: what each check said then.
    """

    __tablename__ = "tenure_call_verification"

    id: str = Field(primary_key=True)
    segment: str
    verified_by: str
    verified_at: datetime
    note: str = ""
    accepted: list[str] = Field(default_factory=list, sa_type=JSON)
    checks: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


class CallSubscription(SQLModel, table=True):
    """A person gets the weekly page by mail. `sent_week`: the last one that went out, as 2026-W46; `claimed_week` and
    `claimed_at`: the one that somebody is sending."""

    __tablename__ = "tenure_call_subscription"

    user_id: str = Field(primary_key=True)
    since: datetime
    sent_week: str = ""
    claimed_week: str = ""
    claimed_at: datetime | None = None
