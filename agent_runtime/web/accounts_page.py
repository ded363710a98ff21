"""The list of accounts: how each stands, what is next, who has it; with filters in the address, and as CSV."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query, Response

from agent_runtime.accounts import reading
from agent_runtime.accounts.health import Health, healths
from agent_runtime.accounts.reading import AccountLine, Sought
from agent_runtime.accounts.triage import Trouble
from agent_runtime.permissions import Policy, visible
from agent_runtime.web.account_sources import names
from agent_runtime.web.page import PageCall, PageRouter, Shown, page
from agent_runtime.web.tables import csv_response

router = PageRouter("accounts")
Words = Annotated[str, Query(max_length=200)]
Order = Literal["pressing", "name"]
# So many accounts are put in order by what presses; more of them only by name.
MOST_ORDERED = 2_000
PAGE = 100
VIEWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "all": ("All", {}),
    "mine": ("Mine", {"owner": "me"}),
    "late": ("Something is late", {"trouble": "late"}),
    "renewing": ("Renewal within 90 days", {"renewal": "90"}),
    "quiet": ("Quiet for a month", {"trouble": "quiet"}),
    "nobody": ("Owned by nobody", {"owner": "nobody"}),
}
_TROUBLES = {
    "late": (Trouble.OVERDUE_PROMISE, Trouble.OPEN_COMPLAINT, Trouble.UNANSWERED),
    "soon": (Trouble.RENEWAL_NEAR, Trouble.PROMISE_DUE, Trouble.OTHER_DUE),
    "quiet": (Trouble.QUIET,),
    "calm": (Trouble.NOTHING,),
}
TONES = {trouble: tone for tone, found in _TROUBLES.items() for trouble in found} | {Trouble.NOTHING: "good"}
TONES[Trouble.QUIET] = "quiet"
_COLUMNS = (
    "name", "owner", "segment", "how it stands", "next due", "open items", "open matters", "renewal", "value a year",
    "currency", "last two-way contact",
)  # fmt: skip


@router.get("/accounts", policy=Policy())
def show_accounts(
    call: Shown,
    q: Words = "",
    owner: Words = "",
    segment: Words = "",
    trouble: Words = "",
    renewal: Words = "",
    order: Order = "pressing",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """The accounts that you see."""
    asked = {"q": q, "owner": owner, "segment": segment, "trouble": trouble, "renewal": renewal}
    rows, ordered, capped = _rows(call, asked, order)
    shown = rows[start : start + PAGE]
    given = {name: value for name, value in asked.items() if value}
    called = names(call.connection)
    return page(
        call, "accounts/page.html", rows=shown, count=len(rows), capped=capped, page_rows=PAGE,
        start=start, asked=asked, order=order,
        ordered=ordered, tones=TONES, names=called, segments=_segments(call), owners=_owners(call, called),
        views=_views(given), query=urlencode(given), more=start + PAGE if len(rows) > start + PAGE else None,
        nothing_visible=not rows and not given,
    )  # fmt: skip


@router.get("/accounts.csv", policy=Policy())
def accounts_csv(
    call: Shown, q: Words = "", owner: Words = "", segment: Words = "", trouble: Words = "", renewal: Words = ""
) -> Response:
    """The same list as a table for a spreadsheet."""
    asked = {"q": q, "owner": owner, "segment": segment, "trouble": trouble, "renewal": renewal}
    rows, _, _ = _rows(call, asked, "pressing")
    return csv_response("accounts.csv", _COLUMNS, (_csv_row(*row) for row in rows))


def _rows(
    call: PageCall, asked: Mapping[str, str], order: Order
) -> tuple[list[tuple[AccountLine, Health]], bool, bool]:
    """The accounts that are asked for with how they stand; whether they are ordered by what presses, and cut off."""
    found = reading.accounts(call.connection, _sought(call, asked), None, MOST_ORDERED + 1)
    capped = len(found) > MOST_ORDERED
    lines = {x.id: x for x in found[:MOST_ORDERED] if _renews(x, asked["renewal"], call)}
    wanted = _TROUBLES.get(asked["trouble"])
    states = [x for x in healths(call.connection, list(lines), call.now) if not wanted or x.first in wanted]
    ordered = order == "pressing" and not capped
    rows = [(lines[x.account_id], x) for x in states]
    return (rows if ordered else sorted(rows, key=lambda x: (x[0].name, x[0].id))), ordered, capped


def _sought(call: PageCall, asked: Mapping[str, str]) -> Sought:
    me = call.principal.user_id
    owner = {"me": me, "": None}.get(asked["owner"], asked["owner"])
    return Sought(
        within=visible(call.connection, call.principal, call.now), words=asked["q"].strip() or None,
        owner_id=owner, segment=asked["segment"] or None,
    )  # fmt: skip


def _renews(line: AccountLine, within_days: str, call: PageCall) -> bool:
    if not within_days.isdigit() or int(within_days) > 3660:
        return True
    today = call.now.astimezone(call.zone).date()
    return line.renewal_date is not None and today <= line.renewal_date <= today + timedelta(days=int(within_days))


def _segments(call: PageCall) -> list[str]:
    return reading.values_of(call.connection, visible(call.connection, call.principal, call.now), "segment")


def _owners(call: PageCall, called: Mapping[str, str]) -> list[tuple[str, str]]:
    ids = reading.values_of(call.connection, visible(call.connection, call.principal, call.now), "owner_id")
    return sorted(((x, called.get(x, x)) for x in ids), key=lambda x: x[1])


def _views(given: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Each kept view: what it says, its address, whether it is open."""
    return [(label, f"/accounts?{urlencode(asked)}", asked == given) for label, asked in VIEWS.values()]


def _csv_row(line: AccountLine, health: Health) -> Iterator[Any]:
    yield from (line.name, line.owner, line.segment, health.words, health.next_due_at, line.open_items)
    yield from (line.open_interactions, line.renewal_date, line.arr, line.currency, health.last_contact_at)
