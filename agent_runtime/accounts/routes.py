"""Accounts over HTTP: the list, one account, its timeline, its interactions, its audit."""

from datetime import date
from typing import Annotated, Literal, cast

from fastapi import Path, Query
from pydantic import BaseModel

from agent_runtime.accounts import reading
from agent_runtime.audit import reading as audit
from agent_runtime.http.paging import Cursor, Limit, cursor_of, read_cursor
from agent_runtime.http.routing import Asked, Router
from agent_runtime.permissions import Policy, Target, visible

router = Router("accounts")
Name = Annotated[str | None, Query(max_length=200)]
AccountId = Annotated[str, Path(min_length=1, max_length=200)]
Kinds = Annotated[list[str] | None, Query(max_length=50, description="Only these kinds.")]
_ONE = Policy(target=Target.ACCOUNT)


class AccountLines(BaseModel):
    """A page of accounts; `next` is the cursor of the following one."""

    accounts: list[reading.AccountLine]
    next: str | None


class Moments(BaseModel):
    """A page of the timeline, the latest first."""

    events: list[reading.Moment]
    next: str | None


class Interactions(BaseModel):
    """What was begun with the account."""

    interactions: list[reading.InteractionLine]


@router.get("/api/accounts", policy=Policy())
def list_accounts(
    call: Asked,
    q: Name = None,
    owner: Name = None,
    csm: Name = None,
    segment: Name = None,
    country: Name = None,
    industry: Name = None,
    lifecycle: Name = None,
    renewal_before: date | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AccountLines:
    """The accounts that you see, by name."""
    after = cast(tuple[str, str] | None, read_cursor(cursor, str, str))
    sought = reading.Sought(
        visible(call.connection, call.principal, call.now), words=q, owner_id=owner, csm_id=csm, segment=segment,
        country=country, industry=industry, lifecycle=lifecycle, renewal_before=renewal_before,
    )  # fmt: skip
    found = reading.accounts(call.connection, sought, after, limit)
    last = found[-1] if len(found) == limit else None
    return AccountLines(accounts=found, next=cursor_of(last.name, last.id) if last else None)


@router.get("/api/accounts/{account_id}", policy=_ONE)
def read_account(call: Asked, account_id: AccountId) -> reading.AccountPage:
    """One account with its people."""
    return reading.account(call.connection, call.scope)


@router.get("/api/accounts/{account_id}/timeline", policy=_ONE)
def read_timeline(
    call: Asked, account_id: AccountId, kind: Kinds = None, limit: Limit = 50, cursor: Cursor = None
) -> Moments:
    """What happened with the account, the latest first, with its verbatim text."""
    before = cast(tuple[str, str] | None, read_cursor(cursor, str, str))
    found = reading.moments(call.connection, call.scope, frozenset(kind or ()), before, limit)
    last = found[-1] if len(found) == limit else None
    return Moments(events=found, next=cursor_of(last.occurred_at.isoformat(), last.id) if last else None)


@router.get("/api/accounts/{account_id}/interactions", policy=_ONE)
def read_interactions(
    call: Asked, account_id: AccountId, state: Literal["open", "ended"] | None = None
) -> Interactions:
    """What was begun with the account and is open, or how it ended."""
    return Interactions(interactions=reading.interactions(call.connection, call.scope, state))


@router.get("/api/accounts/{account_id}/audit", policy=_ONE)
def read_audit(
    call: Asked,
    account_id: AccountId,
    subject: Name = None,
    actor: Name = None,
    event: Name = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> audit.Entries:
    """What was done about the account, the latest first."""
    sought = audit.Sought(account_id=call.scope.account_id, subject_id=subject, actor_id=actor, event=event)
    return audit.page(call.connection, sought, cursor, limit)
