"""Answers somebody who came in over HTTP, after the door has let them go: whole, or piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from threading import Event
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from agent_runtime.assistant import service
from agent_runtime.assistant.asker import PORTFOLIO, Asker
from agent_runtime.http.errors import answer as as_json
from agent_runtime.http.errors import form, ours, status_of
from agent_runtime.http.site import Site
from agent_runtime.permissions import Principal

# Nothing between us and the reader may hold the pieces back.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One question on its way. `account_id`: of which account, None for all that the principal sees.

    `earlier`: what was asked before it, the latest last; None: as the conversation of the account has it.
    """

    site: Site
    principal: Principal
    account_id: str | None
    text: str
    request_id: str
    earlier: tuple[str, ...] | None = None

    def response(self, *, stream: bool) -> Response:
        """The answer as it is wanted: events as it is written, or one body."""
        if stream:
            return StreamingResponse(self._events(), headers=_HEADERS, media_type="text/event-stream")
        return _Whole(self)

    async def body(self) -> dict[str, Any]:
        """The answer with the id of its turn."""
        return await self._answered(Event())

    async def _events(self) -> AsyncIterator[bytes]:
        yield _event("begun", {})
        gone = Event()
        try:
            body = await self._answered(gone)
            for piece in service.pieces_of(body["answer"]):
                yield _event("piece", {"text": piece})
            yield _event("answer", body)
        except Exception as error:  # noqa: BLE001  told in the stream; what nobody foresaw is logged
            yield _event("error", self._told(error))
        finally:
            gone.set()

    async def _answered(self, gone: Event) -> dict[str, Any]:
        """Asks with the rights of this moment. Who left meanwhile is not answered, and nothing is kept."""
        about = self.account_id or PORTFOLIO
        asker = Asker(self.site, self.principal, about, keeps_refusals=True, earlier=self.earlier, gone=gone)
        given = await asker.ask(self.text)
        return asdict(given.answer) | {"turn_id": given.turn_id, "kept": bool(given.turn_id)}

    def _told(self, error: Exception) -> dict[str, Any]:
        known = ours(error, self.request_id)
        return form(self.request_id, known.code, known.what, known.fix)

    def failed(self, error: Exception) -> Response:
        """The response to what went wrong."""
        return as_json(self._told(error), status_of(ours(error, self.request_id)))


class _Whole(Response):
    """Works the answer out when it is sent: then the request holds no place at the door any more."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self.asking = asking

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers and sends."""
        try:
            response = as_json(await self.asking.body(), headers=_HEADERS)
        except Exception as error:  # noqa: BLE001  each becomes an answer; what nobody foresaw is logged
            response = self.asking.failed(error)
        await response(scope, receive, send)


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
