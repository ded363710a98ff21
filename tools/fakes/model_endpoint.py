"""A stub of an OpenAI-compatible endpoint, for tests and trials on one machine: stateful, seeded, faulty on demand."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tools.fakes.model_endpoint_writers import WRITERS, taken_apart

MODES = tuple(WRITERS)
# refuses_schema and refuses_json stay; the others strike one request each time they are set.
FAULTS = (
    "429", "500", "401", "timeout", "drip", "length", "invalid_json", "wrong_schema", "refusal", "content_filter",
    "empty", "html", "redirect", "cut", "no_usage", "fenced",
)  # fmt: skip
_MODEL = "stub"
_MADE_AT = 1_767_225_600


@dataclass(slots=True)
class Stub:
    """How the endpoint behaves, and what it has seen.

    `faults`: struck one after the other, one a request; `always`: strikes each. `refuses`: response formats, or
    max_tokens, that are answered with 400. `retry_after`: seconds told with 429. `hang`: seconds of a timeout.
    `served`: requests by what came of them; `tokens`: all that were counted; `seen`: the last requests' bodies.
    """

    mode: str = "honest"
    seed: int = 7
    key: str = ""
    refuses: frozenset[str] = frozenset()
    always: str = ""
    retry_after: float = 0.05
    hang: float = 5.0
    pause: float = 0.0
    faults: deque[str] = field(default_factory=deque)
    served: Counter[str] = field(default_factory=Counter)
    tokens: int = 0
    seen: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1000))


def stub_app(stub: Stub) -> Starlette:
    """GET /v1/models, POST /v1/chat/completions; POST /control sets mode, faults, always and refuses."""
    app = Starlette(
        routes=[
            Route("/v1/models", _models, methods=["GET"]),
            Route("/v1/chat/completions", _completions, methods=["POST"]),
            Route("/control", _control, methods=["POST"]),
        ]
    )
    app.state.stub = stub
    return app


async def _models(request: Request) -> Response:
    if refused := _unknown(request):
        return refused
    model = {"id": _MODEL, "object": "model", "created": _MADE_AT, "owned_by": "tenure"}
    return _json({"object": "list", "data": [model]})


async def _control(request: Request) -> Response:
    stub: Stub = request.app.state.stub
    wanted = orjson.loads(await request.body())
    stub.mode, stub.always = wanted.get("mode", stub.mode), wanted.get("always", stub.always)
    stub.faults.extend(wanted.get("faults", ()))
    stub.refuses = frozenset(wanted.get("refuses", stub.refuses))
    return _json({"mode": stub.mode, "always": stub.always, "served": dict(stub.served), "tokens": stub.tokens})


async def _completions(request: Request) -> Response:
    stub: Stub = request.app.state.stub
    if refused := _unknown(request):
        return refused
    body = orjson.loads(await request.body())
    stub.seen.append(body)
    fault = request.headers.get("x-stub-fault") or (stub.faults.popleft() if stub.faults else stub.always)
    if "max_tokens" in stub.refuses & body.keys():
        return _counted(
            stub, "refused_limit", _error(400, "Unsupported parameter: use 'max_completion_tokens' instead.")
        )
    form = body.get("response_format", {}).get("type", "")
    if form in stub.refuses:
        return _counted(stub, "refused_form", _error(400, f"response_format {form} is not supported"))
    if stub.pause:
        await asyncio.sleep(stub.pause)
    stub.served[fault or "whole"] += 1
    if fault and (struck := await _instead(stub, fault, request)):
        return struck
    text = _spoilt(fault, _text(stub, body))
    if body.get("stream"):
        return StreamingResponse(_streamed(stub, body, text, fault), media_type="text/event-stream")
    return _whole(stub, body, text, fault)


def _unknown(request: Request) -> Response | None:
    key = request.app.state.stub.key
    if key and request.headers.get("authorization") != f"Bearer {key}":
        return _error(401, "this key is not known")
    return None


async def _instead(stub: Stub, fault: str, request: Request) -> Response | None:
    """What is answered in the place of a completion."""
    if fault == "timeout":
        await asyncio.sleep(stub.hang)
    answers: dict[str, Response] = {
        "429": _error(429, "slow down", {"retry-after": f"{stub.retry_after:g}"}),
        "500": _error(500, "something broke"),
        "401": _error(401, "this key is not known"),
        "timeout": _error(504, "too late"),
        "empty": _json({}),
        "html": HTMLResponse("<html><body>It works</body></html>"),
        "redirect": RedirectResponse(str(request.url_for("_models")), status_code=307),
        "drip": StreamingResponse(_drip(stub.hang), media_type="application/json"),
    }
    return answers.get(fault)


async def _drip(seconds: float) -> AsyncIterator[bytes]:
    """A byte now and then: no single read is slow."""
    for _ in range(round(seconds / 0.05)):
        yield b" "
        await asyncio.sleep(0.05)
    yield b"{}"


def _text(stub: Stub, body: dict[str, Any]) -> str:
    told = {message["role"]: str(message["content"]) for message in body["messages"]}
    schema = body.get("response_format", {}).get("json_schema", {}).get("name", "")
    asked = taken_apart(told.get("system", ""), told.get("user", ""), schema, stub.seed)
    return orjson.dumps(WRITERS[stub.mode](asked)).decode()


def _spoilt(fault: str, text: str) -> str:
    if fault == "fenced":
        return f"Of course, here it is:\n```json\n{text}\n```\nAnything else?"
    spoilt = {"invalid_json": text[:-1] + ",,", "length": text[: len(text) // 2], "wrong_schema": '{"colour": "blue"}'}
    return spoilt.get(fault, text)


def _whole(stub: Stub, body: dict[str, Any], text: str, fault: str) -> Response:
    refused = fault == "refusal"
    message = {
        "role": "assistant",
        "content": None if refused else text,
        "refusal": "I cannot do that." if refused else None,
    }
    choice = {"index": 0, "message": message, "finish_reason": _ending(fault), "logprobs": None}
    found = _head("chat.completion") | {"choices": [choice]}
    return _json(found if fault == "no_usage" else found | {"usage": _usage(stub, body, text)})


async def _streamed(stub: Stub, body: dict[str, Any], text: str, fault: str) -> AsyncIterator[bytes]:
    size = 12
    for start in range(0, len(text), size):
        yield _chunk({"content": text[start : start + size]})
        await asyncio.sleep(stub.pause)
        if fault == "cut" and start >= size:
            raise ConnectionResetError("the stub was told to cut")
    yield _chunk({}, _ending(fault))
    if fault != "no_usage":
        yield _event(_head("chat.completion.chunk") | {"choices": [], "usage": _usage(stub, body, text)})
    yield b"data: [DONE]\n\n"


def _chunk(delta: dict[str, str], ending: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": ending}
    return _event(_head("chat.completion.chunk") | {"choices": [choice]})


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(value) + b"\n\n"


def _ending(fault: str) -> str:
    return fault if fault in ("length", "content_filter") else "stop"


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-stub", "object": kind, "created": _MADE_AT, "model": _MODEL}


def _usage(stub: Stub, body: dict[str, Any], text: str) -> dict[str, int]:
    """Four characters are counted as a token."""
    tokens_in = sum(len(str(message["content"])) for message in body["messages"]) // 4
    tokens_out = min(len(text) // 4 + 1, int(body.get("max_tokens") or body.get("max_completion_tokens") or 4096))
    stub.tokens += tokens_in + tokens_out
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}


def _counted(stub: Stub, name: str, response: Response) -> Response:
    stub.served[name] += 1
    return response


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"error": {"message": message, "type": "stub", "code": str(status)}}, status, headers)


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, media_type="application/json")
