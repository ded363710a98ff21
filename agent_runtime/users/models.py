"""Tables of coming in: logins, tokens and failed attempts; no secret stands in them in clear."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
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
    that it may be used for."""

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


class Attempt(SQLModel, table=True):
    """A sign-in that failed; `name_hash` is SHA-256 of what was typed, which may be a password in the wrong field."""

    __tablename__ = "tenure_attempt"
    __table_args__ = (Index("tenure_attempt_name", "name_hash", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    name_hash: str
    at: datetime
