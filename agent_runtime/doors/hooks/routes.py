"""Where other systems send: a message is taken when its signature holds, and kept before it is acknowledged."""

import logging
from typing import Annotated

from fastapi import Path, Request
from pydantic import BaseModel

from agent_runtime.doors.body import RawBody
from agent_runtime.doors.hooks import service
from agent_runtime.errors import BadSetting
from agent_runtime.http.refusals import Busy
from agent_runtime.http.routing import Router, Visited
from agent_runtime.http.signatures import key_of, verified
from agent_runtime.permissions import PUBLIC
from agent_runtime.references import secret_in
from agent_runtime.settings import Hook

router = Router("hooks")
_logger = logging.getLogger("tenure.hooks")


class Accepted(BaseModel):
    """That the message is kept; `duplicate`: it was here before, and counts once."""

    id: str
    duplicate: bool


@router.post("/hooks/{name}", policy=PUBLIC, status_code=202)
def receive(
    visit: Visited, request: Request, name: Annotated[str, Path(min_length=1, max_length=100)], body: RawBody
) -> Accepted:
    """Takes a message signed as Standard Webhooks has it (webhook-id, webhook-timestamp, webhook-signature)."""
    hook = visit.site.premises.settings.hooks.get(name)
    # A hook that does not exist answers as one whose signature does not hold.
    signed = verified(_keys(hook, name) if hook else [], request.headers, body, visit.now)
    fresh = service.keep(visit.connection, name, signed, body, visit.now)
    return Accepted(id=signed.id, duplicate=not fresh)


def _keys(hook: Hook, name: str) -> list[bytes]:
    try:
        return [key_of(secret_in(reference), f"The secret of hook {name}") for reference in hook.secret.split(" ")]
    except BadSetting as error:
        _logger.error("hook %s: %s", name, error)
        raise Busy("This hook is not ready; nothing was taken.", fix="Send it again later.") from None
