"""Turns templates into responses; texts of customers are always escaped."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from agent_runtime.web import words
from agent_runtime.web.assets import assets_version
from agent_runtime.web.keys import Key, key_groups
from agent_runtime.web.prefs import Prefs, prefs_of

TEMPLATES = Path(__file__).parent / "templates"
FRAGMENT = "X-Fragment"
# Nothing that a page showed may come back from a browser's memory after signing out.
_HEADERS = {"Cache-Control": "no-store", "Vary": FRAGMENT}


def rendered(
    request: Request, prefs: Prefs, template: str, status: int, shell: str, context: Mapping[str, Any]
) -> Response:
    """`template` inside `shell`; where X-Fragment is asked for, its main part alone, or the block of that name."""
    found = environment().get_template(template)
    wanted = request.headers.get(FRAGMENT, "")
    region = wanted if wanted in found.blocks else "main" if wanted else ""
    shared = {
        "assets": f"/static/{assets_version()}", "prefs": prefs, "path": request.url.path, "keys": key_groups(),
        "request_id": request.state.request_id, "region": region, "layout": "fragment.html" if region else shell,
    }  # fmt: skip
    return HTMLResponse(found.render(shared | dict(context)), status, _HEADERS)


def bare_page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page for somebody unknown, or about an error: without anything of the installation's data around it."""
    return rendered(request, prefs_of(request), template, status, "bare.html", context)


@cache
def environment() -> Environment:
    """The templates, with all that each of them may use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals |= {"moment": _moment, "due": _due, "range_words": words.range_words, "initials": words.initials_of}
    made.globals["stroke"] = _stroke
    made.filters |= {"amount": words.amount_words}
    return made


@pass_context
def _stroke(context: Context, key_id: str) -> str:
    """By which letter the reader presses a key."""
    groups: dict[str, list[Key]] = context["keys"]
    return next(key.single for keys in groups.values() for key in keys if key.id == key_id)


@pass_context
def _moment(context: Context, at: datetime | str | None) -> Markup:
    """A time relative to now, with the exact one in its title; `at` aware, or as ISO text."""
    if not at:
        return Markup("")
    when, zone = _aware(at), context["zone"]
    told = words.moment_words(when, context["now"], zone)
    exact = words.exact_words(when, zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(when.isoformat(), exact, told)


@pass_context
def _due(context: Context, at: datetime | str) -> Mapping[str, str]:
    """What is left until a time: `text` and `tone` (late, soon, calm), with the exact time as `title`."""
    when, zone = _aware(at), context["zone"]
    text, tone = words.due_words(when, context["now"], zone)
    return {"text": text, "tone": tone, "title": words.exact_words(when, zone)}


def _aware(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
