"""The people at an account: as the directory holds them, and what facts tell of their roles, ties and tenure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, bindparam, select

from memory.facts import KnownFact
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
    country: str | None


_CONTACTS = (
    select(*(_contact.c[name] for name in ContactRow._fields))
    .where(_contact.c.account_id == bindparam("account_id"), _contact.c.merged_into.is_(None))
    .order_by(_contact.c.id)
)
_ACCOUNT = select(*(_account.c[name] for name in AccountRow._fields)).where(_account.c.id == bindparam("account_id"))


def contacts(connection: Connection, scope: AccountScope) -> list[ContactRow]:
    """The contacts of the account, in a fixed order."""
    rows = connection.execute(_CONTACTS, {"account_id": scope.account_id})
    return [ContactRow._make(row) for row in rows]


def account(connection: Connection, scope: AccountScope) -> AccountRow | None:
    """The account itself."""
    row = connection.execute(_ACCOUNT, {"account_id": scope.account_id}).one_or_none()
    return AccountRow._make(row) if row else None


_EVERY_ACCOUNT = select(*(_account.c[name] for name in AccountRow._fields)).where(
    _account.c.id.in_(bindparam("account_ids", expanding=True))
)
_EVERY_CONTACT = (
    select(_contact.c.account_id, *(_contact.c[name] for name in ContactRow._fields))
    .where(_contact.c.account_id.in_(bindparam("account_ids", expanding=True)), _contact.c.merged_into.is_(None))
    .order_by(_contact.c.id)
)


def each(connection: Connection, scopes: Sequence[AccountScope]) -> dict[str, tuple[AccountRow, list[ContactRow]]]:
    """Each of many accounts with its contacts, in one reading; one that is not there is left out."""
    wanted = {"account_ids": [scope.account_id for scope in scopes]}
    rows = (AccountRow._make(row) for row in connection.execute(_EVERY_ACCOUNT, wanted).fetchall())
    found: dict[str, tuple[AccountRow, list[ContactRow]]] = {row.id: (row, []) for row in rows}
    for account_id, *columns in connection.execute(_EVERY_CONTACT, wanted).fetchall():
        if account_id in found:
            found[account_id][1].append(ContactRow._make(columns))
    return found


_INTO = select(_account.c.merged_into).where(_account.c.id == bindparam("account_id"))


def current_id(connection: Connection, account_id: str) -> str:
    """The account that `account_id` is today: itself, or the one that it was merged into."""
    seen = {account_id}
    while (into := connection.scalar(_INTO, {"account_id": account_id})) and into not in seen:
        seen.add(into)
        account_id = into
    return account_id


# Slots that say who it is, of the account; and slots of a person that say what he is.
ROLES_OF_ACCOUNT = ("decides", "signs", "economic_buyer")
ROLES_OF_PERSON = ("champion", "blocker")
TIES = ("reports_to", "decides_with")


class Role(NamedTuple):
    """A role that somebody has, or had: `until` is None while it stands. `fact` is what says so."""

    role: str
    since: datetime
    until: datetime | None
    fact: KnownFact


class Tie(NamedTuple):
    """How a person stands to another: reports_to or decides_with, and that person's key."""

    kind: str
    to: str
    fact: KnownFact


@dataclass(slots=True)
class Person:
    """One person of an account. `key` is the contact's id, or `name:…` for somebody whom only texts name.

    `presence`: the fact that they came or left, where one says so. `wishes`: how they want to be reached.
    """

    key: str
    name: str
    contact: ContactRow | None = None
    roles: list[Role] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    wishes: list[KnownFact] = field(default_factory=list)
    presence: KnownFact | None = None
    status: KnownFact | None = None

    @property
    def gone(self) -> bool:
        """Whether they left, by what was said or by the record."""
        status = self.status.value if self.status else self.contact.status if self.contact else ""
        return status == "left_company" or (self.presence is not None and self.presence.value == "left")


def persons(directory: Iterable[ContactRow], facts: Iterable[KnownFact]) -> list[Person]:
    """Everybody whom the directory or a fact names, the directory's first; `facts` with their history."""
    found = {row.id: Person(row.id, row.name or row.id, row) for row in directory}
    for fact in facts:
        for key in dict.fromkeys(_keys(fact)):
            person = found.get(key)
            if person is None and key.startswith("name:"):
                person = found[key] = Person(key, key.removeprefix("name:"))
            if person is not None:
                _tell(person, fact)
    return list(found.values())


def _keys(fact: KnownFact) -> Iterator[str]:
    kind, _, rest = fact.slot.partition(".")
    if kind == "role":
        yield fact.value
    elif kind in ("person", "contact"):
        yield rest.split(".", 1)[0]


def _tell(person: Person, fact: KnownFact) -> None:
    what = fact.slot.rpartition(".")[2]
    standing = fact.valid_to is None
    if what in ROLES_OF_ACCOUNT or (what in ROLES_OF_PERSON and fact.value == "yes"):
        person.roles.append(Role(what, fact.valid_from, fact.valid_to, fact))
    elif what in TIES and standing:
        person.ties.append(Tie(what, fact.value, fact))
    elif what == "presence" and standing:
        person.presence = fact
    elif what == "status" and standing:
        person.status = fact
    elif ".preference." in fact.slot and standing:
        person.wishes.append(fact)
