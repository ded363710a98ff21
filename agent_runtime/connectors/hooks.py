"""Calls of vendors: a verified one lets its connection be read now; what it says is never believed by itself."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from agent_runtime.connectors import service
from agent_runtime.connectors.calling import ask_anew
from agent_runtime.connectors.presses import keep_press
from agent_runtime.errors import NotThere
from tools.base import Forged, Verified


def receive(
    connection: Connection,
    means: service.Means,
    name: str,
    headers: Mapping[str, str],
    raw_body: bytes,
    url: str,
    now: datetime,
) -> Verified | Forged:
    """Verifies the raw bytes and lets the connection be read at once. `url`: the public address that was called.

    A second delivery of the same event only asks for another read, which changes nothing. Raises NotThere where the
    system is not connected or has no secret for its calls.
    """
    verifier = service.opened(connection, means, name).verifier()
    if verifier is None:
        raise NotThere(f"{name} has no secret for its calls.", fix=f"tenure connect {name}")
    told = verifier.verify(headers, raw_body, url, now)
    if isinstance(told, Verified) and not told.echo:
        if told.pressed:
            keep_press(connection, name, told.event_id, told.pressed, now)
        if told.lapsing:
            ask_anew(connection, name, now)
        service.set_due(connection, name, now)
    return told
