"""How the pages look and behave, when one is told something, and which rules hold that the company made."""

from dataclasses import replace
from typing import Annotated, Any, cast

from fastapi import Depends, Response

from agent_runtime.permissions import Policy
from agent_runtime.users import preferences
from agent_runtime.users.preferences import preferences_of, read_time
from agent_runtime.web.door import PageCall, own_path
from agent_runtime.web.forms import fields, first
from agent_runtime.web.keys import with_change
from agent_runtime.web.page import PageRouter, Shown, page, see_other
from agent_runtime.web.prefs import CHOICES, Prefs, keep
from agent_runtime.web.views import address_of, with_view

router = PageRouter("pages")
Form = Annotated[dict[str, list[str]], Depends(fields)]
# By which somebody can be told, and what comes that way.
CHANNELS = {
    "mail": "Mail: the morning digest", "chat": "Chat, where one is connected: what waits, and a line each morning",
    "page": "The pages: a word at the foot when something new arrives",
}  # fmt: skip


@router.get("/settings", policy=Policy())
def settings(call: Shown, kept: str = "") -> Response:
    """What can be chosen."""
    own = preferences_of(call.connection, call.principal.user_id)
    return page(call, "settings.html", kept=kept, own=own, channels=CHANNELS, **_rules(call))


@router.post("/settings", policy=Policy())
def keep_settings(call: Shown, form: Form) -> Response:
    """Keeps what was chosen in this browser; what is no choice stays as it was."""
    given = {name: first(form, name) for name, choices in CHOICES.items() if first(form, name) in choices}
    prefs = Prefs(**cast(Any, {name: getattr(call.prefs, name) for name in CHOICES} | given))
    response = see_other("/settings?kept=browser")
    keep(response, prefs, secure=call.request.url.scheme == "https")
    return response


@router.post("/settings/keys", policy=Policy())
def keep_key(call: Shown, form: Form) -> Response:
    """Gives a key another letter or sign, or all of them their own again."""
    own = preferences_of(call.connection, call.principal.user_id)
    changed = {} if "as_before" in form else with_change(own.keys, first(form, "key"), first(form, "stroke"))
    preferences.keep(call.connection, call.principal.user_id, replace(own, keys=changed))
    return see_other("/settings?kept=told#keys-of-ones-own")


@router.post("/settings/told", policy=Policy())
def keep_told(call: Shown, form: Form) -> Response:
    """Keeps when and by what the person is told something."""
    before = preferences_of(call.connection, call.principal.user_id)
    begin, end = first(form, "quiet_from"), first(form, "quiet_until")
    wanted = replace(
        before,
        channels=frozenset(form.get("channel", ())) & CHANNELS.keys(),
        digest="digest" in form,
        digest_at=read_time(first(form, "digest_at")),
        digest_weekend="weekend" in form,
        quiet=(read_time(begin), read_time(end)) if begin and end else None,
    )
    preferences.keep(call.connection, call.principal.user_id, wanted)
    return see_other("/settings?kept=told#told")


@router.post("/settings/views", policy=Policy())
def keep_view(call: Shown, form: Form) -> Response:
    """Keeps a view of the inbox or the accounts under a name, or forgets the one that is named."""
    own, gone = preferences_of(call.connection, call.principal.user_id), first(form, "forget")
    address = address_of(first(form, "place"), first(form, "query"))
    views = with_view(own.views, first(form, "name"), address) if not gone else own.views
    kept = {name: there for name, there in views.items() if name != gone}
    preferences.keep(call.connection, call.principal.user_id, replace(own, views=kept))
    return see_other(own_path(first(form, "back"), "/settings") if gone else address)


def _rules(call: PageCall) -> dict[str, Any]:
    """What the company's rules say, whatever is chosen here."""
    playbook = call.site.premises.playbook
    return {
        "undo_seconds": playbook.decisions.undo_seconds,
        "zone_name": call.zone.key,
        "hours": playbook.calendar.hours,
    }
