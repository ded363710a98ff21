"""Every error of the API in one form: a code, what happened, what was done, the fix, the number of the request."""

import logging
from collections.abc import Mapping
from traceback import format_tb
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError
from starlette.exceptions import HTTPException

from agent_runtime.errors import BadInput, Forbidden, NotThere, Refused, Stale, TenureError
from agent_runtime.http.refusals import Busy, Failed, KeyReused, SignInNeeded, Throttled, TooLarge

NOTHING = "nothing was changed"
_LOG = logging.getLogger(__name__)
# What was given is no value that a database can hold: a number or a time out of all range, a text with a NUL in it.
_UNKEEPABLE = (OverflowError, UnicodeError)
_CODES = {
    400: "bad_input", 404: "no_such_page", 405: "method_not_allowed", 413: "too_large", 415: "not_json",
}  # fmt: skip


class ErrorForm(BaseModel):
    """What every error looks like. `present`: how what was decided about stands now; `fields`: what is wrong where."""

    code: str
    what: str
    done: str
    fix: str
    request_id: str
    present: dict[str, Any] | None = None
    fields: list[dict[str, str]] | None = None


# The first that fits counts, so a kind stands before the kind that it is one of.
_STATUS: tuple[tuple[type[TenureError], int], ...] = (
    (SignInNeeded, 401),
    (Forbidden, 403),
    (NotThere, 404),
    (Stale, 409),
    (KeyReused, 422),
    (TooLarge, 413),
    (Throttled, 429),
    (Busy, 503),
    (Refused, 409),
    (BadInput, 400),
)


def status_of(error: TenureError) -> int:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def form(request_id: str, code: str, what: str, fix: str, **more: Any) -> dict[str, Any]:
    """The body of an error."""
    return {"code": code, "what": what, "done": NOTHING, "fix": fix, "request_id": request_id, **more}


def told(error: TenureError, request_id: str) -> Response:
    """The answer to an error of ours."""
    more = {"present": error.present} if isinstance(error, Stale) else {}
    body = form(request_id, error.code, error.what, error.fix, **more)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, SignInNeeded) else {}
    headers |= {"Retry-After": "1"} if isinstance(error, Busy) else {}
    return answer(body, status_of(error), headers)


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`body` as a JSON response; times in it are written with their offset."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def ours(error: Exception, request_id: str) -> TenureError:
    """What an error of a library means to whoever asked; what nobody foresaw is written to the log, without values."""
    if isinstance(error, TenureError):
        return error
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(error, DataError) or isinstance(cause, _UNKEEPABLE):
        return BadInput("A number, a time or a text in it cannot be kept.", fix="Give one within the usual range.")
    if isinstance(error, OperationalError):
        return Busy("The database is taken at the moment.", fix="Send the same request again.")
    if isinstance(error, IntegrityError):
        return Refused("The same was changed at the same moment.", fix="Read it again and decide on how it stands now.")
    # Messages of libraries carry the values of a statement, which may be a customer's words: only places are logged.
    _LOG.error("request %s failed: %s\n%s", request_id, type(error).__name__, "".join(format_tb(error.__traceback__)))
    return Failed("Something failed here.", fix=f"Ask your operator to look for {request_id} in the log.")


async def invalid(request: Request, error: Exception) -> Response:
    """The answer to a request that does not fit its route; what was given is not repeated."""
    if not isinstance(error, RequestValidationError):
        raise error
    fields = [{"field": ".".join(map(str, x["loc"])), "problem": str(x["msg"])} for x in error.errors()]
    what = f"{fields[0]['field']}: {fields[0]['problem']}" if fields else "The request does not fit."
    body = form(request.state.request_id, "invalid", what, "See /openapi.json for what is understood.", fields=fields)
    return answer(body, 422)


async def refused(request: Request, error: Exception) -> Response:
    """The answer to what no route takes."""
    if not isinstance(error, HTTPException):
        raise error
    code = _CODES.get(error.status_code, "refused")
    return answer(
        form(request.state.request_id, code, f"{error.detail}.", "See /openapi.json for what is understood."),
        error.status_code,
        error.headers,
    )
