"""`tenure mcp`: the same tools over standard input and output, for a program on this machine."""

import asyncio
import logging
import sys
from collections.abc import Callable
from datetime import datetime

from mcp.server.stdio import stdio_server
from sqlalchemy import Connection, Table, or_, select

from agent_runtime.clock import SystemClock
from agent_runtime.doors.mcp.server import mcp_server, visitor
from agent_runtime.doors.mcp.visitor import CHANNEL, Visitor
from agent_runtime.errors import BadInput, Forbidden
from agent_runtime.http.site import Site
from agent_runtime.installation import open_installation
from agent_runtime.permissions import Principal, Right, Role, rights_up_to
from agent_runtime.references import secret_in
from agent_runtime.settings import load
from agent_runtime.users.service import bearer
from memory.records import User

_user: Table = User.__table__  # type: ignore[attr-defined]
Identify = Callable[[Connection, datetime], Principal]


def mcp_command(user_id: str | None, token: str | None, *, decide: bool) -> None:
    """Serves until the input ends: as a person who only reads, or with a token of theirs (env:NAME or file:/path)."""
    if (user_id is None) == (token is None):
        raise BadInput("Say for whom: a user, or a token.", fix="Give --user ID, or --token env:NAME.")
    if decide and token is None:
        raise BadInput("Deciding needs a token of the person.", fix="Make one with: tenure token create --right decide")
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    identify = by_token(token) if token is not None else _by_name(user_id or "")
    installation = open_installation(load())
    clock = SystemClock()
    try:
        with installation.engine.connect() as connection:
            identify(connection, clock.now())
        site = Site(installation, clock, model=installation.model())
        asyncio.run(_serve(Visitor(site, identify, decide)))
    finally:
        installation.engine.dispose()


async def _serve(visited: Visitor) -> None:
    visitor.set(visited)
    server = mcp_server()
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def by_token(reference: str) -> Identify:
    """The person whose token it is, as long as it opens."""
    secret = secret_in(reference)

    def identify(connection: Connection, now: datetime) -> Principal:
        found = bearer(connection, secret.get_secret_value(), now)
        if found is None or found.role not in Role.__members__.values():
            raise Forbidden("This token opens nothing (any more).", fix="Make one with: tenure token create")
        rights = rights_up_to(Right(found.right))
        return Principal(found.user_id, Role(found.role), found.team, rights, CHANNEL, found.token_id)

    return identify


def _by_name(user_id: str) -> Identify:
    """The person whom the operator of this machine names; they only read."""

    def identify(connection: Connection, now: datetime) -> Principal:
        here = or_(_user.c.leaves_at.is_(None), _user.c.leaves_at > now)
        row = connection.execute(select(_user).where(_user.c.id == user_id, here)).one_or_none()
        if row is None or row.role not in Role.__members__.values():
            raise Forbidden(f"{user_id} is none of ours.", fix="List them with: tenure user list")
        return Principal(row.id, Role(row.role), row.team, rights_up_to(Right.READ), CHANNEL, "")

    return identify
