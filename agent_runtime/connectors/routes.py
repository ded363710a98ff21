"""Connected systems over HTTP: how each stands, and to read one now."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from agent_runtime.connectors.service import connected_names, set_due
from agent_runtime.connectors.status import ConnectorLine, connector_lines
from agent_runtime.errors import NotThere
from agent_runtime.http.routing import Asked, Router
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right

router = Router("connectors")
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


@router.post("/api/connectors/{name}/read", policy=Policy(LEADERS, Right.DECIDE))
def read_now(call: Asked, name: Name) -> ReadSoon:
    """Lets the worker read a connected system now, not when its turn comes."""
    if name not in connected_names(call.connection):
        raise NotThere(f"{name} is not connected.", fix="List the connectors.")
    set_due(call.connection, name, call.now)
    return ReadSoon(name=name, due_at=call.now)
