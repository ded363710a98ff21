"""A book that changed hands, on one page: what breaks first, which briefs were read, who introduces whom when."""

from typing import Annotated

from fastapi import Path, Response

from agent_runtime.accounts.arrivals import arrivals, batches, questions_to
from agent_runtime.accounts.triage import INTRODUCTIONS_A_DAY
from agent_runtime.errors import NotThere
from agent_runtime.permissions import Policy, Target, reach_of
from agent_runtime.web.account_sources import names
from agent_runtime.web.accounts_page import TONES
from agent_runtime.web.page import PageRouter, Shown, page

router = PageRouter("handover")
ItemId = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/handover", policy=Policy())
def show_batches(call: Shown) -> Response:
    """The hand-overs that you see."""
    found = batches(call.connection, reach_of(call.connection, call.principal, call.now))
    return page(call, "handover/list.html", batches=found, names=names(call.connection))


@router.get("/handover/{item_id}", policy=Policy(target=Target.ITEM))
def show_batch(call: Shown, item_id: ItemId) -> Response:
    """One hand-over with its accounts, as they stand now."""
    reach = reach_of(call.connection, call.principal, call.now)
    batch = next((x for x in batches(call.connection, reach) if x.item_id == item_id), None)
    if batch is None:
        raise NotThere("There is no such hand-over.", fix="Load the list of hand-overs.")
    rows = arrivals(call.connection, reach, batch, call.now)
    seen = {x.health.account_id for x in rows}
    asked = questions_to(call.connection, batch.predecessor) if batch.predecessor else []
    return page(
        call, "handover/page.html", batch=batch, rows=rows, names=names(call.connection), tones=TONES,
        read=sum(x.read_at is not None for x in rows), today=call.now.astimezone(call.zone).date(),
        a_day=INTRODUCTIONS_A_DAY, questions=[x for x in asked if x[0] in seen],
    )  # fmt: skip
