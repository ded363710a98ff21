"""The audit over HTTP: the list, the check of the chains, the export."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel

from agent_runtime.audit import reading
from agent_runtime.audit.service import export_jsonl, verify_all
from agent_runtime.http.paging import Cursor, Limit
from agent_runtime.http.routing import Asked, Router
from agent_runtime.http.site import Site
from agent_runtime.permissions import OVERSEERS, SEES_ALL, Policy, reach_of

router = Router("audit")
Name = Annotated[str | None, Query(max_length=200)]
_ALL = Policy(SEES_ALL)


class BrokenLine(BaseModel):
    """The first record of an account's chain that is not as it was written."""

    account_id: str
    seq: int
    kind: str


class Verified(BaseModel):
    """Whether every chain is as it was written."""

    whole: bool
    broken: list[BrokenLine]


@router.get("/api/audit", policy=Policy(OVERSEERS))
def list_entries(
    call: Asked,
    account: Name = None,
    subject: Name = None,
    actor: Name = None,
    event: Name = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> reading.Entries:
    """What was done about the accounts that you see, the latest first."""
    sought = reading.Sought(
        reach_of(call.connection, call.principal, call.now), account_id=account, subject_id=subject, actor_id=actor,
        event=event, since=since, until=until,
    )  # fmt: skip
    return reading.page(call.connection, sought, cursor, limit)


@router.get("/api/audit/verify", policy=_ALL)
def verify(call: Asked) -> Verified:
    """Checks every chain, and names the first record of each that is not as it was written."""
    broken = [BrokenLine(account_id=x.account_id, seq=x.seq, kind=x.kind) for x in verify_all(call.connection)]
    return Verified(whole=not broken, broken=broken)


@router.get("/api/audit/export.jsonl", policy=_ALL, response_class=StreamingResponse)
def export(call: Asked, account: Name = None) -> StreamingResponse:
    """Every entry as a line of JSON, by account and number; of one account if named."""
    return StreamingResponse(_lines(call.site, account), media_type="application/jsonl")


def _lines(site: Site, account: str | None) -> Iterator[bytes]:
    # The request's own connection is given back before the first line goes out.
    with site.premises.engine.connect() as connection:
        yield from export_jsonl(connection, account)
