"""Makes the application out of an installation and a clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from agent_runtime.accounts import ownership
from agent_runtime.accounts import routes as accounts
from agent_runtime.actions import routes as actions
from agent_runtime.app import feed, reports, sign_in, system
from agent_runtime.assistant import routes as assistant
from agent_runtime.audit import routes as audit
from agent_runtime.brief import routes as memory
from agent_runtime.calls.week import routes as calls
from agent_runtime.clock import Clock
from agent_runtime.connectors import routes as connectors
from agent_runtime.doors.chat import routes as chat
from agent_runtime.doors.hooks import routes as hooks
from agent_runtime.doors.mcp import routes as mcp
from agent_runtime.doors.webhooks import routes as webhooks
from agent_runtime.http import errors
from agent_runtime.http.middleware import Frontage
from agent_runtime.http.routing import Router
from agent_runtime.http.site import Premises, Site
from agent_runtime.inbox import backlog_routes as backlog
from agent_runtime.inbox import routes as inbox
from agent_runtime.prepared import routes as prepared
from agent_runtime.web import (
    assets,
    backlog_page,
    company_sign_in,
    inbox_decide,
    inbox_page,
    settings_page,
    sign_in_page,
)
from agent_runtime.web.company_sign_in import provider_of
from agent_runtime.web.door import not_found
from agent_runtime.web.rooms import ROOMS

ROUTERS: tuple[Router, ...] = (
    sign_in.router,
    inbox.router,
    backlog.router,
    accounts.router,
    memory.router,
    prepared.router,
    ownership.router,
    audit.router,
    actions.router,
    connectors.router,
    reports.router,
    calls.router,
    feed.router,
    system.router,
    assistant.router,
    chat.router,
    sign_in_page.router,
    company_sign_in.router,
    settings_page.router,
    inbox_page.router,
    inbox_decide.router,
    backlog_page.router,
    *ROOMS,
    mcp.router,
    webhooks.router,
    hooks.router,
)


def create_app(installation: Premises, clock: Clock, *, choose_person: bool = False) -> FastAPI:
    """The application of one installation; `app.state.feed.close()` lets its event streams end.

    `choose_person`: on this machine, one signs in by choosing who one is; for the demo.
    """
    app = FastAPI(
        title="Tenure", version=version("tenure"), docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life,
    )  # fmt: skip
    app.state.site = Site(installation, clock, choose_person, installation.model(), provider_of(installation.settings))
    app.state.feed = feed.Feed(app.state.site)
    app.state.meter = system.Meter()
    for router in ROUTERS:
        app.include_router(router.api)
    app.router.routes.extend([*system.pages(app), assets.mount()])
    app.add_exception_handler(RequestValidationError, errors.invalid)
    app.add_exception_handler(HTTPException, not_found)
    app.add_middleware(Frontage, watch=app.state.meter.measure)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.feed.close()
