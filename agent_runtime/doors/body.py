"""The body of a request as it came, byte by byte: for what is signed, and for what is handed on."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.types import Message, Receive


async def _raw(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(_raw)]


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that begins with `body`, which was read before, and goes on with what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
