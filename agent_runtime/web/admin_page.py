"""How the installation stands: what is connected, what can be seen, and what the doctor finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Path, Response
from sqlalchemy import Connection, Table, func, select

from agent_runtime.connectors import routes as connectors
from agent_runtime.connectors import service
from agent_runtime.connectors.models import ConnectionState
from agent_runtime.connectors.registry import adapters
from agent_runtime.connectors.status import connector_lines
from agent_runtime.connectors.trial import look
from agent_runtime.doctor.installed import examine_database
from agent_runtime.doctor.machine import examine_machine
from agent_runtime.errors import Refused
from agent_runtime.permissions import LEADERS, OVERSEERS, SEES_ALL, Policy, Right, Role
from agent_runtime.web.page import PageRouter, Shown, page, see_other
from agent_runtime.web.words import span_words
from memory.records import Account, Coverage, Reject
from tools.base import VendorError

router = PageRouter("admin")
_account: Table = Account.__table__  # type: ignore[attr-defined]
_coverage: Table = Coverage.__table__  # type: ignore[attr-defined]
_reject: Table = Reject.__table__  # type: ignore[attr-defined]
_SOURCES = {"email": "Mail", "phone": "Phone", "messages": "Messages", "calendar": "Calendar", "crm": "CRM"}
_PROVEN = {
    "contract": "Tried against the vendor's own programs and published examples, not yet against a live account",
    "stand-in": "Tried against our own stand-in alone, made after the vendor's pages",
    "server": "Tried against real servers of its kind, not yet against every provider's",
    "vendor": "Tried against the real system",
}
# The server that shows the page holds the port that the doctor would find taken.
_NOT_ASKED = frozenset({"port"})


@dataclass(frozen=True, slots=True)
class Sight:
    """How far one source can be seen: whose, how many, until when; `blind`: longer ago than a day."""

    source: str
    holders: int
    until: datetime
    blind: bool


@router.get("/admin", policy=Policy(OVERSEERS))
def show_admin(call: Shown) -> Response:
    """What is connected and how far it can be seen."""
    settings = call.site.premises.settings
    lines = connector_lines(call.connection, call.now, settings.adapters)
    there = {x.name.partition(":")[0] for x in lines if x.state == ConnectionState.CONNECTED}
    others = [x for x in adapters(settings.adapters) if x.name not in there]
    return page(
        call, "admin/page.html", connectors=lines, others=others, proven=_PROVEN, lag=_lag_words,
        sights=list(_sights(call.connection, call.now)), rejects=_rejects(call.connection),
        may_read=call.principal.role in LEADERS, may_look=call.principal.role is Role.ADMIN,
    )  # fmt: skip


@router.post("/admin/connectors/{name}/read", policy=Policy(LEADERS, Right.DECIDE))
def read_now(call: Shown, name: Annotated[str, Path(min_length=1, max_length=200)]) -> Response:
    """Lets the worker read a connected system now."""
    connectors.read_now(call, name)
    return see_other("/admin")


@router.post("/admin/connectors/{name}/look", policy=Policy(frozenset({Role.ADMIN}), Right.ADMINISTER))
def look_now(call: Shown, name: Annotated[str, Path(min_length=1, max_length=200)]) -> Response:
    """Tries a connected system, and shows five of its records as they are taken; nothing of them is kept."""
    means = service.Means(call.site.premises.settings, call.site.premises.install_key, call.site.clock)
    connected = service.opened(call.connection, means, name)
    # The other system may take its time; nobody else waits for this request's transaction meanwhile.
    call.connection.commit()
    try:
        with connected.opening.closing:
            trial = look(connected.source(), connected.opening.since)
    except VendorError as error:
        raise Refused(f"{connected.adapter.title}: {error.what}.", fix=error.fix) from None
    return page(call, "admin/look.html", name=name, title=connected.adapter.title, trial=trial)


@router.get("/admin/doctor", policy=Policy(SEES_ALL))
def show_doctor(call: Shown) -> Response:
    """What the doctor finds on this machine and in this database."""
    settings = call.site.premises.settings
    # The doctor tries whether the database can be written: what this request wrote must not stand in its way.
    call.connection.commit()
    found = [*examine_machine(settings), *examine_database(settings, call.now)]
    return page(call, "admin/doctor.html", findings=[x for x in found if x.name not in _NOT_ASKED])


def _lag_words(seconds: float) -> str:
    return span_words(timedelta(seconds=seconds))


def _sights(connection: Connection, now: datetime) -> Iterator[Sight]:
    until = func.max(_coverage.c.visible_until)
    query = select(_coverage.c.source, func.count(_coverage.c.holder.distinct()), until, func.min(_coverage.c.holder))
    for source, holders, last, first in connection.execute(
        query.group_by(_coverage.c.source).order_by(_coverage.c.source)
    ):
        whole = holders == 1 and first == ""
        called, number = _SOURCES.get(source, source.capitalize()), 0 if whole else holders
        yield Sight(called, number, min(last, now), (now - last).days >= 1)


def _rejects(connection: Connection) -> dict[str, int]:
    query = select(_reject.c.source, func.count()).group_by(_reject.c.source).order_by(_reject.c.source)
    return {row[0]: row[1] for row in connection.execute(query)}
