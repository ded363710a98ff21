"""The table of verifications: who stood up for the figures of a segment, when, and on which checks."""

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
