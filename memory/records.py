"""The tables of what is known: directory (accounts, contacts, users), activities, episodes, facts, coverage."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Account(SQLModel, table=True):
    """A company or person that we do business with; `provisional` until a person or a match confirms it.

    `merged_into`: the account that it turned out to be; what it had stands there, and its own row stays as a sign.
    """

    __tablename__ = "tenure_account"

    id: str = Field(primary_key=True)
    name: str
    domain: str | None = None
    industry: str | None = None
    country: str | None = None
    currency: str | None = None
    language: str | None = None
    timezone: str | None = None
    phone: str | None = None
    segment: str | None = None
    lifecycle: str | None = None
    owner_id: str | None = None
    csm_id: str | None = None
    renewal_date: date | None = None
    arr: float | None = None
    provisional: bool = False
    merged_into: str | None = None
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Contact(SQLModel, table=True):
    """A person at an account; `status` is active, left_company, on_leave, opted_out or bounced."""

    __tablename__ = "tenure_contact"

    id: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, index=True)
    name: str = ""
    title: str = ""
    role: str = ""
    email: str | None = None
    phone: str | None = None
    timezone: str | None = None
    language: str | None = None
    status: str = "active"
    status_until: datetime | None = None
    merged_into: str | None = None
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Handle(SQLModel, table=True):
    """An address by which somebody can be recognised: kind `email`, `phone` (E.164) or `domain`.

    The same value may stand for several contacts or accounts: then it is ambiguous and decides nothing.
    """

    __tablename__ = "tenure_handle"

    kind: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True, default="")
    contact_id: str = Field(primary_key=True, default="")


class User(SQLModel, table=True):
    """One of ours: rep, csm, manager, admin or auditor."""

    __tablename__ = "tenure_user"

    id: str = Field(primary_key=True)
    name: str
    email: str = ""
    role: str = "rep"
    manager_id: str | None = None
    team: str | None = None
    timezone: str | None = None
    phone: str | None = None
    extension: str | None = None
    language: str | None = None
    leaves_at: datetime | None = None
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Absence(SQLModel, table=True):
    """A user is away from `begins_at` until `ends_at`; `delegate_id` stands in."""

    __tablename__ = "tenure_absence"

    user_id: str = Field(primary_key=True)
    begins_at: datetime = Field(primary_key=True)
    ends_at: datetime
    delegate_id: str | None = None


class Stage(SQLModel, table=True):
    """A stage of the pipeline; `category` is open, won, lost or disqualified, `expected_days` working days."""

    __tablename__ = "tenure_stage"

    stage: str = Field(primary_key=True)
    position: int = 0
    category: str = "open"
    probability: float | None = None
    expected_days: float | None = None


class Reference(SQLModel, table=True):
    """A row of a list that gives activities their meaning: `stream` is lines, campaigns, shifts or notes."""

    __tablename__ = "tenure_reference"

    stream: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Coverage(SQLModel, table=True):
    """What can be seen: one stretch of one mailbox, line or object of a source.

    `holder` is the user or line, empty for the whole source. `known_at`: from when this row may be relied on.
    """

    __tablename__ = "tenure_coverage"

    source: str = Field(primary_key=True)
    holder: str = Field(primary_key=True, default="")
    visible_from: datetime = Field(primary_key=True)
    visible_until: datetime
    known_at: datetime


class Activity(SQLModel, table=True):
    """A normalised thing that happened, append-only: a changed source record is a new revision.

    `occurred_at`: when it happened; `known_at`: when we could know. `kind` as in docs/glossary.md.
    `caused_by`: person, rule or none (the customer, or a system). `data`: typed fields of the kind, no long text.
    """

    __tablename__ = "tenure_activity"
    __table_args__ = (
        UniqueConstraint("source", "stream", "source_id", "revision"),
        Index("tenure_activity_account", "account_id", "occurred_at"),
    )

    id: str = Field(primary_key=True)
    account_id: str | None = None
    source: str
    stream: str
    source_id: str
    revision: int = 0
    content_hash: str
    kind: str
    direction: str | None = None
    occurred_at: datetime
    known_at: datetime
    contact_id: str | None = None
    user_id: str | None = None
    opportunity_id: str | None = None
    caused_by: str = "none"
    subject: str | None = None
    current: bool = True
    deleted: bool = False
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Episode(SQLModel, table=True):
    """The verbatim text of an activity as the account's memory keeps it: only what was new in it."""

    __tablename__ = "tenure_episode"

    id: str = Field(primary_key=True)
    activity_id: str = Field(index=True)
    account_id: str | None = Field(default=None, index=True)
    speaker: str = ""
    text: str
    text_hash: str
    occurred_at: datetime
    known_at: datetime


class Fact(SQLModel, table=True):
    """A dated statement about one slot; `trust` is crm, user, external or model. Superseded, never deleted."""

    __tablename__ = "tenure_fact"
    __table_args__ = (Index("tenure_fact_slot", "account_id", "slot"),)

    id: str = Field(primary_key=True)
    account_id: str
    slot: str
    value: str
    trust: str
    valid_from: datetime
    valid_to: datetime | None = None
    recorded_at: datetime
    superseded_at: datetime | None = None


class FactEvidence(SQLModel, table=True):
    """One time that a fact was stated: in which source record and, for text, in which span of its characters.

    `stated_at`: from when on it said so; `recorded_at`: when we could know. `trust`: that of this statement alone.
    """

    __tablename__ = "tenure_fact_evidence"
    __table_args__ = (Index("tenure_fact_evidence_activity", "activity_id"),)

    fact_id: str = Field(primary_key=True)
    activity_id: str = Field(primary_key=True)
    source_id: str
    trust: str
    stated_at: datetime
    recorded_at: datetime
    span_start: int | None = None
    span_end: int | None = None


class Reject(SQLModel, table=True):
    """A source record that could not be read: where it stood, and why."""

    __tablename__ = "tenure_reject"

    id: str = Field(primary_key=True)
    source: str
    file: str
    line: int
    field: str
    reason: str
    rejected_at: datetime
