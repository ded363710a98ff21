"""How the pages look and behave in this browser, and which rules hold that the company made."""

from typing import Annotated, Any, cast

from fastapi import Depends, Response

from agent_runtime.permissions import Policy
from agent_runtime.web.door import PageCall
from agent_runtime.web.forms import fields, first
from agent_runtime.web.inbox_query import way_back
from agent_runtime.web.page import PageRouter, Shown, page, see_other
from agent_runtime.web.prefs import CHOICES, Prefs, keep
from agent_runtime.web.views import keep_views, views_of, with_view

router = PageRouter("pages")
Form = Annotated[dict[str, list[str]], Depends(fields)]


@router.get("/settings", policy=Policy())
def settings(call: Shown, kept: bool = False) -> Response:
    """What can be chosen."""
    return page(call, "settings.html", kept=kept, views=list(views_of(call.request)), **_rules(call))


@router.post("/settings", policy=Policy())
def keep_settings(call: Shown, form: Form) -> Response:
    """Keeps what was chosen in this browser; what is no choice stays as it was."""
    given = {name: first(form, name) for name, choices in CHOICES.items() if first(form, name) in choices}
    prefs = Prefs(**cast(Any, {name: getattr(call.prefs, name) for name in CHOICES} | given))
    response = see_other("/settings?kept=true")
    keep(response, prefs, secure=call.request.url.scheme == "https")
    return response


@router.post("/settings/views", policy=Policy())
def keep_view(call: Shown, form: Form) -> Response:
    """Keeps a view of the inbox under a name, or forgets the one that is named."""
    views = views_of(call.request)
    gone = first(form, "forget")
    back = first(form, "back")
    kept = (
        {name: asked for name, asked in views.items() if name != gone}
        if gone
        else with_view(views, first(form, "name"), back)
    )
    response = see_other("/settings?kept=true" if gone else way_back(back))
    keep_views(response, kept, secure=call.request.url.scheme == "https")
    return response


def _rules(call: PageCall) -> dict[str, Any]:
    """What the company's rules say, whatever is chosen here."""
    playbook = call.site.premises.playbook
    return {
        "undo_seconds": playbook.decisions.undo_seconds,
        "zone_name": call.zone.key,
        "hours": playbook.calendar.hours,
    }
