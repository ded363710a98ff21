"""Views of the inbox that somebody comes back to: a name and a list, kept in a cookie of their browser."""

from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response

from agent_runtime.errors import BadInput
from agent_runtime.web.inbox_query import query_of
from agent_runtime.web.prefs import KEPT_SECONDS

COOKIE = "tenure_views"
MOST, MOST_NAME = 8, 40
_MOST_BYTES = 3_000


def views_of(request: Request) -> dict[str, str]:
    """The kept views: the query of the list by its name, in the order in which they were kept."""
    kept = dict(parse_qsl(request.cookies.get(COOKIE, "")[:_MOST_BYTES]))
    return {name[:MOST_NAME]: query_of(asked).back for name, asked in list(kept.items())[:MOST]}


def with_view(views: dict[str, str], name: str, back: str) -> dict[str, str]:
    """`views` with the list of `back` under `name`; raises BadInput for no name, or where there are too many."""
    called = " ".join(name.split())[:MOST_NAME]
    if not called or not called.isprintable():
        raise BadInput("A view needs a name.", fix="Give it a short one.")
    found = views | {called: query_of(back).back}
    if len(found) > MOST or len(urlencode(found)) > _MOST_BYTES:
        raise BadInput(f"There can be {MOST} views.", fix="Forget one in Settings first.")
    return found


def keep_views(response: Response, views: dict[str, str], *, secure: bool) -> None:
    """Tells the browser to bring these from now on."""
    response.set_cookie(
        COOKIE, urlencode(views), max_age=KEPT_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )
