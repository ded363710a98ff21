"""The audit as people read it: who did what and when, what is stopped, a sample to look at, and files to take away."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import orjson
from fastapi import Form, Path, Query, Response
from sqlalchemy import Table, select

from agent_runtime.actions import routes as actions
from agent_runtime.actions import switches
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import reading, sample
from agent_runtime.audit.service import verify_all
from agent_runtime.errors import BadInput
from agent_runtime.http.paging import Cursor
from agent_runtime.permissions import LEADERS, OVERSEERS, SEES_ALL, Policy, Right, Role, reach_of
from agent_runtime.web.account_sources import names
from agent_runtime.web.page import PageCall, PageRouter, Shown, page, see_other
from agent_runtime.web.plain import detail_words, event_words
from agent_runtime.web.tables import csv_response
from memory.records import Account

router = PageRouter("audit")
Word = Annotated[str, Query(max_length=200)]
PAGE, MOST_EXPORTED = 100, 10_000
_DECIDES = Policy(LEADERS, Right.DECIDE)
_account: Table = Account.__table__  # type: ignore[attr-defined]
_COLUMNS = ("account_id", "seq", "at", "actor_kind", "actor_id", "event", "subject_id", "payload", "entry_hash")
EVENTS = (
    ("item.approved", "approvals"), ("item.edited", "edits"), ("item.dismissed", "dismissals"),
    ("item.delivered", "what was prepared"), ("item.suppressed", "what was held back"),
    ("action.sent", "what was sent"), ("action.confirmed", "what was carried out"),
    ("action.cancelled", "what was cancelled"), ("expectation.breached", "what was overdue"),
    ("account.transferred", "transfers"), ("fact.forgotten", "forgotten facts"), ("switch.set", "stops"),
    ("item.muted", "muted signals"), ("view.begun", "pages seen as somebody else"), ("session.begun", "sign-ins"),
)  # fmt: skip


@router.get("/audit", policy=Policy(OVERSEERS))
def show_audit(
    call: Shown, account: Word = "", actor: Word = "", event: Word = "", subject: Word = "", since: Word = "",
    until: Word = "", check: Literal["", "now"] = "", cursor: Cursor = None,
) -> Response:  # fmt: skip
    """What was done, the latest first; `check`: verify every chain now."""
    asked = {"account": account, "actor": actor, "event": event, "subject": subject, "since": since, "until": until}
    found = reading.page(call.connection, _sought(call, asked), cursor, PAGE)
    given = {name: value for name, value in asked.items() if value}
    sees_all = call.principal.role in SEES_ALL
    return page(
        call, "audit/page.html", entries=found.entries, next=found.next, asked=asked, query=urlencode(given),
        names=names(call.connection), accounts=_names(call, {x.account_id for x in found.entries}), events=EVENTS,
        event_words=event_words, detail_words=detail_words, stops=switches.switches_set(call.connection),
        may_stop=call.principal.role in LEADERS, is_admin=call.principal.role is Role.ADMIN,
        team=call.principal.team or "", sees_all=sees_all,
        broken=verify_all(call.connection) if check and sees_all else None,
    )  # fmt: skip


@router.get("/audit.csv", policy=Policy(OVERSEERS))
def audit_csv(
    call: Shown, account: Word = "", actor: Word = "", event: Word = "", subject: Word = "", since: Word = "",
    until: Word = "",
) -> Response:  # fmt: skip
    """The same entries as a table, the latest 10,000."""
    asked = {"account": account, "actor": actor, "event": event, "subject": subject, "since": since, "until": until}
    return csv_response("audit.csv", _COLUMNS, (_row(x) for x in _exported(call, asked)))


@router.get("/audit.jsonl", policy=Policy(OVERSEERS))
def audit_jsonl(
    call: Shown, account: Word = "", actor: Word = "", event: Word = "", subject: Word = "", since: Word = "",
    until: Word = "",
) -> Response:  # fmt: skip
    """The same entries, one JSON object on a line."""
    asked = {"account": account, "actor": actor, "event": event, "subject": subject, "since": since, "until": until}
    lines = [orjson.dumps(x.model_dump(), option=orjson.OPT_APPEND_NEWLINE) for x in _exported(call, asked)]
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"', "Cache-Control": "no-store"}
    return Response(b"".join(lines), headers=headers, media_type="application/jsonl")


@router.post("/audit/switches", policy=_DECIDES)
def stop(
    call: Shown,
    scope: Annotated[switches.Scope, Form()],
    reason: Annotated[str, Form(min_length=1, max_length=500)],
    value: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Stops everything of a scope at once."""
    told = value.strip() if scope != "all" else ""
    actions.set_switch(call, actions.NewSwitch(scope=scope, value=told, reason=reason))
    return see_other("/audit")


@router.post("/audit/switches/{switch_id}/lift", policy=_DECIDES)
def lift(call: Shown, switch_id: Annotated[str, Path(max_length=200)]) -> Response:
    """Lets it go on; what was cancelled meanwhile stays cancelled."""
    actions.lift_switch(call, switch_id)
    return see_other("/audit")


@router.get("/audit/sample", policy=Policy(OVERSEERS))
def show_sample(call: Shown) -> Response:
    """Ten things that rules did by themselves, the same ones for the whole day."""
    drawn = sample.draw(call.connection, reach_of(call.connection, call.principal, call.now), call.now, _today(call))
    return page(
        call, "audit/sample.html", drawn=drawn, may_review=call.principal.role in LEADERS, names=names(call.connection),
    )  # fmt: skip


@router.post("/audit/sample/{action_id}", policy=_DECIDES)
def judge_sample(
    call: Shown, action_id: Annotated[str, Path(max_length=200)], verdict: Annotated[sample.Verdict, Form()]
) -> Response:
    """Writes down whether it was right."""
    reach, key = reach_of(call.connection, call.principal, call.now), call.site.premises.install_key
    sample.review(call.connection, reach, action_id, verdict, call.principal.user_id, call.now, key)
    return see_other(f"/audit/sample#drawn-{action_id}")


def _sought(call: PageCall, asked: dict[str, str]) -> reading.Sought:
    until = _day(call, asked["until"])
    return reading.Sought(
        reach=reach_of(call.connection, call.principal, call.now), account_id=_id_of(call, asked["account"]),
        subject_id=asked["subject"] or None, actor_id=asked["actor"] or None, event=asked["event"] or None,
        since=_day(call, asked["since"]), until=until + timedelta(days=1) if until else None,
    )  # fmt: skip


def _day(call: PageCall, text: str) -> datetime | None:
    """The beginning of a day in the reader's zone."""
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), call.zone)
    except ValueError:
        raise BadInput("That is no day.", fix="Write it as 2026-03-12.") from None


def _id_of(call: PageCall, wanted: str) -> str | None:
    """An account by its id or its exact name; what is neither finds nothing."""
    if not wanted:
        return None
    named = select(_account.c.id).where(_account.c.name == wanted)
    return call.connection.scalar(named) or wanted


def _names(call: PageCall, ids: set[str]) -> dict[str, str]:
    query = select(_account.c.id, _account.c.name).where(_account.c.id.in_(sorted(ids)))
    return {row.id: row.name for row in call.connection.execute(query)} | {INSTALLATION: "This installation"}


def _exported(call: PageCall, asked: dict[str, str]) -> Iterator[reading.EntryLine]:
    sought, cursor, left = _sought(call, asked), None, MOST_EXPORTED
    while left > 0:
        found = reading.page(call.connection, sought, cursor, min(left, 1_000))
        yield from found.entries
        left -= len(found.entries)
        cursor = found.next
        if cursor is None:
            return


def _row(entry: reading.EntryLine) -> Iterator[Any]:
    for name in _COLUMNS:
        value = getattr(entry, name)
        yield orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if name == "payload" else value


def _today(call: PageCall) -> str:
    return call.now.astimezone(call.zone).date().isoformat()
