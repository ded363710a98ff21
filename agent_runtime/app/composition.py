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
from agent_runtime.audit import routes as audit
from agent_runtime.brief import routes as memory
from agent_runtime.clock import Clock
from agent_runtime.http import errors
from agent_runtime.http.middleware import Frontage
from agent_runtime.http.routing import Router
from agent_runtime.http.site import Premises, Site
from agent_runtime.inbox import backlog_routes as backlog
from agent_runtime.inbox import routes as inbox

ROUTERS: tuple[Router, ...] = (
    sign_in.router,
    inbox.router,
    backlog.router,
    accounts.router,
    memory.router,
    ownership.router,
    audit.router,
    actions.router,
    reports.router,
    feed.router,
    system.router,
)


def create_app(installation: Premises, clock: Clock) -> FastAPI:
    """The application of one installation; `app.state.feed.close()` lets its event streams end."""
    app = FastAPI(
        title="Tenure", version=version("tenure"), docs_url=None, redoc_url=None, openapi_url=None, lifespan=_life,
    )  # fmt: skip
    app.state.site = Site(installation, clock)
    app.state.feed = feed.Feed(app.state.site)
    app.state.meter = system.Meter()
    for router in ROUTERS:
        app.include_router(router.api)
    app.router.routes.extend(system.pages(app))
    app.add_exception_handler(RequestValidationError, errors.invalid)
    app.add_exception_handler(HTTPException, errors.refused)
    app.add_middleware(Frontage, watch=app.state.meter.measure)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.feed.close()
