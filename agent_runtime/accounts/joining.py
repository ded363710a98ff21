"""Callers of whom nobody knew more than a number, and who turn out to be a customer: their matters go there, once."""

from collections import defaultdict
from datetime import datetime

from pydantic import SecretStr
from sqlalchemy import Connection, Table, exists, select

from agent_runtime.accounts.merging import merge_accounts, merge_contacts
from memory.merge import Merge
from memory.records import Account, Activity, Contact, Handle

RULE = "rule:known_caller"
MOST = 50
"""One transaction joins so many, so that nobody waits long behind it."""

_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
_merge: Table = Merge.__table__  # type: ignore[attr-defined]
_caller = _account.alias("caller")
_customer = _account.alias("customer")
_theirs = _handle.alias("theirs")
_UNKNOWN = (_caller.c.provisional, _caller.c.merged_into.is_(None))
_KNOWN = (~_customer.c.provisional, _customer.c.merged_into.is_(None))
_BY_NUMBER = (
    select(_handle.c.account_id, _theirs.c.account_id)
    .join(_caller, _caller.c.id == _handle.c.account_id)
    .join(_theirs, (_theirs.c.kind == _handle.c.kind) & (_theirs.c.value == _handle.c.value))
    .join(_customer, _customer.c.id == _theirs.c.account_id)
    .where(_handle.c.kind == "phone", *_UNKNOWN, *_KNOWN)
    .distinct()
)
_BY_PERSON = (
    select(_activity.c.account_id, _contact.c.account_id)
    .join(_caller, _caller.c.id == _activity.c.account_id)
    .join(_contact, _contact.c.id == _activity.c.contact_id)
    .join(_customer, _customer.c.id == _contact.c.account_id)
    .where(_activity.c.current, *_UNKNOWN, *_KNOWN)
    .distinct()
)
# Who also wrote, or filled in a form, said more of themselves than a number: whose they are is for a person to say.
_SAID_MORE = select(_handle.c.account_id).where(_handle.c.kind != "phone")


def join_known_callers(connection: Connection, now: datetime, install_key: SecretStr, most: int = MOST) -> int:
    """Merges each caller whose number, or who, is by now exactly one customer's into that customer; gives how many.

    Open matters, breaches and history go along, so that nothing is owed twice; audited, and can be undone. What a
    person took apart is not joined again, and a number that several customers have is nobody's.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    for query in (_BY_NUMBER, _BY_PERSON):
        for caller, customer in connection.execute(query):
            owners[caller].add(customer)
    said_more = set(connection.scalars(_SAID_MORE.where(_handle.c.account_id.in_(owners))))
    sure = [(caller, *found) for caller, found in sorted(owners.items()) if len(found) == 1 and caller not in said_more]
    joined = [pair for pair in sure if not _was_undone(connection, *pair)][:most]
    for caller, customer in joined:
        merge_accounts(connection, caller, customer, RULE, now, install_key)
        _join_person(connection, caller, customer, now, install_key)
    return len(joined)


def _was_undone(connection: Connection, caller: str, customer: str) -> bool:
    ends = (_merge.c.loser == caller, _merge.c.winner == customer, _merge.c.undone_at.is_not(None))
    return bool(connection.scalar(select(exists().where(*ends))))


def _join_person(connection: Connection, caller: str, customer: str, now: datetime, install_key: SecretStr) -> None:
    """The nameless person of the number is the one person at the customer who has it, where there is one."""
    nameless = caller.replace("prov_", "provc_", 1)
    numbers = select(_handle.c.value).where(_handle.c.kind == "phone", _handle.c.contact_id == nameless)
    people = select(_handle.c.contact_id).where(
        _handle.c.kind == "phone", _handle.c.value.in_(numbers), _handle.c.account_id == customer,
        _handle.c.contact_id.not_in(("", nameless)),
    )  # fmt: skip
    found = set(connection.scalars(people))
    if len(found) == 1 and connection.scalar(select(exists().where(_contact.c.id == nameless))):
        merge_contacts(connection, nameless, found.pop(), RULE, now, install_key)
