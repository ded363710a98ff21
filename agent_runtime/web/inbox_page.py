"""The inbox: what waits for a decision, and one item with all that one needs to decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from fastapi import Query, Response
from sqlalchemy import Table, func, select

from agent_runtime.errors import Forbidden, NotThere
from agent_runtime.http.paging import cursor_of, read_cursor
from agent_runtime.inbox import muting, reading
from agent_runtime.inbox.muting import WAITED_FOR
from agent_runtime.inbox.reading import ItemLine, ItemPage
from agent_runtime.ledger.models import Interaction
from agent_runtime.permissions import CHANGERS, Policy, Right, Role, item_scope, reach_of
from agent_runtime.web import inbox_item, inbox_words
from agent_runtime.web.difference import Piece
from agent_runtime.web.inbox_query import ROWS, InboxQuery
from agent_runtime.web.page import PageCall, PageRouter, Shown, page

router = PageRouter("pages")
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said above the item: what happened, what to do; `pieces`: what changed since it was read;
    `typed`: what the person wrote, which is not lost."""

    what: str
    fix: str = ""
    wrong: bool = False
    rows: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@router.get("/inbox", policy=Policy())
def inbox(call: Shown, query: Annotated[InboxQuery, Query()]) -> Response:
    """The list and the selected item; asked for its block `detail` alone, only that."""
    return show_inbox(call, query)


@router.get("/inbox/held", policy=Policy())
def held(call: Shown, account: Annotated[str, Query(max_length=200)] = "") -> Response:
    """What was not put before anybody, and why: the latest fifty."""
    reach = reach_of(call.connection, call.principal, call.now)
    rows = _each_once(reading.held_back(call.connection, reach, account or None, None, ROWS))
    quiet = muting.mutes(call.connection, reach, call.now)
    return page(call, "inbox/held.html", rows=rows, quiet=quiet, w=inbox_words, may_decide=_may_decide(call))


def _each_once(rows: list[reading.HeldBack]) -> list[tuple[reading.HeldBack, int]]:
    """What was held back for the same reason at the same account stands once, the latest, with how often."""
    found: dict[tuple[str, str], tuple[reading.HeldBack, int]] = {}
    for row in rows:
        latest, number = found.get((row.account_id, row.reason), (row, 0))
        found[row.account_id, row.reason] = (latest, number + 1)
    return list(found.values())


def show_inbox(call: PageCall, query: InboxQuery, *, status: int = 200, notice: Notice | None = None) -> Response:
    """The inbox as `query` says; `notice`: what just went wrong, or what became of several."""
    only_detail = call.request.headers.get("X-Fragment") == "detail" and bool(query.sel)
    items = [] if only_detail else _lines(call, query)
    selected = query.sel or (items[0].id if items else "")
    context: dict[str, Any] = {"item": None, "missing": ""}
    if selected:
        context |= _detail(call, selected)
    if not only_detail:
        context |= _list(call, query, items)
    told = _item(call, query.told) if query.told else None
    return page(
        call, "inbox/page.html", status=status, q=query, w=inbox_words, notice=notice, selected=selected,
        items=items, told=told, told_more=_told(call, told), around=_around(items, selected),
        may_decide=_may_decide(call), typed=notice.typed if notice else None,
        undo_seconds=undo_seconds(call), **context,
    )  # fmt: skip


def undo_seconds(call: PageCall) -> int:
    """How long an approval waits here: the company's rule, or longer where the reader wants it."""
    rule = int(call.site.undo.total_seconds())
    return rule if call.prefs.undo == "rule" else max(rule, int(call.prefs.undo))


def _lines(call: PageCall, query: InboxQuery) -> list[ItemLine]:
    after = cast(tuple[int, float, str] | None, read_cursor(query.cursor or None, int, float, str))
    return reading.lines(call.connection, query.wanted(call), after, ROWS)


def _list(call: PageCall, query: InboxQuery, items: list[ItemLine]) -> dict[str, Any]:
    last = items[-1] if len(items) == ROWS else None
    following = cursor_of(int(last.today), float(last.priority), last.id) if last else ""
    counts = reading.counts(call.connection, query.wanted(call))
    return {"counts": counts, "following": following, "quiet": None if items else _quiet(call)}


def _detail(call: PageCall, item_id: str) -> dict[str, Any]:
    """Everything about one item, or why it is not shown."""
    item = _item(call, item_id)
    if item is None:
        return {"item": None, "missing": "There is no such item among those that you may see."}
    connection, people = call.connection, [item.owner_id, *(x.decided_by for x in item.decisions)]
    people += [x.made_by for x in item.versions] + ([item.claimed_by] if item.claimed_by else [])
    action, beside = inbox_item.action_of(item), inbox_item.beside_of(item)
    told = (item.why_now, "; ".join(map(str, beside["looked_in"])))
    return {
        "item": item,
        "action": action,
        "missing": "",
        "beside": beside,
        "evidence": [source for source in item.evidence if isinstance(source, dict)],
        "names": inbox_item.names_of(connection, people) | {"agent": "The agent"},
        "stretches": inbox_item.stretches(action["body"], action["promises"]),
        "card": inbox_item.card_lines(action["body"], told),
        "number": inbox_item.number_of(action),
        "changes": inbox_item.changes_of(item.versions),
        "colleagues": inbox_item.colleagues(connection, item.owner_id, call.now),
        "sending": inbox_item.on_its_way(connection, item.id),
        "drafted": inbox_item.among_drafts(connection, item),
        "since": inbox_item.held_since(connection, item.account_id, call.now),
        "in_pool": item.owner == item.owner_id,
        "unmutable": WAITED_FOR,
    }


def _item(call: PageCall, item_id: str) -> ItemPage | None:
    """The item, None where it is not there or not to be seen: both read the same."""
    today = reading.today_of(call.connection, call.principal.user_id, call.now)
    try:
        scope = item_scope(call.connection, call.principal, item_id, call.now)
        return reading.page(call.connection, scope, item_id, today)
    except (Forbidden, NotThere):
        return None


def _told(call: PageCall, told: ItemPage | None) -> dict[str, Any]:
    """What is said of the item about which was just decided."""
    if told is None:
        return {}
    sending = inbox_item.on_its_way(call.connection, told.id) if told.state == "approved" else None
    returns = inbox_item.comes_back(call.connection, told) if told.state in ("snoozed", "dismissed", "done") else None
    return {"execute_at": sending.execute_at if sending else None, "returns_at": returns}


def _around(items: list[ItemLine], selected: str) -> dict[str, Any]:
    """Where the selected item stands in the list, and what is before and after it."""
    place = next((number for number, line in enumerate(items) if line.id == selected), None)
    if place is None:
        return {"number": 0, "before": "", "after": ""}
    before, after = items[place - 1].id if place else "", items[place + 1].id if place + 1 < len(items) else ""
    return {"number": place + 1, "before": before, "after": after}


def _quiet(call: PageCall) -> dict[str, Any]:
    """What an empty inbox says: how much is watched, and when something is looked at next."""
    own = sorted(reach_of(call.connection, call.principal, call.now).own)
    mine = (_interaction.c.state == "open", _interaction.c.owner_id.in_(own))
    watched = call.connection.scalar(select(func.count()).select_from(_interaction).where(*mine))
    ahead = select(func.min(_interaction.c.next_due_at)).where(*mine, _interaction.c.next_due_at > call.now)
    return {"watched": watched, "next_at": call.connection.scalar(ahead)}


def _may_decide(call: PageCall) -> bool:
    return Role(call.principal.role) in CHANGERS and Right.DECIDE in call.principal.rights
