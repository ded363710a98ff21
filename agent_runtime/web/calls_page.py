"""The weekly page of missed calls among the reports: drawn by the calls themselves, opened by the week."""

from datetime import timedelta

from fastapi import Response
from markupsafe import Markup

from agent_runtime.calls.week.page import render
from agent_runtime.calls.week.routes import Week, house_of
from agent_runtime.calls.week.service import read_week, week_named
from agent_runtime.permissions import OVERSEERS, Policy
from agent_runtime.web.page import PageRouter, Shown

router = PageRouter("calls")
# The page carries its styles in itself, so that it can be mailed: nothing else may be fetched, run or sent.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@router.get("/reports/calls", policy=Policy(OVERSEERS))
def show_week(call: Shown, week: Week = None) -> Response:
    """The page of one week, the last one that is over unless another is named."""
    house = house_of(call)
    monday = week_named(week, call.now, house.calendar)
    found = read_week(call.connection, house, monday, call.now)
    before, after = (f"{x.isocalendar().year}-W{x.isocalendar().week:02d}"
                     for x in (monday - timedelta(days=7), monday + timedelta(days=7)))  # fmt: skip
    ways = Markup(
        '<nav><a href="/reports">Reports</a> · <a href="/reports/calls?week={}">the week before</a>'
        ' · <a href="/reports/calls?week={}">the week after</a></nav>'
    ).format(before, after)
    body = render(found, house.calendar.zone).replace("<main>", f"<main>{ways}", 1)
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")
