"""A page for somebody known: in its shell, or only the part that changed. All that the modules of pages need."""

from typing import Any

from fastapi import Response

from agent_runtime.users.preferences import preferences_of
from agent_runtime.web.door import PageCall, PageRouter, Shown, see_other
from agent_runtime.web.keys import key_groups
from agent_runtime.web.render import rendered
from agent_runtime.web.shell import shell_of

__all__ = ["PageCall", "PageRouter", "Shown", "page", "see_other"]


def page(call: PageCall, template: str, *, status: int = 200, **context: Any) -> Response:
    """`template` for `call`: the whole page, or with X-Fragment its main part, or the block of that name.

    A template begins with `{% extends layout %}`, takes the macros by
    `{% import "macros/ui.html" as ui with context %}` and fills the blocks title, heading, main and aside.
    `now`, `zone` and `me` (the principal) are always there.
    """
    # A server that shows the demo has a bar on top of its pages.
    bar = getattr(call.request.app.state, "bar", None)
    own = preferences_of(call.connection, call.principal.user_id)
    shared = {
        "now": call.now, "zone": call.zone, "me": call.principal, "shell": shell_of(call, own), "bar": bar,
        "keys": key_groups(own.keys),
    }  # fmt: skip
    return rendered(call.request, call.prefs, template, status, "shell.html", shared | context)
