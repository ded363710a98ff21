"""Decisions from the inbox page, by the same services as the API."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Path, Response

from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import BadInput, Refused, Stale, TenureError
from agent_runtime.http.errors import status_of
from agent_runtime.inbox import decide as deciding
from agent_runtime.inbox import muting, reading
from agent_runtime.inbox.decide import Decided, Deciding
from agent_runtime.inbox.verbs import Command
from agent_runtime.permissions import CHANGERS, Policy, Right, Target, account_scope, item_scope
from agent_runtime.web.difference import Piece, difference
from agent_runtime.web.forms import fields, first
from agent_runtime.web.inbox_form import Form, command_of
from agent_runtime.web.inbox_page import Notice, show_inbox, undo_seconds
from agent_runtime.web.inbox_query import query_of, way_back
from agent_runtime.web.page import PageCall, PageRouter, Shown, see_other

router = PageRouter("pages")
Sent = Annotated[Form, Depends(fields)]
ItemId = Annotated[str, Path(min_length=1, max_length=200)]
_MOST_AT_ONCE = 200
# After these the item is still before the reader, so the page stays with it.
_STAYS = ("edit", "claim", "release", "undo")
_DID = {"approve": "approved", "snooze": "put off", "dismiss": "dismissed"}


@router.post("/inbox/bulk", policy=Policy(CHANGERS, Right.DECIDE))
def decide_several(call: Shown, form: Sent) -> Response:
    """One decision about all that are selected; says what became of each that was left as it was."""
    chosen = [one.split(" ") for one in form.get("item", [])][:_MOST_AT_ONCE]
    if not chosen or any(len(one) != 3 for one in chosen):
        raise BadInput("No item is selected.", fix="Select some, then decide.")
    for item_id, *_ in chosen:
        item_scope(call.connection, call.principal, item_id, call.now)
    wanted = [(one[0], _for_one(call, form, one)) for one in chosen]
    house = call.site.premises.company(call.connection, call.now)
    results = deciding.decide_many(call.connection, house, wanted, first(form, "confirmation"), by_page(call))
    return show_inbox(call, query_of(first(form, "back")), notice=_of_several(call, wanted, results))


@router.post("/inbox/{item_id}/decide", policy=Policy(CHANGERS, Right.DECIDE, Target.ITEM))
def decide_one(call: Shown, item_id: ItemId, form: Sent) -> Response:
    """One decision; goes on to the next item, and says what was done and how to undo it."""
    back = first(form, "back")
    try:
        command = command_of(form, call.now, call.zone)
        house = call.site.premises.company(call.connection, call.now)
        deciding.decide(call.connection, house, item_id, command, by_page(call))
    except (BadInput, Refused) as error:
        # Nothing of it may stay, and the page shows how the item stands now.
        call.connection.rollback()
        return _refused(call, item_id, form, error)
    following = item_id if command.verb in _STAYS else first(form, "after")
    return see_other(way_back(back, sel=following, told=item_id))


@router.post("/inbox/held/lift", policy=Policy(CHANGERS, Right.DECIDE))
def lift_mute(call: Shown, form: Sent) -> Response:
    """Lets a signal that somebody muted be heard again."""
    account_id, signal = first(form, "account"), first(form, "signal")
    account_scope(call.connection, call.principal, account_id, call.now)
    if muting.lift(call.connection, account_id, signal):
        told = Entry(call.now, ActorKind.USER, call.principal.user_id, "item.unmuted", account_id, {"signal": signal})
        audit.append(call.connection, account_id, [told], install_key=call.site.premises.install_key)
    return see_other("/inbox/held")


def by_page(call: PageCall) -> Deciding:
    """Whoever decides, by a page."""
    undo = timedelta(seconds=undo_seconds(call))
    return Deciding(call.principal.user_id, "web", call.now, call.site.premises.install_key, undo)


def _for_one(call: PageCall, form: Form, one: list[str]) -> Command:
    """The decision about one of several: approved is what was shown of it."""
    until = {"until": ["tomorrow 9:00"]} if first(form, "verb") == "snooze" else {}
    return command_of(form | until | {"draft_version": [one[1]], "hash": [one[2]]}, call.now, call.zone)


def _refused(call: PageCall, item_id: str, form: Form, error: TenureError) -> Response:
    """The item as it stands now, with why nothing was decided, and what changed since it was read."""
    pieces = _meanwhile(call, item_id, form) if isinstance(error, Stale) else []
    typed = {name: form.get(name, [""])[0] for name in ("to", "subject", "body")} if "body" in form else {}
    notice = Notice(error.what, error.fix, wrong=True, pieces=tuple(pieces), typed=typed)
    query = query_of(first(form, "back")).model_copy(update={"sel": item_id})
    return show_inbox(call, query, status=status_of(error), notice=notice)


def _meanwhile(call: PageCall, item_id: str, form: Form) -> list[Piece]:
    """From the version that the person saw to the present one; empty where the text is the same."""
    scope = item_scope(call.connection, call.principal, item_id, call.now)
    page = reading.page(call.connection, scope, item_id, (call.now, call.now))
    seen = next((x for x in page.versions if x.hash == first(form, "hash")), None)
    if seen is None or seen.hash == page.hash:
        return []
    return difference(_whole(seen.action), _whole(page.action))


def _whole(action: dict[str, Any]) -> str:
    """All of a draft that a person reads, as one text."""
    return "\n".join(
        (", ".join(action.get("to") or ()), str(action.get("subject") or ""), "", str(action.get("body") or ""))
    )


def _of_several(call: PageCall, wanted: list[tuple[str, Command]], results: list[Decided | TenureError]) -> Notice:
    left = [(item_id, x) for (item_id, _), x in zip(wanted, results, strict=True) if isinstance(x, TenureError)]
    rows = []
    for item_id, error in left:
        scope = item_scope(call.connection, call.principal, item_id, call.now)
        line = reading.page(call.connection, scope, item_id, (call.now, call.now))
        rows.append(f"{line.account}: {error.what} {error.fix}".strip())
    number, verb = len(results) - len(left), _DID.get(wanted[0][1].verb, "decided")
    told = f"{number} {verb}." if number else "Nothing was changed."
    return Notice(told, f"{len(left)} left as they were:" if left else "", wrong=bool(left), rows=tuple(rows))
