"""Answers somebody who came in over HTTP, after the door has let them go: whole, or piece by piece."""

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from threading import Event
from typing import Any

import orjson
from fastapi import Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from agent_runtime.assistant import service
from agent_runtime.assistant.conversation import keep
from agent_runtime.assistant.models import Answer, Question
from agent_runtime.embedding import embedder_of
from agent_runtime.http.errors import answer as as_json
from agent_runtime.http.errors import form, ours, status_of
from agent_runtime.http.site import Site
from agent_runtime.permissions import Principal, Role, account_scope

# Nothing between us and the reader may hold the pieces back.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One question on its way. `account_id`: of which account, None for all that the principal sees."""

    site: Site
    principal: Principal
    account_id: str | None
    text: str
    request_id: str

    def response(self, *, stream: bool) -> Response:
        """The answer as it is wanted: events as it is written, or one body."""
        if stream:
            return StreamingResponse(self._events(), headers=_HEADERS, media_type="text/event-stream")
        return _Whole(self)

    async def body(self) -> dict[str, Any]:
        """The answer with the id of its turn; few are worked out at once, so that the pages stay quick."""
        async with self.site.asking:
            return await run_in_threadpool(self._answered, Event())

    async def _events(self) -> AsyncIterator[bytes]:
        yield _event("begun", {})
        gone = Event()
        try:
            async with self.site.asking:
                body = await run_in_threadpool(self._answered, gone)
            for piece in service.pieces_of(body["answer"]):
                yield _event("piece", {"text": piece})
            yield _event("answer", body)
        except Exception as error:  # noqa: BLE001  told in the stream; what nobody foresaw is logged
            yield _event("error", self._told(error))
        finally:
            gone.set()

    def _answered(self, gone: Event) -> dict[str, Any]:
        """Asks with the rights of this moment. Who left meanwhile is not answered, and nothing is kept."""
        now = self.site.clock.now()
        question = Question(self.text, now, self.principal.user_id)
        with self.site.premises.engine.connect() as connection:
            answer = self._ask(connection, question)
            turn_id = "" if gone.is_set() else self._keep(connection, question, answer)
            connection.commit()
        return asdict(answer) | {"turn_id": turn_id, "kept": bool(turn_id)}

    def _ask(self, connection: Connection, question: Question) -> Answer:
        premises = self.site.premises
        company = premises.company(connection, question.at)
        chosen = embedder_of(premises.settings)
        embedder = chosen.embedder if chosen else None
        if self.account_id is None:
            return service.ask_portfolio(
                connection, self.principal, question, self.site.model, company=company, embedder=embedder
            )
        scope = account_scope(connection, self.principal, self.account_id, question.at)
        return service.ask(connection, scope, question, self.site.model, company=company, embedder=embedder)

    def _keep(self, connection: Connection, question: Question, answer: Answer) -> str:
        """Keeps the turn with the account; one who only audits changes nothing."""
        if self.account_id is None or self.principal.role is Role.AUDITOR:
            return ""
        scope = account_scope(connection, self.principal, self.account_id, question.at)
        return keep(connection, scope, question, answer, self.site.premises.install_key)

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
