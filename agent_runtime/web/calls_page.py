"""The weekly page of missed calls among the reports: drawn by the calls themselves, opened by the week."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Depends, Response
from markupsafe import Markup

from agent_runtime.calls.week import subscribing
from agent_runtime.calls.week.page import render, render_live
from agent_runtime.calls.week.routes import Week, house_of, live_of, verify_segment
from agent_runtime.calls.week.service import read_week, week_named
from agent_runtime.errors import BadInput
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right
from agent_runtime.web.door import PageCall
from agent_runtime.web.forms import fields, first
from agent_runtime.web.page import PageRouter, Shown, see_other

router = PageRouter("calls")
Form = Annotated[dict[str, list[str]], Depends(fields)]
_HERE = "/reports/calls"
_LONGEST = 500
# The page carries its styles in itself, so that it can be mailed: nothing else may be fetched or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


@router.get("/reports/calls", policy=Policy(OVERSEERS))
def show_week(call: Shown, week: Week = None) -> Response:
    """The page of one week, the last one that is over unless another is named."""
    house = house_of(call)
    monday = week_named(week, call.now, house.calendar)
    found = read_week(call.connection, house, monday, call.now)
    above = _ways(_week(monday - timedelta(days=7)), _week(monday + timedelta(days=7)))
    below = _forms(call, house.playbook.calls.pilot)
    return _page(render(found, house.calendar.zone, above=above, below=below))


@router.get("/reports/calls/now", policy=Policy(OVERSEERS))
def show_now(call: Shown) -> Response:
    """Who waits for a call now."""
    above = Markup(
        '<nav><a href="/reports">Reports</a> · <a href="{here}">the weekly page</a>'
        ' · <a href="{here}/now">look again</a></nav>'
    ).format(here=_HERE)
    return _page(render_live(live_of(call), house_of(call).calendar.zone, above))


@router.post("/reports/calls/mail", policy=Policy(OVERSEERS))
def keep_mail(call: Shown, form: Form) -> Response:
    """Whether the person gets the weekly page by mail."""
    me = call.principal.user_id
    if first(form, "wanted"):
        subscribing.subscribe(call.connection, me, call.now)
    elif subscribing.is_subscribed(call.connection, me):
        subscribing.unsubscribe(call.connection, me)
    return see_other(f"{_HERE}#yours")


@router.post("/reports/calls/verify", policy=Policy(LEADERS, Right.DECIDE))
def keep_verified(call: Shown, form: Form) -> Response:
    """The person compared the figures of a segment with the phone system's own, and stands up for them."""
    segment, note = first(form, "segment"), first(form, "note")
    if not segment or len(segment) > 100 or len(note) > _LONGEST:
        raise BadInput("Nothing was kept.", fix="Name a queue, a line or a customer segment, and write a shorter note.")
    verify_segment(call, segment, note)
    return see_other(_HERE)


def _ways(before: str, after: str) -> Markup:
    return Markup(
        '<nav><a href="/reports">Reports</a> · <a href="{here}?week={before}">the week before</a>'
        ' · <a href="{here}?week={after}">the week after</a> · <a href="{here}/now">who waits now</a></nav>'
    ).format(here=_HERE, before=before, after=after)


def _forms(call: PageCall, pilot: str) -> Markup:
    """What the reader can do here: have it mailed, and stand up for the figures."""
    playbook = call.site.premises.playbook
    wanted = not subscribing.is_subscribed(call.connection, call.principal.user_id)
    label = f"Mail it to me each {playbook.calls.mail_day.title()}" if wanted else "Mail it to me no more"
    mail = Markup(
        '<section id="yours"><h2>Yours</h2><form method="post" action="{}/mail">'
        '<input type="hidden" name="wanted" value="{}"><button>{}</button></form>'
    ).format(_HERE, "yes" if wanted else "", label)
    if call.principal.role not in LEADERS:
        return mail + Markup("</section>")
    return mail + Markup(
        '<form method="post" action="{}/verify"><p>You compared the figures of a queue, a line or a customer segment'
        " with the phone system\u2019s own list? Then say so: it is kept with your name.</p>"
        '<p><label>Segment <input name="segment" value="{}" maxlength="100" required></label> '
        '<label>Compared with <input name="note" maxlength="500"></label> <button>I stand up for them</button></p>'
        "</form></section>"
    ).format(_HERE, pilot)


def _week(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"


def _page(body: str) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")
