"""The people at an account, as the directory holds them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, select

from memory.records import Account, Contact
from memory.scope import AccountScope

_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]


class ContactRow(NamedTuple):
    """A contact; `status_until` is aware UTC. Several addresses stand with ; between them."""

    id: str
    name: str
    title: str
    role: str
    email: str | None
    phone: str | None
    timezone: str | None
    language: str | None
    status: str
    status_until: datetime | None


class AccountRow(NamedTuple):
    """The account's own row, as far as its agent needs it."""

    id: str
    name: str
    owner_id: str | None
    segment: str | None
    currency: str | None
    timezone: str | None
    language: str | None
    provisional: bool


_CONTACTS = (
    select(*(_contact.c[name] for name in ContactRow._fields))
    .where(_contact.c.account_id == bindparam("account_id"))
    .order_by(_contact.c.id)
)
_ACCOUNT = select(*(_account.c[name] for name in AccountRow._fields)).where(_account.c.id == bindparam("account_id"))


def contacts(connection: Connection, scope: AccountScope) -> list[ContactRow]:
    """The contacts of the account, in a fixed order."""
    rows = connection.execute(_CONTACTS, {"account_id": scope.account_id})
    return [ContactRow(*row) for row in rows]


def account(connection: Connection, scope: AccountScope) -> AccountRow | None:
    """The account itself."""
    row = connection.execute(_ACCOUNT, {"account_id": scope.account_id}).one_or_none()
    return AccountRow(*row) if row else None
