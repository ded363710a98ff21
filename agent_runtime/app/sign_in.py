"""Signing in and out, and who one is."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.http.entry import COOKIE, same_site
from agent_runtime.http.errors import told
from agent_runtime.http.refusals import SignInNeeded, Throttled
from agent_runtime.http.routing import Asked, Router, Visit, Visited
from agent_runtime.permissions import PUBLIC, Policy, Principal, Right
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind
from memory.records import User

router = Router("session")
_user: Table = User.__table__  # type: ignore[attr-defined]
Password = Annotated[SecretStr, Field(min_length=1, max_length=users.MOST_PASSWORD)]


class Credentials(BaseModel):
    """What one signs in with; `user` is the id or the mail address."""

    model_config = ConfigDict(extra="forbid")

    user: str = Field(min_length=1, max_length=320)
    password: Password


class SignedIn(BaseModel):
    """Whose session began."""

    user_id: str


class SignedOut(BaseModel):
    """Whose session ended."""

    user_id: str


class Me(BaseModel):
    """Who one is, and what one may do."""

    user_id: str
    name: str
    email: str
    role: str
    team: str | None
    timezone: str | None
    language: str | None
    rights: list[str]
    channel: str


@router.post("/api/session", policy=PUBLIC, response_model=SignedIn)
def sign_in(visit: Visited, request: Request, response: Response, body: Credentials) -> SignedIn | Response:
    """Begins a session of twelve hours, kept in a cookie that no script reads."""
    if "origin" in request.headers:
        same_site(request)
    if users.waits_until(visit.connection, body.user, visit.now):
        raise Throttled("Too many tries for this name.", fix="Wait a quarter of an hour, or ask an admin.")
    user_id = users.check_password(visit.connection, body.user, body.password, visit.now)
    if user_id is None:
        # Answered, not raised: what is raised is rolled back, and the failure must be counted.
        users.note_failure(visit.connection, body.user, visit.now)
        error = SignInNeeded("Name and password do not fit together.", fix="Try again, or ask an admin.")
        return told(error, visit.request_id)
    _open(visit, user_id, response, secure=request.url.scheme == "https")
    return SignedIn(user_id=user_id)


@router.delete("/api/session", policy=Policy())
def sign_out(call: Asked, response: Response) -> SignedOut:
    """Ends the session; with a token, makes the token useless."""
    principal = call.principal
    users.revoke(call.connection, principal.token_id, call.now)
    _note(call, principal.user_id, "session.ended", principal.token_id)
    response.delete_cookie(COOKIE, path="/")
    return SignedOut(user_id=principal.user_id)


@router.get("/api/me", policy=Policy())
def me(call: Asked) -> Me:
    """Who one is."""
    return _me(call.connection, call.principal)


def _open(visit: Visit, user_id: str, response: Response, *, secure: bool) -> None:
    ends = visit.now + users.SESSION
    right = Right.ADMINISTER.value
    token = users.make_token(visit.connection, user_id, TokenKind.SESSION, right, "", ends, visit.now)
    _note(visit, user_id, "session.begun", token.id)
    response.set_cookie(
        COOKIE, token.secret.get_secret_value(), max_age=int(users.SESSION.total_seconds()), path="/",
        secure=secure, httponly=True, samesite="lax",
    )  # fmt: skip


def _note(visit: Visit, user_id: str, event: str, token_id: str) -> None:
    entry = Entry(visit.now, ActorKind.USER, user_id, event, token_id)
    audit.append(visit.connection, INSTALLATION, [entry], install_key=visit.site.premises.install_key)


def _me(connection: Connection, principal: Principal) -> Me:
    row = connection.execute(select(_user).where(_user.c.id == principal.user_id)).one()
    return Me(
        user_id=row.id, name=row.name, email=row.email, role=row.role, team=row.team, timezone=row.timezone,
        language=row.language, rights=sorted(principal.rights), channel=principal.channel,
    )  # fmt: skip
