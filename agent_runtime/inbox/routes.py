"""The inbox over HTTP: the list, one item, what was held back, the decision."""

from typing import Annotated, Any, cast

from fastapi import Body, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from agent_runtime.errors import Stale, TenureError
from agent_runtime.http.paging import Cursor, Limit, cursor_of, read_cursor
from agent_runtime.http.routing import Asked, Call, Router
from agent_runtime.inbox import decide as deciding
from agent_runtime.inbox import reading, tracing
from agent_runtime.inbox.decide import Decided, Deciding
from agent_runtime.inbox.verbs import Command
from agent_runtime.permissions import CHANGERS, Policy, Right, Target, item_scope, reach_of

router = Router("inbox")
Name = Annotated[str | None, Query(max_length=200)]
ItemId = Annotated[str, Path(min_length=1, max_length=200)]
_DECIDES = Policy(CHANGERS, Right.DECIDE)


class Lines(BaseModel):
    """A page of the inbox; `next` is the cursor of the following one."""

    items: list[reading.ItemLine]
    next: str | None


class Held(BaseModel):
    """A page of what was not proposed, with the reasons."""

    suppressed: list[reading.HeldBack]
    next: str | None


class OneOfMany(BaseModel):
    """A decision about one of several items."""

    model_config = ConfigDict(extra="forbid")

    item_id: str = Field(min_length=1, max_length=200)
    decision: Command


class Many(BaseModel):
    """Several decisions; `confirmation` is "approve N" where more than 20 are approved."""

    model_config = ConfigDict(extra="forbid")

    items: list[OneOfMany] = Field(min_length=1, max_length=200)
    confirmation: str = Field(default="", max_length=100)


class Became(BaseModel):
    """What became of one of several: decided, or the error that left it as it was."""

    item_id: str
    decided: Decided | None = None
    code: str | None = None
    what: str | None = None
    fix: str | None = None
    present: dict[str, Any] | None = None


class AllBecame(BaseModel):
    """What became of each, in the order in which they were sent."""

    results: list[Became]


@router.get("/api/inbox", policy=Policy())
def list_items(
    call: Asked,
    view: reading.View = "mine",
    state: reading.State = "open",
    split: reading.Split = "all",
    signal: Name = None,
    owner: Name = None,
    account: Name = None,
    q: Name = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Lines:
    """What waits for a decision, due today first, then by priority. `mine`: yours, your team's, and of whom you
    stand in for; `all`: of every account that you see."""
    wanted = _wanted(call, view, state=state, split=split, signal=signal, owner_id=owner, account_id=account, words=q)
    after = cast(tuple[int, float, str] | None, read_cursor(cursor, int, float, str))
    found = reading.lines(call.connection, wanted, after, limit)
    last = found[-1] if len(found) == limit else None
    return Lines(items=found, next=cursor_of(int(last.today), float(last.priority), last.id) if last else None)


@router.get("/api/inbox/counts", policy=Policy())
def count_items(call: Asked, view: reading.View = "mine") -> reading.Counts:
    """How much waits, by state and tab, and about how many minutes it will take."""
    return reading.counts(call.connection, _wanted(call, view))


@router.get("/api/inbox/suppressed", policy=Policy())
def list_suppressed(call: Asked, account: Name = None, limit: Limit = 50, cursor: Cursor = None) -> Held:
    """Why nothing was proposed: each matter for which doing nothing was the decision, with the reason."""
    after = cast(tuple[str, str, int] | None, read_cursor(cursor, str, str, int))
    reach = reach_of(call.connection, call.principal, call.now)
    found = reading.held_back(call.connection, reach, account, after, limit)
    last = found[-1] if len(found) == limit else None
    following = cursor_of(last.at.isoformat(), last.expectation_id, last.step) if last else None
    return Held(suppressed=found, next=following)


@router.post("/api/inbox/bulk", policy=_DECIDES)
def decide_many(call: Asked, body: Many) -> AllBecame:
    """Several decisions at once, each on its own. Flagged items are never approved so."""
    for one in body.items:
        item_scope(call.connection, call.principal, one.item_id, call.now)
    house = call.site.premises.company(call.connection, call.now)
    wanted = [(one.item_id, one.decision) for one in body.items]
    results = deciding.decide_many(call.connection, house, wanted, body.confirmation, _by(call))
    pairs = zip(body.items, results, strict=True)
    return AllBecame(results=[_became(one.item_id, result) for one, result in pairs])


@router.get("/api/inbox/{item_id}", policy=Policy(target=Target.ITEM))
def read_item(call: Asked, item_id: ItemId) -> reading.ItemPage:
    """One item: its action, why, what stands beside it, its versions and what was decided."""
    today = reading.today_of(call.connection, call.principal.user_id, call.now)
    return reading.page(call.connection, call.scope, item_id, today)


@router.get("/api/inbox/{item_id}/trace", policy=Policy(target=Target.ITEM))
def trace_item(call: Asked, item_id: ItemId) -> tracing.Trace:
    """From the signal to the draft, the decisions, the actions and what came of them."""
    return tracing.trace(call.connection, call.scope, item_id)


@router.post("/api/inbox/{item_id}/decide", policy=Policy(CHANGERS, Right.DECIDE, Target.ITEM))
def decide_item(call: Asked, item_id: ItemId, body: Annotated[Command, Body()]) -> Decided:
    """Takes a decision. An approval names version and hash of what was read, and is refused for any other content."""
    house = call.site.premises.company(call.connection, call.now)
    return deciding.decide(call.connection, house, item_id, body, _by(call))


def _wanted(call: Call, view: reading.View, **chosen: Any) -> reading.Wanted:
    reach = reach_of(call.connection, call.principal, call.now)
    today = reading.today_of(call.connection, call.principal.user_id, call.now)
    return reading.Wanted(reach, today, own_only=view == "mine", **chosen)


def _by(call: Call) -> Deciding:
    site, principal = call.site, call.principal
    return Deciding(principal.user_id, principal.channel, call.now, site.premises.install_key, site.undo)


def _became(item_id: str, result: Decided | TenureError) -> Became:
    if isinstance(result, Decided):
        return Became(item_id=item_id, decided=result)
    present = result.present if isinstance(result, Stale) else None
    return Became(item_id=item_id, code=result.code, what=result.what, fix=result.fix, present=present)
