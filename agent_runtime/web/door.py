"""The door of the pages: routes with a policy as everywhere, whose errors are told to people."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Table, select
from starlette.exceptions import HTTPException

from agent_runtime.errors import BadInput, TenureError
from agent_runtime.http.entry import SAFE
from agent_runtime.http.errors import NOTHING, refused, status_of, told
from agent_runtime.http.refusals import SignInNeeded
from agent_runtime.http.routing import Call, GuardedRoute, Router
from agent_runtime.permissions import Policy
from agent_runtime.web.prefs import Prefs, prefs_of
from agent_runtime.web.render import bare_page
from memory.records import User

_user: Table = User.__table__  # type: ignore[attr-defined]
# Every page by its path, so that the rail offers what is there and what the reader may open.
POLICIES: dict[str, Policy] = {}


@dataclass(slots=True)
class PageCall(Call):
    """One request of somebody known for a page; `zone`: the clock on which they read, `name`: who they are."""

    request: Request
    prefs: Prefs
    zone: ZoneInfo
    name: str


class PageRouter(Router):
    """Collects the routes of pages; they stand in no description for programs."""

    @property
    def kind(self) -> type[GuardedRoute]:
        """The door that answers a person."""
        return _PageRoute

    def _declare(self, method: str, path: str, policy: Policy, how: dict[str, Any]) -> Any:
        if method == "GET":
            POLICIES[path] = policy
        return super()._declare(method, path, policy, {"include_in_schema": False, "response_model": None} | how)


class _PageRoute(GuardedRoute):
    def answer_to(self, request: Request, error: TenureError) -> Response:
        """A page that says what happened, for a person; the usual form for a program."""
        if "text/html" not in request.headers.get("accept", ""):
            return told(error, request.state.request_id)
        if isinstance(error, SignInNeeded):
            return _to_sign_in(request)
        return error_page(request, error)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The door, with what does not fit the page told like everything else."""
        run = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await run(request)
            except RequestValidationError as error:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                first = error.errors()[0]
                what = BadInput(f"{first['loc'][-1]}: {first['msg']}.", fix="Begin again from the inbox.")
                return error_page(request, what)

        return handle


async def page_call(request: Request) -> PageCall:
    """What an endpoint of a page is given: the request with how and on which clock it is read."""
    call: Call = request.state.visit
    query = select(_user.c.name, _user.c.timezone).where(_user.c.id == call.principal.user_id)
    row = call.connection.execute(query).one()
    zone = ZoneInfo(row.timezone or call.site.premises.playbook.calendar.zone)
    return PageCall(
        call.site, call.connection, call.now, call.request_id, call.principal, call.target, request,
        prefs_of(request), zone, row.name,
    )  # fmt: skip


Shown = Annotated[PageCall, Depends(page_call)]


def error_page(request: Request, error: TenureError) -> Response:
    """What went wrong, what was done, and what to do, as a page."""
    what = {"what": error.what, "fix": error.fix, "done": NOTHING, "code": error.code}
    again = request.url.path if request.method in SAFE else "/inbox"
    return bare_page(request, "error.html", status_of(error), error=what, again=again)


def see_other(path: str) -> Response:
    """After a change: the browser goes on to `path`, which is one of ours."""
    return Response(status_code=303, headers={"Location": path, "Cache-Control": "no-store"})


def own_path(path: str, otherwise: str) -> str:
    """`path` if it is one of this server, which a form may not be sure of; else `otherwise`."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain else otherwise


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return see_other(f"/sign-in?next={quote(here, safe='')}" if request.method in SAFE else "/sign-in")


async def not_found(request: Request, error: Exception) -> Response:
    """What no route takes: as a page for a person, in the usual form for a program."""
    if not isinstance(error, HTTPException) or "text/html" not in request.headers.get("accept", ""):
        return await refused(request, error)
    what = {"what": f"{error.detail}.", "fix": "", "done": NOTHING, "code": str(error.status_code)}
    return bare_page(request, "error.html", error.status_code, error=what, again="/inbox")
