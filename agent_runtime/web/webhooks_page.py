"""Which programs are told what happens here, what each was told, and to tell it again."""

from typing import Annotated, Literal

from fastapi import Form, Path, Query, Response

from agent_runtime.doors.hooks import service as hooks
from agent_runtime.doors.webhooks import service
from agent_runtime.doors.webhooks.routes import WebhookId, change_of, place_of
from agent_runtime.errors import NotThere
from agent_runtime.http.paging import Cursor, cursor_of
from agent_runtime.permissions import SEES_ALL, Policy, Right, Role
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other

router = PageRouter("webhooks page")
ROWS = 50
_READS = Policy(SEES_ALL)
_CHANGES = Policy(frozenset({Role.ADMIN}), Right.ADMINISTER)
# What a receiver can be told of, as families; a program names single kinds by the API.
KINDS = {
    "*": "everything", "item.*": "work in the inbox", "account.*": "accounts that change hands", "brief.*":
    "briefs that were read",
}  # fmt: skip
Kinds = Annotated[list[str] | None, Form(max_length=10)]
STATES = {"pending": "waits", "delivered": "delivered", "failed": "failed"}


@router.get("/admin/webhooks", policy=_READS)
def show_webhooks(call: Shown) -> Response:
    """The receivers, by their host alone: the rest of an address may carry a key; and what other systems send here."""
    return _both_ways(call)


@router.post("/admin/webhooks", policy=_CHANGES)
def add(
    call: Shown, url: Annotated[str, Form(min_length=1, max_length=2_000)], kind: Kinds = None,
    label: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Adds a receiver; the answer shows its secret this once."""
    private = call.site.premises.settings.webhooks_private
    kinds = ["*"] if not kind or "*" in kind else kind
    return _both_ways(call, service.add(call.connection, url.strip(), kinds, label, change_of(call), private=private))


@router.post("/admin/webhooks/{webhook_id}/rotate", policy=_CHANGES)
def rotate(call: Shown, webhook_id: WebhookId) -> Response:
    """Gives a receiver another secret, which is shown this once; for a day both sign."""
    return _both_ways(call, service.rotate(call.connection, webhook_id, change_of(call)))


@router.post("/admin/webhooks/{webhook_id}/remove", policy=_CHANGES)
def remove(call: Shown, webhook_id: WebhookId) -> Response:
    """Tells a receiver nothing more."""
    service.remove(call.connection, webhook_id, change_of(call))
    return see_other("/admin/webhooks")


@router.post("/admin/hooks/{name}/retry", policy=_CHANGES)
def read_again(call: Shown, name: Annotated[str, Path(min_length=1, max_length=200)]) -> Response:
    """Lets what a hook could not read be read again, after its mapping was corrected."""
    hooks.retry(call.connection, name)
    return see_other("/admin/webhooks#in")


@router.get("/admin/webhooks/{webhook_id}", policy=_READS)
def show_deliveries(
    call: Shown,
    webhook_id: WebhookId,
    state: Annotated[Literal["pending", "delivered", "failed"] | None, Query()] = None,
    cursor: Cursor = None,
) -> Response:
    """What one receiver was told, the latest first."""
    receiver = next((x for x in service.webhooks(call.connection) if x.id == webhook_id), None)
    if receiver is None:
        raise NotThere("There is no such webhook.", fix="Choose one from the list of webhooks.")
    found = service.log(call.connection, webhook_id, state, place_of(cursor), ROWS)
    last = found[-1] if len(found) == ROWS else None
    older = cursor_of(last.at.isoformat(), last.event) if last else None
    return page(
        call, "admin/deliveries.html", receiver=receiver, host=service.host_of(receiver), deliveries=found, state=state,
        states=STATES, older=older, may_change=_may_change(call), again=call.request.query_params.get("again", ""),
    )  # fmt: skip


@router.post("/admin/webhooks/{webhook_id}/redeliver", policy=_CHANGES)
def redeliver(
    call: Shown, webhook_id: WebhookId, delivery_id: Annotated[str, Form(max_length=100)] = ""
) -> Response:  # fmt: skip
    """Tells one event again, with the same id; without one all that failed."""
    number = service.redeliver(call.connection, webhook_id, delivery_id or None, change_of(call))
    return see_other(f"/admin/webhooks/{webhook_id}?again={number}")


@router.post("/admin/webhooks/{webhook_id}/resume", policy=_CHANGES)
def resume(call: Shown, webhook_id: WebhookId) -> Response:
    """Goes on with a receiver that had said it wants nothing more."""
    service.resume(call.connection, webhook_id, change_of(call))
    return see_other(f"/admin/webhooks/{webhook_id}")


def _both_ways(call: PageCall, made: service.Made | None = None) -> Response:
    """Who is told what, and what comes in by which mapping; `made`: a secret that is shown this once."""
    waits = service.waiting(call.connection)
    found = [(x, service.host_of(x), waits.get(x.id, 0)) for x in service.webhooks(call.connection)]
    counts, wrong = hooks.counts(call.connection), hooks.rejected(call.connection, ROWS)
    coming = [(name, hook, counts.get(name, {})) for name, hook in call.site.premises.settings.hooks.items()]
    return page(
        call, "admin/webhooks.html", receivers=found, made=made, kinds=KINDS, coming=coming, wrong=wrong,
        may_change=_may_change(call),
    )  # fmt: skip


def _may_change(call: PageCall) -> bool:
    return call.principal.role is Role.ADMIN and Right.ADMINISTER in call.principal.rights
