"""What operators and programs ask of the server itself: health, metrics, the playbook in force, the page of routes."""

from html import escape
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram, generate_latest
from pydantic import BaseModel
from sqlalchemy import Connection, Table, func, select
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from agent_runtime.actions.models import Action
from agent_runtime.http.routing import Asked, Router, Visited
from agent_runtime.inbox.models import Item
from agent_runtime.permissions import PUBLIC, SEES_ALL, Policy

router = Router("system")
_item: Table = Item.__table__  # type: ignore[attr-defined]
_action: Table = Action.__table__  # type: ignore[attr-defined]


class Meter:
    """The server's own figures, in a registry of its own; `measure` is told of each request."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "tenure_request_seconds", "How long requests took.", ("method", "route", "status"), registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
        )  # fmt: skip
        self.items = Gauge("tenure_items", "Items that are not closed.", ("state",), registry=self.registry)
        self.actions = Gauge("tenure_actions", "Actions by state.", ("state",), registry=self.registry)
        self.listeners = Gauge("tenure_event_streams", "Open event streams.", registry=self.registry)

    def measure(self, method: str, route: str, status: int, seconds: float) -> None:
        """Notes one request; paths that no route takes are one."""
        self.requests.labels(method, route or "none", f"{status // 100}xx").observe(seconds)

    def text(self, connection: Connection, listeners: int) -> bytes:
        """All figures as Prometheus reads them."""
        self.listeners.set(listeners)
        live = _item.c.state.in_(("open", "snoozed", "approved"))
        for gauge, table, where in ((self.items, _item, live), (self.actions, _action, None)):
            query = select(table.c.state, func.count()).group_by(table.c.state)
            for state, number in connection.execute(query if where is None else query.where(where)):
                gauge.labels(state).set(number)
        return generate_latest(self.registry)


class Ready(BaseModel):
    """That the database answers."""

    ready: bool


class PlaybookInForce(BaseModel):
    """The policy that is in force, told apart by its fingerprint."""

    name: str
    version: str
    fingerprint: str
    playbook: dict[str, Any]


@router.get("/readyz", policy=PUBLIC)
def ready(visit: Visited) -> Ready:
    """Whether requests can be answered: the database is there and has its tables."""
    visit.connection.execute(select(_item.c.id).limit(1)).first()
    return Ready(ready=True)


@router.get("/metrics", policy=Policy(SEES_ALL), response_class=PlainTextResponse)
def metrics(call: Asked, request: Request) -> Response:
    """The server's figures for Prometheus, which brings the token of an admin or auditor."""
    text = request.app.state.meter.text(call.connection, request.app.state.feed.listeners)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/api/playbook", policy=Policy())
def playbook(call: Asked) -> PlaybookInForce:
    """The playbook in force."""
    found = call.site.premises.playbook
    return PlaybookInForce(
        name=found.name, version=str(found.version), fingerprint=found.fingerprint,
        playbook=found.model_dump(mode="json"),
    )  # fmt: skip


def pages(app: FastAPI) -> list[Route]:
    """The pages that show nothing of the installation's data and so have no policy."""

    async def healthy(_request: Request) -> Response:
        return JSONResponse({"healthy": True})

    async def openapi(_request: Request) -> Response:
        return JSONResponse(app.openapi())

    async def routes(_request: Request) -> Response:
        return HTMLResponse(_page(app.openapi()))

    return [Route("/healthz", healthy), Route("/openapi.json", openapi), Route("/api/docs", routes)]


def _page(schema: dict[str, Any]) -> str:
    """The routes as a plain page: no script, no style, nothing from elsewhere."""
    rows = [
        _row(method, path, told)
        for path, methods in sorted(schema["paths"].items())
        for method, told in sorted(methods.items())
    ]
    title = escape(schema["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
        '<p>The same for programs: <a href="/openapi.json">openapi.json</a></p>'
        "<table><thead><tr><th>Route<th>What it does<th>Parameters<th>Who<th>Right</thead><tbody>"
        f"{''.join(rows)}</tbody></table></html>"
    )


def _row(method: str, path: str, told: dict[str, Any]) -> str:
    names = ", ".join(x["name"] for x in told.get("parameters", ()))
    policy = told.get("x-policy")
    who, right = (", ".join(policy["roles"]), policy["right"]) if policy else ("anybody", "")
    cells = (f"{method.upper()} {path}", told.get("description") or "", names, who, right)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
