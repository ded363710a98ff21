"""Who asks: a bearer token or a browser's session, and what is refused before anything else is looked at."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import Request
from sqlalchemy import Connection

from agent_runtime.errors import BadInput, Forbidden
from agent_runtime.http.refusals import SignInNeeded
from agent_runtime.permissions import Principal, Right, Role, rights_up_to, seen_as
from agent_runtime.users.models import TokenKind
from agent_runtime.users.service import Bearer, bearer

COOKIE = "tenure_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
# What somebody does as themselves, whoever's pages they look at.
_AS_ONESELF = frozenset({"/view-as", "/view-as/end", "/sign-out"})
_CHANNELS = {TokenKind.API.value: "api", TokenKind.SESSION.value: "web"}


def who(request: Request, connection: Connection, now: datetime) -> Principal:
    """The principal of a request; raises SignInNeeded for nobody, Forbidden for a change asked from a foreign page."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    secret = given.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
    found = bearer(connection, secret, now) if secret else None
    if found is None or found.role not in Role.__members__.values():
        raise SignInNeeded("Nobody is signed in.", fix="Sign in, or send: Authorization: Bearer <token>.")
    if found.kind == TokenKind.SESSION and request.method not in SAFE:
        same_site(request)
    principal = principal_of(connection, found, _CHANNELS[found.kind], now)
    if not principal.seen_by or request.method in SAFE:
        return principal
    if request.url.path not in _AS_ONESELF:
        raise Forbidden("You see the pages as somebody else does; nothing is decided so.", fix="Stop viewing first.")
    return _oneself(found, principal.channel)


def principal_of(connection: Connection, found: Bearer, channel: str, now: datetime) -> Principal:
    """The person of a key; while they look at the pages as somebody else, that one, reading only."""
    oneself = _oneself(found, channel)
    return seen_as(connection, oneself, found.viewing, now) if found.viewing else oneself


def _oneself(found: Bearer, channel: str) -> Principal:
    rights = rights_up_to(Right(found.right))
    return Principal(found.user_id, Role(found.role), found.team, rights, channel, found.token_id)


def same_site(request: Request) -> None:
    """Raises Forbidden unless the browser says that one of our own pages asks (browsers add Origin to each change)."""
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This change was not asked for from a page of this server.", fix="Use the pages, or a token.")


def refuse_nul(request: Request, body: bytes) -> None:
    """Raises BadInput for a text with a NUL in it, which no database column takes."""
    if "\0" in request.url.path or "%00" in request.url.query or _NUL.search(body):
        raise BadInput("A text in it has a NUL character.", fix="Take it out.")
