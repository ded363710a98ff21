"""Pages of a list: each names where the next one begins, so that rows that come and go shift nothing."""

import base64
import binascii
from typing import Annotated, Any

import orjson
from fastapi import Query

from agent_runtime.errors import BadInput

MOST_ROWS = 200
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many rows at most.")]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next` of the page before.")]


def cursor_of(*values: Any) -> str:
    """The place after a row, by the values that the list is ordered by; opaque to whoever gets it."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The values of a cursor, or None for the first page; raises BadInput for one that no page gave."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = orjson.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, orjson.JSONDecodeError):
        values = None
    if not isinstance(values, list) or [type(x) for x in values] != list(kinds):
        raise BadInput("This cursor is not one that a page gave.", fix="Begin without it.")
    return tuple(values)
