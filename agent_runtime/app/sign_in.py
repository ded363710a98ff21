"""Signing in and out, and who one is."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import Connection, Table, select

from agent_runtime.http.entry import same_site
from agent_runtime.http.errors import told
from agent_runtime.http.refusals import SignInNeeded, Throttled
from agent_runtime.http.routing import Asked, Router, Visited
from agent_runtime.permissions import PUBLIC, Policy, Principal
from agent_runtime.users import service as users
from agent_runtime.web.sessions import begin_session, end_session
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
    begin_session(visit, request, response, user_id)
    return SignedIn(user_id=user_id)


@router.delete("/api/session", policy=Policy())
def sign_out(call: Asked, response: Response) -> SignedOut:
    """Ends the session; with a token, makes the token useless."""
    end_session(call, response)
    return SignedOut(user_id=call.principal.user_id)


@router.get("/api/me", policy=Policy())
def me(call: Asked) -> Me:
    """Who one is."""
    return _me(call.connection, call.principal)


def _me(connection: Connection, principal: Principal) -> Me:
    row = connection.execute(select(_user).where(_user.c.id == principal.user_id)).one()
    return Me(
        user_id=row.id, name=row.name, email=row.email, role=row.role, team=row.team, timezone=row.timezone,
        language=row.language, rights=sorted(principal.rights), channel=principal.channel,
    )  # fmt: skip
