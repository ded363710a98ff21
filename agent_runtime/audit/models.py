"""Tables of the audit: the entries, the head of each account's chain, and how far they were handed on."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, Table, event
from sqlmodel import Field, SQLModel

from agent_runtime.audit.guards import ENTRY_TABLE, HEAD_TABLE, guard_statements


class AuditEntry(SQLModel, table=True):
    """One thing that was done; sealed over its content and over the entry before it, and never changed.

    `actor_kind` is agent, user or rule. `payload` holds ids, states and hashes: personal text stands in
    tables that can be erased, so that the chain still verifies after an erasure. `seq` counts from 1.
    """

    __tablename__ = ENTRY_TABLE

    account_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime
    actor_kind: str
    actor_id: str
    event: str
    subject_id: str
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    salt: str
    previous_hash: str
    entry_hash: str


class AuditHead(SQLModel, table=True):
    """The last entry of an account's chain: against it a chain that was cut off shows."""

    __tablename__ = HEAD_TABLE

    account_id: str = Field(primary_key=True)
    seq: int
    head_hash: str


class AuditForwarded(SQLModel, table=True):
    """How far an account's entries were handed to a receiver outside, by the receiver's address."""

    __tablename__ = "tenure_audit_forwarded"

    receiver: str = Field(primary_key=True)
    account_id: str = Field(primary_key=True)
    seq: int


def _guard(table: Table, connection: Connection, **_event: object) -> None:
    for statement in guard_statements(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


for _name in (ENTRY_TABLE, HEAD_TABLE):
    event.listen(SQLModel.metadata.tables[_name], "after_create", _guard)
