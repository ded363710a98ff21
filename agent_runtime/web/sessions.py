"""Begins and ends the session of a browser; the cookie is one that no script reads."""

from fastapi import Request, Response

from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import Forbidden
from agent_runtime.http.entry import COOKIE
from agent_runtime.http.routing import Call, Visit
from agent_runtime.permissions import Right, viewable
from agent_runtime.users import service as users
from agent_runtime.users.models import TokenKind


def begin_session(visit: Visit, request: Request, response: Response, user_id: str, *, how: str = "password") -> None:
    """Lets a person in for twelve hours; `how` they showed who they are stands in the audit."""
    ends = visit.now + users.SESSION
    right = Right.ADMINISTER.value
    token = users.make_token(visit.connection, user_id, TokenKind.SESSION, right, "", ends, visit.now)
    _note(visit, user_id, "session.begun", token.id, how)
    response.set_cookie(
        COOKIE, token.secret.get_secret_value(), max_age=int(users.SESSION.total_seconds()), path="/",
        secure=request.url.scheme == "https", httponly=True, samesite="lax",
    )  # fmt: skip


def end_session(call: Call, response: Response) -> None:
    """Makes the key useless with which the request came, and takes the cookie back."""
    principal = call.principal
    end_view(call)
    users.revoke(call.connection, principal.token_id, call.now)
    _note(call, principal.user_id, "session.ended", principal.token_id)
    response.delete_cookie(COOKIE, path="/")


def begin_view(call: Call, user_id: str) -> None:
    """Lets the session show the pages as `user_id` sees them, reading only; raises Forbidden."""
    if user_id not in viewable(call.connection, call.principal, call.now):
        raise Forbidden("You may not see the pages as this person does.", fix="Choose one from the list.")
    end_view(call)
    users.view_as(call.connection, call.principal.token_id, user_id)
    _note(call, call.principal.user_id, "view.begun", user_id)


def end_view(call: Call) -> None:
    """Shows the pages as oneself again; nothing where that is so already."""
    before = users.view_as(call.connection, call.principal.token_id, None)
    if before is not None:
        _note(call, call.principal.user_id, "view.ended", before)


def _note(visit: Visit, user_id: str, event: str, subject: str, how: str = "") -> None:
    entry = Entry(visit.now, ActorKind.USER, user_id, event, subject, {"how": how} if how else {})
    audit.append(visit.connection, INSTALLATION, [entry], install_key=visit.site.premises.install_key)
