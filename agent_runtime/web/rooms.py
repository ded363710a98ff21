"""The rooms beside the inbox: the routers of their pages, in one list for the composition."""

from agent_runtime.http.routing import Router
from agent_runtime.web import (
    account_page,
    accounts_page,
    admin_page,
    audit_page,
    calls_page,
    evals_page,
    handover_page,
    people_page,
    reports_page,
    rules_page,
    story_page,
    trace_page,
    view_as_page,
    webhooks_page,
)

ROOMS: tuple[Router, ...] = (
    accounts_page.router,
    account_page.router,
    story_page.router,
    handover_page.router,
    audit_page.router,
    trace_page.router,
    calls_page.router,
    reports_page.router,
    admin_page.router,
    rules_page.router,
    people_page.router,
    view_as_page.router,
    evals_page.router,
    webhooks_page.router,
)
