"""Tables of connections: what is connected, how far each stream was read, and which user a vendor's person is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class ConnectionState(StrEnum):
    """Connected is read; disconnected is not, and its secrets are gone."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


class ConnectedSystem(SQLModel, table=True):
    """One connected system. `told`: its answers that are no secrets; `secrets`: by name a reference or sealed text.

    `since`: from when its past is read. `health`, `said`, `fix`, `checked_at`: what the last check or read found.
    `due_at`: when it is read next.
    """

    __tablename__ = "tenure_connection"

    name: str = Field(primary_key=True)
    adapter: str
    told: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    secrets: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    since: datetime
    state: str = ConnectionState.CONNECTED.value
    health: str = ""
    said: str = ""
    fix: str = ""
    checked_at: datetime | None = None
    due_at: datetime | None = None
    connected_by: str
    connected_at: datetime


class StreamPlace(SQLModel, table=True):
    """How far one stream was read. `turn` grows with each page, so that of two who read it one takes each page.

    `read_at`: until when everything was seen, None before the first read came to its end. `resyncs`: how often it had
    to be read anew from its beginning.
    """

    __tablename__ = "tenure_stream_place"

    connection: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    cursor: str | None = None
    turn: int = 0
    read_at: datetime | None = None
    taken_at: datetime | None = None
    records: int = 0
    rejected: int = 0
    resyncs: int = 0


class VendorCalls(SQLModel, table=True):
    """How a vendor calls us when something of a stream changed. `mark`: what it calls that by; `until`: how long.

    `due_at`: when it is asked to go on. `problem`, `fix`: why it does not, since `failing_since`; empty where it does.
    """

    __tablename__ = "tenure_vendor_calls"

    connection: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    mark: str = ""
    until: datetime | None = None
    due_at: datetime
    problem: str = ""
    fix: str = ""
    failing_since: datetime | None = None


class ToldNotice(SQLModel, table=True):
    """What a person was told in a chat, so that it is brought up to date in its place and never told twice.

    `key`: an item, or the morning of a day. `place`: where it stands, empty while nobody knows whether it was told.
    `fingerprint`: of what it said last. `live`: it may change still.
    """

    __tablename__ = "tenure_told_notice"

    connection: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    place: str = ""
    fingerprint: str = ""
    live: bool = True
    told_at: datetime


class ChatPress(SQLModel, table=True):
    """A button that was pressed in a chat: kept when it came, carried out by a worker. `said`: what became of it."""

    __tablename__ = "tenure_chat_press"

    id: str = Field(primary_key=True)
    connection: str
    vendor_user: str
    value: str
    place: str
    came_at: datetime
    state: str = Field(default="waiting", index=True)
    said: str = ""


class VendorUser(SQLModel, table=True):
    """Which user of ours stands behind a vendor's id of a person."""

    __tablename__ = "tenure_vendor_user"

    connection: str = Field(primary_key=True)
    source_id: str = Field(primary_key=True)
    user_id: str
