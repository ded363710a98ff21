"""The ledger's tables: interaction, expectation, breach. The database itself refuses to lose one."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Connection, Index, Table, UniqueConstraint, event, text
from sqlmodel import Field, SQLModel

from agent_runtime.ledger.guards import guard_statements


class Kind(StrEnum):
    """What an interaction is: something begun that must end."""

    LEAD_RESPONSE = "lead_response"
    OPPORTUNITY = "opportunity"
    MISSED_CALL = "missed_call"
    PROMISE = "promise"
    PROPOSAL_FOLLOW_UP = "proposal_follow_up"
    OPEN_QUESTION = "open_question"
    MEETING_FOLLOW_UP = "meeting_follow_up"
    NO_SHOW = "no_show"
    APPOINTMENT = "appointment"
    PREPARATION = "preparation"
    RENEWAL = "renewal"
    NURTURE = "nurture"
    HAND_OVER = "hand_over"
    CONCERN = "concern"
    ESCALATION = "escalation"
    SIGNAL = "signal"


class Outcome(StrEnum):
    """The four ends, and no fifth."""

    CONVERTED = "converted"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    DEFERRED = "deferred"


class Waiting(StrEnum):
    """Where an expectation stands: waiting, breached and still owed, met, or dropped with its interaction."""

    WAITING = "waiting"
    UNVERIFIED = "unverified"
    BREACHED = "breached"
    MET = "met"
    DROPPED = "dropped"


# A check passes where it is NULL, so every column that is compared must be there as well.
_FOUR = " AND ".join(
    [*(f"{x} IS NOT NULL AND {x} <> ''" for x in ("owner_id", "next_action", "recovery")), "next_due_at IS NOT NULL"]
)
_OPEN = f"state = 'open' AND outcome IS NULL AND ended_at IS NULL AND {_FOUR}"
_ENDED = (
    "state = 'ended' AND outcome IN ('converted','lost','disqualified','deferred')"
    " AND outcome IS NOT NULL AND reason <> '' AND reason IS NOT NULL"
    " AND evidence IS NOT NULL AND CAST(evidence AS TEXT) NOT IN ('null', '[]') AND ended_at IS NOT NULL"
)


class Interaction(SQLModel, table=True):
    """Something begun that must end. Open it has an owner, a next action, a due time and a recovery step;
    ended it has one outcome with reason and evidence, and never changes again."""

    __tablename__ = "tenure_interaction"
    __table_args__ = (
        CheckConstraint(f"({_OPEN}) OR ({_ENDED})", name="tenure_conservation"),
        CheckConstraint(
            "outcome IS NULL OR outcome <> 'deferred' OR wake_at IS NOT NULL OR wake_signal <> ''",
            name="tenure_deferred_wakes",
        ),
        UniqueConstraint("continues_id", name="tenure_one_continuation"),
        Index("tenure_interaction_account", "account_id", "state"),
        Index("tenure_interaction_wake", "wake_at", sqlite_where=text("wake_at IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    continues_id: str | None = None
    account_id: str
    kind: str
    key: str
    opportunity_id: str | None = None
    contact_id: str | None = None
    opened_at: datetime
    opened_by: str
    state: str
    owner_id: str | None = None
    next_action: str | None = None
    next_due_at: datetime | None = None
    recovery: str | None = None
    outcome: str | None = None
    reason: str | None = None
    evidence: list[str] | None = Field(default=None, sa_type=JSON)
    ended_at: datetime | None = None
    wake_at: datetime | None = None
    wake_signal: str = ""


class Expectation(SQLModel, table=True):
    """One action due by a time inside an interaction. `look_at`: when its state may change without any event."""

    __tablename__ = "tenure_expectation"
    __table_args__ = (
        UniqueConstraint("interaction_id", "key"),
        Index("tenure_expectation_account", "account_id"),
        Index(
            "tenure_expectation_look_at",
            "look_at",
            sqlite_where=text("look_at IS NOT NULL"),
            postgresql_where=text("look_at IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    interaction_id: str = Field(foreign_key="tenure_interaction.id")
    account_id: str
    key: str
    rule: str
    action: str
    turn: str
    opened_at: datetime
    due_at: datetime
    channels: list[str] = Field(default_factory=list, sa_type=JSON)
    evidence: list[str] = Field(default_factory=list, sa_type=JSON)
    state: str = Waiting.WAITING.value
    step: int = -1
    look_at: datetime | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    blind: list[Any] = Field(default_factory=list, sa_type=JSON)


class Breach(SQLModel, table=True):
    """A due time that passed unmet. Retracted, visibly, when it turns out to have been met in time."""

    __tablename__ = "tenure_breach"
    __table_args__ = (Index("tenure_breach_account", "account_id"),)

    expectation_id: str = Field(primary_key=True, foreign_key="tenure_expectation.id")
    interaction_id: str
    account_id: str
    rule: str
    due_at: datetime
    detected_at: datetime
    owner_id: str
    retracted_at: datetime | None = None
    retracted_by: str | None = None


def _guard(table: Table, connection: Connection, **_event: object) -> None:
    for statement in guard_statements(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


for _name in ("tenure_interaction", "tenure_expectation", "tenure_breach"):
    event.listen(SQLModel.metadata.tables[_name], "after_create", _guard)
