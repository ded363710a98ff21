"""The model port on an endpoint: deadline, retry, ladder, validation, stored replies, and what the audit is told."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from time import monotonic
from typing import Any

import orjson
from openai.types.chat import ChatCompletionMessageParam
from pydantic import ValidationError
from sqlalchemy import Connection, Engine
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from agent_runtime.llm import store
from agent_runtime.llm.deadline import within
from agent_runtime.llm.endpoint import Completion, Endpoint, Fault
from agent_runtime.llm.models import ModelCall, Rung
from agent_runtime.llm.port import ModelReply, ModelRequest, ModelSilent, NoReply, Reason, Reply
from agent_runtime.llm.purse import Payer, Payment, Purse, Taken
from agent_runtime.llm.rest import Rest

# Tells the audit of a call, in the transaction that keeps it: the audit stands above the port.
Record = Callable[[Connection, ModelCall], None]
MOST_ATTEMPTS = 3
# A stream begins within the deadline; the whole of it may take longer, because somebody reads along.
STREAM_SECONDS = 30.0
STOPPED = "stopped"
_backoff = wait_random_exponential(multiplier=0.05, max=0.4)


@dataclass(slots=True)
class _Asked:
    """One question on its way: its messages, until when it may take, and what it took so far."""

    request: ModelRequest[Any]
    messages: list[ChatCompletionMessageParam]
    form: str
    hash: str
    begun: float
    until: float
    taken: Taken = field(default_factory=Taken)

    @property
    def left(self) -> float:
        """Seconds until the deadline; not below zero."""
        return max(self.until - monotonic(), 0.0)


class EndpointModel:
    """A model behind an OpenAI-compatible address; see the port. One for a process, for all its threads.

    `key` names address and model together; `deadline` in seconds, for requests that name none.
    """

    def __init__(
        self, engine: Engine, endpoint: Endpoint, key: str, purse: Purse, deadline: float, record: Record
    ) -> None:
        self._engine, self._endpoint, self._key, self._purse = engine, endpoint, key, purse
        self._deadline, self._record = deadline, record
        self._rung: Rung | None = None
        self._rest = Rest()

    @property
    def name(self) -> str:
        return self._endpoint.model

    def ask(self, request: ModelRequest[Reply]) -> ModelReply[Reply] | NoReply:
        """See the port."""
        asked = self._begin(request)
        if (known := self._stored(request, asked.hash)) is not None:
            return known
        if self._rest.on:
            return NoReply(Reason.DOWN)
        try:
            value = request.schema.model_validate_json(json_in(self._climb(asked)))
        except Fault as fault:
            return self._failed(asked, fault.reason)
        except ValidationError:
            return self._failed(asked, Reason.MALFORMED)
        self._rest.over()
        call = self._keep(asked, store.REPLIED, value.model_dump_json())
        used = (call.tokens_in, call.tokens_out, call.cost)
        return ModelReply(value, self.name, request.prompt.hash, *used, stored=False, request_hash=asked.hash)

    def stream(self, request: ModelRequest[Reply], stop: Callable[[], bool]) -> Iterator[str]:
        """See the port."""
        asked = self._begin(request)
        if self._rest.on:
            raise ModelSilent(Reason.DOWN)
        ended: str | None = STOPPED
        try:
            with self._payment(asked, max(asked.left, STREAM_SECONDS)) as payment:
                for piece in self._flow(asked, stop):
                    if isinstance(piece, Completion):
                        payment.made(piece)
                        self._rest.over()
                        ended = store.REPLIED
                    else:
                        yield piece
        except Fault as fault:
            ended = None
            self._failed(asked, fault.reason)
            raise ModelSilent(fault.reason) from fault
        finally:
            if ended:
                self._keep(asked, ended, None)

    def _begin(self, request: ModelRequest[Any]) -> _Asked:
        message = request.prompt.render(**request.inputs)
        form = orjson.dumps(request.schema.model_json_schema(), option=orjson.OPT_SORT_KEYS).decode()
        told = "\n".join([self._key, request.account_id, request.prompt.hash, form, message])
        begun = monotonic()
        return _Asked(
            request,
            [{"role": "system", "content": request.prompt.instructions}, {"role": "user", "content": message}],
            form,
            sha256(told.encode()).hexdigest(),
            begun,
            begun + (self._deadline if request.deadline is None else request.deadline),
        )

    def _stored(self, request: ModelRequest[Reply], request_hash: str) -> ModelReply[Reply] | None:
        with self._engine.connect() as connection:
            text = store.replied(connection, request_hash)
        if text is None:
            return None
        value = request.schema.model_validate_json(text)
        return ModelReply(value, self.name, request.prompt.hash, 0, 0, 0, stored=True, request_hash=request_hash)

    def _climb(self, asked: _Asked) -> str:
        """The reply's text by the strictest form that the endpoint takes; what it takes is remembered."""
        known = self._known_rung(asked.request.now)
        rung = known or Rung.JSON_SCHEMA
        while True:
            try:
                text = self._retried(asked, rung)
            except Fault as fault:
                if not fault.form or rung.next is None:
                    raise
                rung = rung.next
                continue
            if rung is not known:
                self._learn(rung, asked.request.now)
            return text

    def _known_rung(self, now: datetime) -> Rung | None:
        if self._rung is None:
            with self._engine.connect() as connection:
                self._rung = store.rung_of(connection, self._key, now)
        return self._rung

    def _learn(self, rung: Rung, now: datetime) -> None:
        self._rung = rung
        with self._engine.begin() as connection:
            store.learn_rung(connection, self._key, self.name, rung, now)

    def _retried(self, asked: _Asked, rung: Rung) -> str:
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, Fault) and error.passing),
            wait=_wait,
            stop=stop_after_attempt(MOST_ATTEMPTS) | stop_before_delay(asked.left),
            reraise=True,
        )
        return str(retrying(self._attempt, asked, rung))

    def _attempt(self, asked: _Asked, rung: Rung) -> str:
        prompt = asked.request.prompt
        with self._payment(asked, asked.left) as payment, within(asked.until):
            completion = self._endpoint.complete(asked.messages, prompt.most_tokens, rung, asked.request.schema)
            payment.made(completion)
        return completion.text

    def _payment(self, asked: _Asked, seconds: float) -> Payment:
        request = asked.request
        text = asked.form + "".join(str(message["content"]) for message in asked.messages)
        payer = Payer(request.account_id, request.now)
        return self._purse.pay(payer, asked.taken, text, request.prompt.most_tokens, seconds)

    def _flow(self, asked: _Asked, stop: Callable[[], bool]) -> Iterator[str | Completion]:
        """The pieces until the end or until `stop`; a read that waits notices that too."""
        until, end = asked.until, max(asked.until, asked.begun + STREAM_SECONDS)
        with closing(self._endpoint.pieces(asked.messages, asked.request.prompt.most_tokens)) as pieces:
            while not stop():
                try:
                    with within(until, stop):
                        piece = next(pieces)
                except StopIteration:
                    return
                except Fault:
                    if stop():
                        return
                    raise
                until = end
                yield piece

    def _failed(self, asked: _Asked, reason: Reason) -> NoReply:
        if reason in (Reason.DOWN, Reason.SLOW):
            self._rest.trouble()
        # What was not asked for want of budget is no call.
        if reason is not Reason.OVER_BUDGET:
            self._keep(asked, reason.value, None)
        return NoReply(reason)

    def _keep(self, asked: _Asked, outcome: str, reply: str | None) -> ModelCall:
        request, taken = asked.request, asked.taken
        call = ModelCall(
            id=f"model_{token_hex(12)}",
            request_hash=asked.hash,
            account_id=request.account_id,
            purpose=request.purpose,
            prompt=request.prompt.name,
            prompt_hash=request.prompt.hash,
            model=self.name,
            outcome=outcome,
            tokens_in=taken.tokens_in,
            tokens_out=taken.tokens_out,
            cost=self._purse.prices.of(taken.tokens_in, taken.tokens_out),
            milliseconds=round((monotonic() - asked.begun) * 1000),
            at=request.now,
            reply=reply,
        )
        with self._engine.begin() as connection:
            store.keep(connection, call)
            self._record(connection, call)
        return call


def json_in(text: str) -> str:
    """The JSON object in a reply: models that are asked for JSON in words put it into a fence, or talk around it."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def _wait(state: RetryCallState) -> float:
    """As long as the endpoint asked for, else a moment."""
    error = state.outcome.exception() if state.outcome else None
    asked_for = error.wait if isinstance(error, Fault) else None
    return asked_for if asked_for is not None else _backoff(state)
