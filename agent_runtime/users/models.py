"""Tables of coming in: logins, tokens and failed attempts; no secret stands in them in clear."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class TokenKind(StrEnum):
    """A token of the API is carried by a program, a session by a browser's cookie."""

    API = "api"
    SESSION = "session"


class Login(SQLModel, table=True):
    """How a user comes in. `password_hash` is Argon2id, empty where none was set; a disabled one opens nothing."""

    __tablename__ = "tenure_login"

    user_id: str = Field(primary_key=True)
    password_hash: str = ""
    disabled_at: datetime | None = None


class Token(SQLModel, table=True):
    """A key bound to one person. `secret_hash`: SHA-256 of a random secret that was shown once; `right`: the most
    that it may be used for; `viewing`: as whom the person looks at the pages for now, reading only."""

    __tablename__ = "tenure_token"

    id: str = Field(primary_key=True)
    secret_hash: str
    user_id: str = Field(index=True)
    kind: str = TokenKind.API.value
    right: str
    label: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    viewing: str | None = None


class Attempt(SQLModel, table=True):
    """A sign-in that failed; `name_hash` is SHA-256 of what was typed, which may be a password in the wrong field."""

    __tablename__ = "tenure_attempt"
    __table_args__ = (Index("tenure_attempt_name", "name_hash", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    name_hash: str
    at: datetime


class Preference(SQLModel, table=True):
    """What a person set for themselves. `views`: [name, address] each; `keys`: letter by key; times as HH:MM on their
    own clock; `sent_on`: the day of their last digest."""

    __tablename__ = "tenure_preference"

    user_id: str = Field(primary_key=True)
    views: list[Any] = Field(default_factory=list, sa_type=JSON)
    keys: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    channels: list[str] = Field(default_factory=list, sa_type=JSON)
    digest: bool = True
    digest_at: str = "07:30"
    digest_weekend: bool = False
    quiet_from: str = ""
    quiet_until: str = ""
    sent_on: str = ""


class DigestTurn(SQLModel, table=True):
    """Who is being sent, or was sent, the morning of which `day` (ISO, on their clock): one row a person.

    `claimed_at`: when somebody took it upon themselves; `sent`: it went out.
    """

    __tablename__ = "tenure_digest_turn"

    user_id: str = Field(primary_key=True)
    day: str
    claimed_at: datetime
    sent: bool = False
