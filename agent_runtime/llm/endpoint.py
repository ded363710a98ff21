"""An OpenAI-compatible endpoint: one exchange with the real client, and what went wrong in our own words."""

import logging
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from agent_runtime.llm.deadline import BoundedTransport
from agent_runtime.llm.models import Rung
from agent_runtime.llm.port import Reason

# The client would log whole requests at DEBUG; what customers wrote belongs into no log.
logging.getLogger("openai").setLevel(logging.WARNING)

_DOWN = frozenset({401, 403, 404, 408, 409, 429})
_NEW_MOST = "max_completion_tokens"
# What a strict schema may hold; the rest is checked here anyway, and some endpoints refuse it.
_KEPT = frozenset(
    {"$defs", "$ref", "additionalProperties", "anyOf", "const", "enum", "items", "properties", "required"}
)


@dataclass(frozen=True, slots=True)
class Completion:
    """What an endpoint gave: the text, and the tokens it counted (None where it did not)."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


class Fault(Exception):
    """An exchange gave nothing that can be used.

    `passing`: the same may succeed a moment later, after `wait` seconds where the endpoint said so. `unpaid`: it was
    refused before a token was made. `form`: the demanded form may be what was refused. `used`: tokens in and out.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        passing: bool = False,
        unpaid: bool = False,
        form: bool = False,
        wait: float | None = None,
        used: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(reason.value)
        self.reason, self.passing, self.unpaid, self.form = reason, passing, unpaid, form
        self.wait, self.used = wait, used


class Endpoint:
    """One model at one address. The caller bounds each call with `deadline.within`."""

    def __init__(self, url: str, model: str, key: str) -> None:
        self.model = model
        self._most = "max_tokens"
        # No redirects and no proxies: what is sent goes to the host that the operator named, or nowhere.
        client = httpx2.Client(transport=BoundedTransport(), follow_redirects=False, trust_env=False)
        self._client = openai.OpenAI(
            base_url=url, api_key=key or "none", max_retries=0, timeout=None, http_client=client
        )

    def models(self) -> list[str]:
        """The names of the models that the endpoint lists; raises Fault."""
        try:
            return [model.id for model in self._client.models.list()]
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise fault_of(error) from error

    def complete(
        self, messages: list[ChatCompletionMessageParam], most_tokens: int, rung: Rung, schema: type[BaseModel]
    ) -> Completion:
        """The whole reply of one exchange; raises Fault."""
        try:
            reply = self._create(messages, most_tokens, **_form(rung, schema))
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise fault_of(error) from error
        return _read(reply)

    def pieces(self, messages: list[ChatCompletionMessageParam], most_tokens: int) -> Generator[str | Completion]:
        """The reply's text as it comes, then a Completion with all of it; raises Fault, also half-way."""
        try:
            stream = self._create(messages, most_tokens, stream=True, stream_options={"include_usage": True})
            with stream:
                yield from _told(stream)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            raise fault_of(error) from error

    def _create(self, messages: list[ChatCompletionMessageParam], most_tokens: int, **more: Any) -> Any:
        """Newer models of OpenAI refuse max_tokens and want it under its new name, which other servers do not know."""
        asked: dict[str, Any] = {"model": self.model, "messages": messages, **more}
        create = self._client.chat.completions.create
        try:
            return create(**asked | {self._most: most_tokens})
        except openai.BadRequestError as error:
            if self._most == _NEW_MOST or _NEW_MOST not in error.message:
                raise
            self._most = _NEW_MOST
            return create(**asked | {self._most: most_tokens})

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def fault_of(error: Exception) -> Fault:
    """What an error of the client means to whoever asked."""
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return Fault(Reason.SLOW)
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return Fault(Reason.DOWN, passing=True)
    return Fault(Reason.MALFORMED)


def _of_status(error: openai.APIStatusError) -> Fault:
    status = error.status_code
    if status in (400, 422):
        return Fault(Reason.REFUSED, unpaid=True, form=True)
    passing = status == 429 or status >= 500
    wait = _seconds(error.response.headers.get("retry-after"))
    return Fault(Reason.DOWN if passing or status in _DOWN else Reason.REFUSED, passing=passing, unpaid=True, wait=wait)


def _seconds(header: str | None) -> float | None:
    # The other form, a date, says nothing to whoever has a second.
    return float(header) if header and header.isascii() and header.replace(".", "", 1).isdigit() else None


def _form(rung: Rung, schema: type[BaseModel]) -> dict[str, Any]:
    if rung is Rung.TEXT:
        return {}
    if rung is Rung.JSON_OBJECT:
        return {"response_format": {"type": "json_object"}}
    told = {"name": schema.__name__, "strict": True, "schema": bare(schema.model_json_schema())}
    return {"response_format": {"type": "json_schema", "json_schema": told}}


def bare(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema without titles, descriptions and bounds."""
    kept: dict[str, Any] = {name: schema[name] for name in _KEPT & schema.keys()}
    if "type" in schema:
        kept["type"] = schema["type"]
    for name in ("$defs", "properties"):
        if name in kept:
            kept[name] = {key: bare(value) for key, value in kept[name].items()}
    if "items" in kept:
        kept["items"] = bare(kept["items"])
    return kept


class _Loose(BaseModel):
    """What is read of a reply: the client itself takes whatever comes, of whatever type."""

    model_config = ConfigDict(from_attributes=True)


class _Usage(_Loose):
    prompt_tokens: NonNegativeInt
    completion_tokens: NonNegativeInt

    @property
    def both(self) -> tuple[int, int]:
        return self.prompt_tokens, self.completion_tokens


class _Message(_Loose):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Loose):
    finish_reason: str | None = None
    message: _Message


class _Reply(_Loose):
    choices: list[_Choice]
    usage: _Usage | None = None


class _Part(_Loose):
    finish_reason: str | None = None
    delta: _Message


class _Chunk(_Loose):
    choices: list[_Part]
    usage: _Usage | None = None


def _read(given: object) -> Completion:
    reply = _Reply.model_validate(given)
    used = reply.usage.both if reply.usage else None
    if not reply.choices:
        raise Fault(Reason.MALFORMED, used=used)
    choice = reply.choices[0]
    if choice.finish_reason == "content_filter" or choice.message.refusal:
        raise Fault(Reason.REFUSED, used=used)
    if choice.finish_reason == "length" or not choice.message.content:
        raise Fault(Reason.MALFORMED, used=used)
    return Completion(choice.message.content, *(used or (None, None)))


def _told(stream: Iterable[object]) -> Iterator[str | Completion]:
    pieces: list[str] = []
    used: tuple[int, int] | None = None
    ended = ""
    for given in stream:
        chunk = _Chunk.model_validate(given)
        used = chunk.usage.both if chunk.usage else used
        for part in chunk.choices[:1]:
            ended = part.finish_reason or ended
            if part.delta.content:
                pieces.append(part.delta.content)
                yield part.delta.content
    if ended != "stop" or not pieces:
        raise Fault(Reason.REFUSED if ended == "content_filter" else Reason.MALFORMED, used=used)
    yield Completion("".join(pieces), *(used or (None, None)))
