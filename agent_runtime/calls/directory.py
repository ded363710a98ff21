"""Who has which number, as far as the call logic asks: read out of the directory of the whole installation."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, Table, select

from agent_runtime.calls.models import Owner
from memory.records import Account, Handle
from memory.timeline import BareEvent, Event

NAMELESS: Final = "provc_"
_account: Table = Account.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]


def read_owners(connection: Connection, provisional: Collection[str]) -> dict[str, list[Owner]]:
    """To whom each number (E.164) and mail address belongs.

    Who is known only provisionally is a person without an account, and steps back behind a contact whom the CRM has.
    """
    found: dict[str, list[Owner]] = defaultdict(list)
    guessed: dict[str, list[Owner]] = defaultdict(list)
    rows = connection.execute(select(_handle).where(_handle.c.kind.in_(("phone", "email"))).order_by(_handle.c.value))
    for row in rows:
        if row.account_id in provisional:
            guessed[row.value].append(Owner(None, row.contact_id or None))
        else:
            found[row.value].append(Owner(row.account_id or None, row.contact_id or None))
    return {**guessed, **found}


def provisional_accounts(connection: Connection) -> frozenset[str]:
    """The accounts that were made for somebody whom nobody knows yet."""
    return frozenset(connection.scalars(select(_account.c.id).where(_account.c.provisional)))


def bare_without_provisional(rows: Sequence[BareEvent], provisional: Collection[str]) -> Sequence[BareEvent]:
    """The same of calls as they were read."""
    if not provisional:
        return rows
    return [
        row._replace(account_id=None, contact_id=_known(row.contact_id)) if row.account_id in provisional else row
        for row in rows
    ]


def _known(contact_id: str | None) -> str | None:
    """A person whom the source itself names stays who it was; one that was made for a number is that number."""
    return None if contact_id is None or contact_id.startswith(NAMELESS) else contact_id


def without_provisional(events: Iterable[Event], provisional: Collection[str]) -> Iterator[Event]:
    """The activities, those of provisional accounts without one: then the number alone says who it was."""
    for event in events:
        if provisional and event.account_id in provisional:
            yield event._replace(account_id=None, contact_id=_known(event.contact_id))
        else:
            yield event
