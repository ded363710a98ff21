"""A completion on its way to the client: whole, or as a stream whose first chunk does not wait for the answer."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from agent_runtime.assistant.asker import Asker
from agent_runtime.doors.chat.marks import Marked, marked
from agent_runtime.doors.chat.shapes import ChatRequest, error_form, usage_of
from agent_runtime.http.errors import answer, ours, status_of

# Nothing between us and the client may hold the pieces back.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Completion:
    """One question and what is known of it before it is answered. `site`: the address that links begin with."""

    asker: Asker
    request: ChatRequest
    question: str
    site: str
    request_id: str
    created: int
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")

    def response(self) -> Response:
        """The answer as the client wants it: a stream of chunks, or one body."""
        if self.request.stream:
            return StreamingResponse(self._chunks(), headers=_HEADERS, media_type="text/event-stream")
        return _Whole(self)

    async def answered(self) -> Marked:
        """The answer with its links."""
        return marked((await self.asker.ask(self.question)).answer, self.site)

    def told(self, error: Exception) -> tuple[int, dict[str, Any]]:
        """The status and body of what went wrong."""
        known = ours(error, self.request_id)
        status = status_of(known)
        return status, error_form(str(known), known.code, status)

    def body(self, found: Marked) -> dict[str, Any]:
        """The whole answer as one body."""
        notes = [one.model_dump() for one in found.annotations]
        message = {"role": "assistant", "content": found.text, "refusal": None, "annotations": notes}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = usage_of(self.question, found.text).model_dump()
        return self._head("chat.completion") | {"choices": [choice], "usage": usage}

    async def _chunks(self) -> AsyncIterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        try:
            found = await self.answered()
        except Exception as error:  # noqa: BLE001  told in the stream; what nobody foresaw is logged
            yield _event(self.told(error)[1])
            return
        finally:
            self.asker.gone.set()
        for piece in found.pieces():
            yield self._chunk({"content": piece})
        notes = [one.model_dump() for one in found.annotations]
        yield self._chunk({"annotations": notes} if notes else {}, "stop")
        if self.request.stream_options and self.request.stream_options.include_usage:
            usage = usage_of(self.question, found.text).model_dump()
            yield _event(self._head("chat.completion.chunk") | {"choices": [], "usage": usage})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(self._head("chat.completion.chunk") | {"choices": [choice]})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.request.model}


class _Whole(Response):
    """Works the answer out when it is sent: then the request holds no place at the door any more."""

    def __init__(self, completion: Completion) -> None:
        super().__init__()
        self.completion = completion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers and sends."""
        try:
            response = answer(self.completion.body(await self.completion.answered()), headers=_HEADERS)
        except Exception as error:  # noqa: BLE001  each becomes an answer; what nobody foresaw is logged
            status, body = self.completion.told(error)
            response = answer(body, status)
        await response(scope, receive, send)


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"
