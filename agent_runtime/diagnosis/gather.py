"""Reads what a diagnosis needs out of the database, account by account."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from agent_runtime.actions.models import Action
from agent_runtime.diagnosis.record import Decided, Done, Record, Shown
from agent_runtime.inbox.models import Decision, Item
from agent_runtime.ledger import service as ledger
from agent_runtime.permissions import agent_scope
from agent_runtime.watchtower.company import Company
from agent_runtime.watchtower.view import AccountInfo, View
from memory import people, timeline
from memory.records import Account

_item = Item.__table__  # type: ignore[attr-defined]
_decision = Decision.__table__  # type: ignore[attr-defined]
_action = Action.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]


def record(connection: Connection, company: Company, account_id: str, now: datetime) -> Record | None:
    """One account as it is known at `now`; None where there is no such account."""
    scope = agent_scope(account_id)
    row = people.account(connection, scope)
    if row is None:
        return None
    contacts = people.contacts(connection, scope)
    view = View(AccountInfo(*row), timeline.read(connection, scope), company, now, contacts)
    return Record(
        view=view,
        book=ledger.load(connection, account_id),
        shown=list(_shown(connection, account_id)),
        decided=list(_decided(connection, account_id)),
        done=list(_done(connection, account_id)),
    )


def records(connection: Connection, company: Company, now: datetime) -> Iterator[Record]:
    """Every account that has not become part of another one, in a fixed order."""
    ids = select(_account.c.id).where(_account.c.merged_into.is_(None)).order_by(_account.c.id)
    for account_id in list(connection.scalars(ids)):
        found = record(connection, company, account_id, now)
        if found is not None:
            yield found


def _shown(connection: Connection, account_id: str) -> Iterator[Shown]:
    columns = [_item.c[name] for name in Shown.__slots__]
    for row in connection.execute(select(*columns).where(_item.c.account_id == account_id).order_by(_item.c.id)):
        yield Shown(*row)


def _decided(connection: Connection, account_id: str) -> Iterator[Decided]:
    """Decisions of persons; what a named rule decided is no sign that anybody saw it."""
    query = (
        select(_decision.c.item_id, _decision.c.verb, _decision.c.decided_at)
        .where(_decision.c.account_id == account_id, _decision.c.decided_by.not_like("rule:%"))
        .order_by(_decision.c.decided_at, _decision.c.id)
    )
    for row in connection.execute(query):
        yield Decided(*row)


def _done(connection: Connection, account_id: str) -> Iterator[Done]:
    query = (
        select(_action.c.interaction_id, _action.c.executed_at)
        .where(
            _action.c.account_id == account_id,
            _action.c.executed_at.is_not(None),
            _action.c.interaction_id.is_not(None),
            _action.c.decided_by.not_like("rule:%"),
        )
        .order_by(_action.c.executed_at, _action.c.id)
    )
    for row in connection.execute(query):
        yield Done(*row)
