"""MCP over HTTP: each request stands for itself, comes with a token, and is served with the rights of its person."""

from dataclasses import replace
from functools import cache
from typing import Any

from fastapi import Request, Response
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.types import Receive, Scope, Send

from agent_runtime.doors.body import RawBody, replayed
from agent_runtime.doors.mcp.server import mcp_server, visitor
from agent_runtime.doors.mcp.visitor import CHANNEL, Visitor
from agent_runtime.errors import BadInput
from agent_runtime.http.routing import Asked, Router
from agent_runtime.permissions import Policy

router = Router("mcp")


@router.post("/mcp", policy=Policy())
def serve_mcp(call: Asked, request: Request, body: RawBody, decide: bool = False) -> Response:
    """The Model Context Protocol (streamable HTTP, without sessions); `decide` adds the tool that decides, for a
    token that may."""
    if "idempotency-key" in request.headers:
        raise BadInput("A message of MCP is not kept under an Idempotency-Key.", fix="Leave it out.")
    principal = replace(call.principal, channel=CHANNEL)
    address = str(request.base_url)
    return _Served(Visitor(call.site, lambda _connection, _now: principal, decide, address), body)


class _Served(Response):
    """Hands the request to the protocol's server when it is sent: then it holds no place at the door any more."""

    def __init__(self, visited: Visitor, asked: bytes) -> None:
        super().__init__()
        self.visited, self.asked = visited, asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one message."""
        token = visitor.set(self.visited)
        manager = StreamableHTTPSessionManager(_server(), json_response=True, stateless=True)
        try:
            async with manager.run():
                await manager.handle_request(scope, replayed(self.asked, receive), send)
        finally:
            visitor.reset(token)


@cache
def _server() -> Server[Any]:
    return mcp_server()
