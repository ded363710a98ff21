"""Checks passwords and tokens, makes and withdraws them, in the caller's transaction; the caller writes the audit."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy import Connection, Table, bindparam, delete, func, insert, or_, select, update

from agent_runtime.errors import BadInput, NotThere
from agent_runtime.users.models import Attempt, Login, Token, TokenKind
from memory.records import User

LEAST_PASSWORD = 12
MOST_PASSWORD = 200
SESSION = timedelta(hours=12)
# Ten wrong passwords for a name in a quarter of an hour, then it waits until the oldest is that old.
MOST_FAILURES = 10
FAILURES_COUNT = timedelta(minutes=15)
# Writing this at each request would make a writer of every reader.
_NOTE_USE = timedelta(hours=1)
_PREFIX = "tenure"

_user: Table = User.__table__  # type: ignore[attr-defined]
_login: Table = Login.__table__  # type: ignore[attr-defined]
_token: Table = Token.__table__  # type: ignore[attr-defined]
_attempt: Table = Attempt.__table__  # type: ignore[attr-defined]


class Bearer(NamedTuple):
    """Whoever came with a key that opens: the person's row and what the key may be used for; `viewing`: as whom they
    look at the pages."""

    token_id: str
    kind: str
    right: str
    user_id: str
    role: str
    team: str | None
    viewing: str | None


@dataclass(frozen=True, slots=True)
class NewToken:
    """A key just made; `secret` is shown once and stored nowhere."""

    id: str
    secret: SecretStr


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the list of logins shows it."""

    id: str
    name: str
    email: str
    role: str
    team: str | None
    manager_id: str | None
    password: bool
    disabled: bool


_BEARER = (
    select(
        _token.c.id, _token.c.kind, _token.c.right, _user.c.id.label("user_id"), _user.c.role, _user.c.team,
        _token.c.viewing, _token.c.secret_hash, _token.c.last_used_at,
    )
    .join(_user, _user.c.id == _token.c.user_id)
    .outerjoin(_login, _login.c.user_id == _token.c.user_id)
    .where(
        _token.c.id == bindparam("token"),
        _token.c.revoked_at.is_(None),
        _login.c.disabled_at.is_(None),
        or_(_token.c.expires_at.is_(None), _token.c.expires_at > bindparam("now")),
        or_(_user.c.leaves_at.is_(None), _user.c.leaves_at > bindparam("now")),
    )
)  # fmt: skip
_NAMED = (
    or_(_user.c.id == bindparam("name"), func.lower(_user.c.email) == bindparam("mail")),
    _login.c.disabled_at.is_(None),
    or_(_user.c.leaves_at.is_(None), _user.c.leaves_at > bindparam("now")),
)
_PASSWORD = select(_user.c.id, _login.c.password_hash).join(_login, _login.c.user_id == _user.c.id).where(*_NAMED)
_KNOWN = select(_user.c.id, _user.c.role).outerjoin(_login, _login.c.user_id == _user.c.id).where(*_NAMED)


def bearer(connection: Connection, secret: str, now: datetime) -> Bearer | None:
    """Whose key this is, or None when it opens nothing (any more): unknown, revoked, expired, disabled, left."""
    token_id = _token_id(secret)
    row = _in_force(connection, token_id, now) if token_id else None
    if row is None or not secrets.compare_digest(row.secret_hash, _hash(secret)):
        return None
    if row.last_used_at is None or row.last_used_at <= now - _NOTE_USE:
        connection.execute(update(_token).where(_token.c.id == token_id).values(last_used_at=now))
    return Bearer(*row[:7])


def still(connection: Connection, token_id: str, now: datetime) -> Bearer | None:
    """Whose key it is that was shown before, if it still opens."""
    row = _in_force(connection, token_id, now)
    return Bearer(*row[:7]) if row else None


def check_password(connection: Connection, name: str, password: SecretStr, now: datetime) -> str | None:
    """The id of the user whose id or mail address is `name`, if the password is theirs; takes equally long if not."""
    found = connection.execute(_PASSWORD, {"name": name, "mail": name.lower(), "now": now}).all()
    row = found[0] if len(found) == 1 else None
    stored = row.password_hash if row and row.password_hash else _nobodys_hash()
    right = _hasher().verify(password.get_secret_value(), stored)
    return row.id if right and row and row.password_hash else None


def known(connection: Connection, name: str, now: datetime) -> tuple[str, str] | None:
    """Id and role of the one user whose id or mail address is `name`, who is neither shut out nor gone; else None."""
    found = connection.execute(_KNOWN, {"name": name, "mail": name.lower(), "now": now}).all() if name else []
    return (found[0].id, found[0].role) if len(found) == 1 else None


def set_role(connection: Connection, user_id: str, role: str) -> None:
    """Gives a user another role, from the next request on."""
    connection.execute(update(_user).where(_user.c.id == user_id).values(role=role))


def waits_until(connection: Connection, name: str, now: datetime) -> datetime | None:
    """Until when `name` may not try again, or None."""
    recent = (_attempt.c.name_hash == _hash(name.lower()), _attempt.c.at > now - FAILURES_COUNT)
    times = sorted(connection.scalars(select(_attempt.c.at).where(*recent)))
    return times[-MOST_FAILURES] + FAILURES_COUNT if len(times) >= MOST_FAILURES else None


def note_failure(connection: Connection, name: str, now: datetime) -> None:
    """Counts a failed sign-in, and forgets those that count no more."""
    connection.execute(delete(_attempt).where(_attempt.c.at <= now - FAILURES_COUNT))
    connection.execute(insert(_attempt), {"name_hash": _hash(name.lower()), "at": now})


def make_token(
    connection: Connection, user_id: str, kind: TokenKind, right: str, label: str, expires_at: datetime | None,
    now: datetime,
) -> NewToken:  # fmt: skip
    """Makes a key for a person; raises NotThere for nobody of ours."""
    _one_of_ours(connection, user_id)
    token_id = secrets.token_hex(8)
    secret = f"{_PREFIX}_{token_id}_{secrets.token_urlsafe(32)}"
    values = {
        "id": token_id, "secret_hash": _hash(secret), "user_id": user_id, "kind": kind.value, "right": right,
        "label": label, "created_at": now, "expires_at": expires_at,
    }  # fmt: skip
    connection.execute(insert(_token), values)
    return NewToken(token_id, SecretStr(secret))


def revoke(connection: Connection, token_id: str, now: datetime) -> str:
    """Makes a key useless from now on; gives whose it was. Raises NotThere where there is none in force."""
    alive = (_token.c.id == token_id, _token.c.revoked_at.is_(None))
    user_id = connection.scalar(update(_token).where(*alive).values(revoked_at=now).returning(_token.c.user_id))
    if user_id is None:
        raise NotThere(f"There is no token {token_id} in force.", fix="List them with: tenure token list")
    return str(user_id)


def view_as(connection: Connection, token_id: str, user_id: str | None) -> str | None:
    """Lets a session show the pages as `user_id` sees them, None for oneself; gives as whom it showed them before."""
    before: str | None = connection.scalar(select(_token.c.viewing).where(_token.c.id == token_id))
    connection.execute(update(_token).where(_token.c.id == token_id).values(viewing=user_id))
    return before


def tokens(connection: Connection, user_id: str | None = None) -> list[Token]:
    """The keys of the API in force, oldest first; of one person if named. They carry no secret."""
    query = select(_token).where(_token.c.kind == TokenKind.API.value, _token.c.revoked_at.is_(None))
    if user_id is not None:
        query = query.where(_token.c.user_id == user_id)
    rows = connection.execute(query.order_by(_token.c.created_at, _token.c.id)).mappings()
    return [Token(**row) for row in rows]


def add_user(connection: Connection, user: User) -> None:
    """Adds one of ours; raises BadInput where the id is taken."""
    if connection.scalar(select(_user.c.id).where(_user.c.id == user.id)) is not None:
        raise BadInput(f"There is a user {user.id} already; nothing was changed.", fix="Choose another id.")
    connection.execute(insert(_user), user.model_dump())


def set_password(connection: Connection, user_id: str, password: SecretStr, now: datetime) -> None:
    """Sets a person's password and ends their sessions; raises BadInput where it is too short or too long."""
    _one_of_ours(connection, user_id)
    length = len(password.get_secret_value())
    if not LEAST_PASSWORD <= length <= MOST_PASSWORD:
        fix = f"Take {LEAST_PASSWORD} to {MOST_PASSWORD} characters."
        raise BadInput("This password cannot be used; nothing was changed.", fix=fix)
    _write_login(connection, user_id, password_hash=_hasher().hash(password.get_secret_value()), disabled_at=None)
    _revoke_all(connection, user_id, now, TokenKind.SESSION)


def disable(connection: Connection, user_id: str, now: datetime) -> None:
    """Shuts a person out from the next request on; a new password lets them in again, their keys stay revoked."""
    _one_of_ours(connection, user_id)
    _write_login(connection, user_id, disabled_at=now)
    _revoke_all(connection, user_id, now, *TokenKind)


def people(connection: Connection) -> list[Person]:
    """All of ours with whether they can come in, by id."""
    query = select(_user, _login.c.password_hash, _login.c.disabled_at).outerjoin(
        _login, _login.c.user_id == _user.c.id
    )
    return [
        Person(
            row.id, row.name, row.email, row.role, row.team, row.manager_id, bool(row.password_hash),
            row.disabled_at is not None,
        )
        for row in connection.execute(query.order_by(_user.c.id))
    ]  # fmt: skip


def _in_force(connection: Connection, token_id: str, now: datetime) -> Any:
    return connection.execute(_BEARER, {"token": token_id, "now": now}).one_or_none()


def _write_login(connection: Connection, user_id: str, **values: object) -> None:
    if connection.execute(update(_login).where(_login.c.user_id == user_id).values(**values)).rowcount == 0:
        connection.execute(insert(_login), {"user_id": user_id, "password_hash": ""} | values)


def _revoke_all(connection: Connection, user_id: str, now: datetime, *kinds: TokenKind) -> None:
    alive = (_token.c.user_id == user_id, _token.c.revoked_at.is_(None), _token.c.kind.in_([x.value for x in kinds]))
    connection.execute(update(_token).where(*alive).values(revoked_at=now))


def _one_of_ours(connection: Connection, user_id: str) -> None:
    if connection.scalar(select(_user.c.id).where(_user.c.id == user_id)) is None:
        raise NotThere(f"There is no user {user_id}; nothing was changed.", fix="List them with: tenure user list")


def _token_id(secret: str) -> str | None:
    parts = secret.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == _PREFIX and parts[1].isalnum() else None


def _hash(secret: str) -> str:
    # A random secret of 256 bits needs no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _hasher() -> PasswordHash:
    # OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
    return PasswordHash((Argon2Hasher(memory_cost=19_456, time_cost=2, parallelism=1),))


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_hex(16))
