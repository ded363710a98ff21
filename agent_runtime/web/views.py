"""Views that somebody comes back to: a name for a list of the inbox or of the accounts, kept with the person."""

from urllib.parse import parse_qsl, urlencode

from agent_runtime.errors import BadInput
from agent_runtime.web.inbox_query import query_of

MOST, MOST_NAME = 20, 40
ACCOUNTS = "/accounts"
_ACCOUNT_FILTERS = ("q", "owner", "segment", "trouble", "renewal", "order")
_MOST_QUERY = 1_000


def address_of(place: str, query: str) -> str:
    """The address of a list; a form may carry anything, so what is no filter of that list is left out."""
    if place != ACCOUNTS:
        return query_of(query).link(sel="", cursor="")
    given = [(name, value) for name, value in parse_qsl(query[:_MOST_QUERY]) if name in _ACCOUNT_FILTERS]
    return f"{ACCOUNTS}?{urlencode(given)}" if given else ACCOUNTS


def with_view(views: dict[str, str], name: str, address: str) -> dict[str, str]:
    """`views` with `address` under `name`; raises BadInput for no name, or where there are too many."""
    called = " ".join(name.split())[:MOST_NAME]
    if not called or not called.isprintable():
        raise BadInput("A view needs a name.", fix="Give it a short one.")
    found = views | {called: address}
    if len(found) > MOST:
        raise BadInput(f"There can be {MOST} views.", fix="Forget one first.")
    return found
