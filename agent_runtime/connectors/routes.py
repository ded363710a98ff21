"""Connected systems over HTTP: how each stands, and to read one now."""

import logging
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from agent_runtime.connectors.hooks import receive
from agent_runtime.connectors.service import Means, connected_names, set_due
from agent_runtime.connectors.status import ConnectorLine, connector_lines
from agent_runtime.errors import BadSetting, NotThere
from agent_runtime.http.routing import Asked, Router, Visited
from agent_runtime.http.signatures import BadSignature
from agent_runtime.permissions import LEADERS, OVERSEERS, PUBLIC, Policy, Right
from tools.base import Forged

router = Router("connectors")
_logger = logging.getLogger("tenure.connectors")


async def _raw(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(_raw)]
Name = Annotated[str, Path(min_length=1, max_length=200)]


class Connectors(BaseModel):
    """Every system that is or was connected."""

    connectors: list[ConnectorLine]


class ReadSoon(BaseModel):
    """A connection that the worker reads next."""

    name: str
    due_at: datetime


@router.get("/api/connectors", policy=Policy(OVERSEERS))
def list_connectors(call: Asked) -> Connectors:
    """How each connected system stands: its health, how far it was read, what could not be taken."""
    return Connectors(connectors=connector_lines(call.connection, call.now, call.site.premises.settings.adapters))


@router.post("/hooks/vendors/{name}", policy=PUBLIC, response_class=PlainTextResponse)
def receive_call(visit: Visited, request: Request, name: Name, body: RawBody) -> str:
    """Takes a call of a connected vendor where its signature holds; it lets the system be read, and says little."""
    premises = visit.site.premises
    means = Means(premises.settings, premises.install_key, visit.site.clock)
    query = f"?{request.url.query}" if request.url.query else ""
    # The vendor signs the address that it called, which is the one that people know; a proxy may stand before us.
    url = f"{premises.settings.public_url.rstrip('/') or str(request.base_url).rstrip('/')}{request.url.path}{query}"
    try:
        told = receive(visit.connection, means, name, request.headers, body, url, visit.now)
    except (NotThere, BadSetting) as error:
        _logger.warning("call for %s: %s", name, error.what)
        told = Forged("not connected")
    if isinstance(told, Forged):
        _logger.warning("call for %s was not believed: %s", name, told.reason)
        raise BadSignature("This call cannot be believed.", fix="Check the secret of the connection.")
    return told.echo


@router.post("/api/connectors/{name}/read", policy=Policy(LEADERS, Right.DECIDE))
def read_now(call: Asked, name: Name) -> ReadSoon:
    """Lets the worker read a connected system now, not when its turn comes."""
    if name not in connected_names(call.connection):
        raise NotThere(f"{name} is not connected.", fix="List the connectors.")
    set_due(call.connection, name, call.now)
    return ReadSoon(name=name, due_at=call.now)
