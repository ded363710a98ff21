"""Routes that cannot be declared without a policy; each request has one principal, one moment and one transaction."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from agent_runtime.errors import Forbidden, TenureError
from agent_runtime.http import idempotency
from agent_runtime.http.entry import SAFE, refuse_nul, who
from agent_runtime.http.errors import ErrorForm, ours, told
from agent_runtime.http.site import Site
from agent_runtime.permissions import Policy, Principal, Target, account_scope, demand, item_scope
from memory.scope import AccountScope

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorForm, "description": words}
    for status, words in (
        (400, "It cannot be used"), (401, "Nobody is signed in"), (403, "No right to it"), (404, "Not there"),
        (409, "Not allowed as things stand"), (413, "Too long"), (422, "It does not fit"), (503, "Busy: again later"),
    )
}  # fmt: skip


@dataclass(slots=True)
class Visit:
    """One request, whoever asks: its transaction, its moment, its number."""

    site: Site
    connection: Connection
    now: datetime
    request_id: str


@dataclass(slots=True)
class Call(Visit):
    """One request of somebody known, who may make it."""

    principal: Principal
    target: AccountScope | None

    @property
    def scope(self) -> AccountScope:
        """The account of a route whose policy has a target; any other route has none."""
        if self.target is None:
            raise Forbidden("This route names no account.")
        return self.target


class Router:
    """Collects the routes of one domain; a route without `policy` does not even import."""

    def __init__(self, tag: str) -> None:
        self.api = APIRouter(tags=[tag])

    @property
    def kind(self) -> type["GuardedRoute"]:
        """Which door stands before its routes."""
        return GuardedRoute

    def get(self, path: str, *, policy: Policy, **how: Any) -> Callable[[_Endpoint], _Endpoint]:
        """A route that only reads."""
        return self._declare("GET", path, policy, how)

    def post(self, path: str, *, policy: Policy, **how: Any) -> Callable[[_Endpoint], _Endpoint]:
        """A route that changes something."""
        return self._declare("POST", path, policy, how)

    def delete(self, path: str, *, policy: Policy, **how: Any) -> Callable[[_Endpoint], _Endpoint]:
        """A route that ends something."""
        return self._declare("DELETE", path, policy, how)

    def _declare(self, method: str, path: str, policy: Policy, how: dict[str, Any]) -> Callable[[_Endpoint], _Endpoint]:
        if policy.target is not Target.NONE and f"{{{policy.target}_id}}" not in path:
            raise TypeError(f"{path} names no {policy.target}, but its policy does")
        guarded = type("_Guarded", (self.kind,), {"policy": policy})

        def declare(endpoint: _Endpoint) -> _Endpoint:
            how.setdefault("responses", _ERRORS)
            how.setdefault("openapi_extra", _described(policy, method))
            self.api.add_api_route(path, endpoint, methods=[method], route_class_override=guarded, **how)
            return endpoint

        return declare


class GuardedRoute(APIRoute):
    """A route behind the door: it admits, runs, and commits."""

    policy: ClassVar[Policy]

    def get_route_handler(self) -> _Handler:
        """The handler of FastAPI with the door before it."""
        run, policy, path = super().get_route_handler(), self.policy, self.path

        async def handle(request: Request) -> Response:
            try:
                return await _pass(request, policy, path, run)
            except (HTTPException, RequestValidationError):
                raise
            except Exception as error:  # noqa: BLE001  each becomes an answer; what nobody foresaw is logged
                return self.answer_to(request, ours(error, request.state.request_id))

        return handle

    def answer_to(self, request: Request, error: TenureError) -> Response:
        """How an error is told to whoever came this way."""
        return told(error, request.state.request_id)


async def current(request: Request) -> Visit:
    """What an endpoint is given as its first argument."""
    visit: Visit = request.state.visit
    return visit


Asked = Annotated[Call, Depends(current)]
Visited = Annotated[Visit, Depends(current)]


async def _pass(request: Request, policy: Policy, path: str, run: _Handler) -> Response:
    site: Site = request.app.state.site
    body = await request.body()
    refuse_nul(request, body)
    async with site.gate:
        visit = await run_in_threadpool(_admit, request, site, policy)
        try:
            request.state.visit = visit
            response = await _once(request, visit, path, body, run)
            if request.method in SAFE:
                visit.connection.commit()  # nothing to write but, once an hour, when a token was used
            else:
                await run_in_threadpool(visit.connection.commit)
            return response
        finally:
            visit.connection.close()


def _admit(request: Request, site: Site, policy: Policy) -> Visit:
    """Opens the request's transaction for whoever may make it."""
    now, number = site.clock.now(), request.state.request_id
    connection = site.premises.engine.connect()
    try:
        if policy.public:
            return Visit(site, connection, now, number)
        principal = who(request, connection, now)
        demand(policy, principal)
        target = _target(request, connection, policy, principal, now)
        return Call(site, connection, now, number, principal, target)
    except BaseException:
        connection.close()
        raise


def _target(
    request: Request, connection: Connection, policy: Policy, principal: Principal, now: datetime
) -> AccountScope | None:
    if policy.target is Target.ACCOUNT:
        return account_scope(connection, principal, request.path_params["account_id"], now)
    if policy.target is Target.ITEM:
        return item_scope(connection, principal, request.path_params["item_id"], now)
    return None


async def _once(request: Request, visit: Visit, path: str, body: bytes, run: _Handler) -> Response:
    """Runs the endpoint, or gives the answer that the same change got before under its Idempotency-Key."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method in SAFE or not isinstance(visit, Call):
        return await run(request)
    stored = idempotency.key_hash(visit.principal.user_id, f"{request.method} {path}", key)
    before = await run_in_threadpool(idempotency.begin, visit.connection, stored, request.url.path, body, visit.now)
    if before is not None:
        return Response(before.body, before.status, {"Idempotent-Replayed": "true"}, "application/json")
    response = await run(request)
    answer = idempotency.Answer(response.status_code, bytes(response.body))
    await run_in_threadpool(idempotency.finish, visit.connection, stored, answer)
    return response


def _described(policy: Policy, method: str) -> dict[str, Any]:
    """What the OpenAPI page says of a policy."""
    if policy.public:
        return {"security": []}
    told: dict[str, Any] = {
        "x-policy": {"roles": sorted(policy.roles), "right": policy.right.value, "target": policy.target.value}
    }
    if method not in SAFE:
        told["parameters"] = [
            {
                "name": "Idempotency-Key", "in": "header", "required": False,
                "description": "The same change with the same key happens once within 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        ]  # fmt: skip
    return told
