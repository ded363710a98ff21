"""What every request passes: a number, a limit on its body, the security headers, and the watch on how long it took."""

import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent_runtime.http.errors import told
from agent_runtime.http.refusals import TooLarge

MOST_BODY = 1_000_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Where everything is one person's: nobody on the way may keep it.
_PRIVATE = ("/api", "/v1", "/mcp", "/hooks")
Watch = Callable[[str, str, int, float], None]


class Frontage:
    """The outermost layer. `watch` is told method, route, status and seconds of each request."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app = app
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        begun = perf_counter()
        outgoing = _Outgoing(send, request_id, begun, private=scope["path"].startswith(_PRIVATE))
        body = await _body(scope, receive)
        if body is None:
            error = TooLarge("The body is too long.", fix=f"Send at most {MOST_BODY:,} bytes.")
            await told(error, request_id)(scope, receive, outgoing)
        else:
            await self.app(scope, _replayed(body, receive), outgoing)
        route = getattr(scope.get("route"), "path", "")
        self.watch(scope["method"], route, outgoing.status, perf_counter() - begun)


class _Outgoing:
    """Adds the headers to a response on its way out, and notes its status."""

    def __init__(self, send: Send, request_id: str, begun: float, *, private: bool) -> None:
        self.send = send
        self.begun = begun
        self.status = 500
        self.added = {**HEADERS, "X-Request-Id": request_id} | ({"Cache-Control": "no-store"} if private else {})

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["Server-Timing"] = f"app;dur={(perf_counter() - self.begun) * 1000:.1f}"
            for name, value in self.added.items():
                headers.setdefault(name, value)
        await self.send(message)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, or None when it is longer than any that is understood."""
    told_length = Headers(scope=scope).get("content-length", "0")
    if not told_length.isdigit() or int(told_length) > MOST_BODY:
        return None
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        more = message.get("more_body", False)
        if length > MOST_BODY:
            return None
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
