"""What was overdue before Tenure began, judged many at a time: brought in, or ended with a reason."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from sqlalchemy import Table, select

from agent_runtime.errors import BadInput
from agent_runtime.inbox import backlog
from agent_runtime.inbox.verbs import Outcome
from agent_runtime.permissions import LEADERS, OVERSEERS, Policy, Right, Role, account_scope, visible
from agent_runtime.web import inbox_words
from agent_runtime.web.forms import fields, first
from agent_runtime.web.inbox_decide import by_page
from agent_runtime.web.inbox_form import command_of
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other
from memory.records import Account

router = PageRouter("pages")
_account: Table = Account.__table__  # type: ignore[attr-defined]
Sent = Annotated[dict[str, list[str]], Depends(fields)]
BatchId = Annotated[str, Path(min_length=1, max_length=200)]
_ROWS, _MOST = 100, 500
_BRING_IN = "bring_in"


@router.get("/backlog/{backlog_id}", policy=Policy(OVERSEERS))
def show_batch(
    call: Shown, backlog_id: BatchId, judged: Annotated[int | None, Query(ge=0, le=_MOST)] = None
) -> Response:
    """What nobody judged yet, of the accounts that the reader sees."""
    seen = select(_account.c.id).where(visible(call.connection, call.principal, call.now))
    rows = backlog.rows_of(call.connection, backlog_id, "", _ROWS, seen)
    batch = next((x for x in backlog.batches(call.connection) if x.id == backlog_id), None)
    may_judge = Role(call.principal.role) in LEADERS and Right.DECIDE in call.principal.rights
    return page(
        call, "inbox/backlog.html", rows=rows, batch=batch, names=_names(call, rows), w=inbox_words, judged=judged,
        may_judge=may_judge,
    )  # fmt: skip


@router.post("/backlog/{backlog_id}/judge", policy=Policy(LEADERS, Right.DECIDE))
def judge(call: Shown, backlog_id: BatchId, form: Sent) -> Response:
    """Judges all that are selected alike."""
    chosen = form.get("row", [])[:_MOST]
    if not chosen:
        raise BadInput("Nothing is selected.", fix="Select some rows, then judge them.")
    for account in backlog.accounts_of(call.connection, chosen):
        account_scope(call.connection, call.principal, account, call.now)
    number = backlog.judge(call.connection, backlog_id, chosen, _outcome(call, form), by_page(call))
    return see_other(f"/backlog/{backlog_id}?judged={number}")


def _outcome(call: PageCall, form: dict[str, list[str]]) -> Outcome | None:
    """How they ended; None: they did not, they are worked again."""
    if first(form, "outcome") == _BRING_IN:
        return None
    found = command_of(form | {"verb": ["outcome"]}, call.now, call.zone)
    return found if isinstance(found, Outcome) else None


def _names(call: PageCall, rows: list[dict[str, Any]]) -> dict[str, str]:
    wanted = sorted({row["account_id"] for row in rows})
    found = call.connection.execute(select(_account.c.id, _account.c.name).where(_account.c.id.in_(wanted)))
    return {row.id: row.name for row in found}
