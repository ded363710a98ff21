"""How an account stands when an action is decided and again before it is done: owner, people, what was heard."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, func, or_, select

from memory.records import Account, Activity, Contact, Handle

_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_contact: Table = Contact.__table__  # type: ignore[attr-defined]
_handle: Table = Handle.__table__  # type: ignore[attr-defined]
# Who must not be written to.
_GONE = ("opted_out", "left_company", "bounced")
# Kinds in which a customer says something.
SAID = ("email", "message", "call", "form")


def account_owner(connection: Connection, account_id: str) -> str | None:
    """Who owns the account now; None for an account that the directory does not have."""
    owner: str | None = connection.scalar(select(_account.c.owner_id).where(_account.c.id == account_id))
    return owner


def heard_from(connection: Connection, account_id: str, contact_id: str | None) -> int:
    """How many things that person, or somebody unknown, has said to us; of the whole account without a person.

    A record counts once, however often it was revised, and is counted for ever: so a larger number means something
    new, also when it was written before the decision and came in after it. Automatic mails say nothing.
    """
    key = _activity.c.source + "|" + _activity.c.stream + "|" + _activity.c.source_id
    query = select(func.count(key.distinct())).where(
        _activity.c.account_id == account_id,
        _activity.c.direction == "inbound",
        _activity.c.kind.in_(SAID),
        func.coalesce(_activity.c.data["auto"].as_string(), "") == "",
    )
    if contact_id:
        query = query.where(or_(_activity.c.contact_id == contact_id, _activity.c.contact_id.is_(None)))
    return connection.scalar(query) or 0


def unreachable(
    connection: Connection, account_id: str, contact_id: str | None, addresses: Sequence[str], now: datetime
) -> bool:
    """Whether that person, or anybody of the account behind one of the addresses, must not be written to now."""
    behind = select(_handle.c.contact_id).where(
        _handle.c.kind == "email",
        _handle.c.value.in_([x.strip().lower() for x in addresses]),
        _handle.c.account_id == account_id,
        _handle.c.contact_id != "",
    )
    people = {*connection.scalars(behind), *([contact_id] if contact_id else [])}
    if not people:
        return False
    told = _told_status(connection, account_id)
    rows = connection.execute(select(_contact).where(_contact.c.id.in_(people)))
    listed = {row.id: (row.status, row.status_until) for row in rows}
    known = [told.get(x) or listed.get(x) for x in people]
    return any(_is_gone(x[0], x[1], now) for x in known if x)


def _told_status(connection: Connection, account_id: str) -> dict[str, tuple[str, datetime | None]]:
    """By contact, the latest change of status on the timeline, which goes before the directory."""
    query = (
        select(_activity.c.contact_id, _activity.c.data)
        .where(_activity.c.account_id == account_id, _activity.c.kind == "contact.changed")
        .where(_activity.c.current, ~_activity.c.deleted)
        .order_by(_activity.c.occurred_at, _activity.c.id)
    )
    told = {}
    for contact_id, data in connection.execute(query):
        until = datetime.fromisoformat(data["until"]) if data.get("until") else None
        told[str(data.get("contact_id") or contact_id)] = (str(data.get("status")), until)
    return told


def _is_gone(status: str, until: datetime | None, now: datetime) -> bool:
    over = until is not None and (until if until.tzinfo else until.replace(tzinfo=UTC)) <= now
    return status in _GONE and not over


def seen_outside(connection: Connection, account_id: str, message_id: str) -> str | None:
    """The activity of a mail with this Message-ID that a source has shown us: then it did go out."""
    query = select(_activity.c.id).where(
        _activity.c.account_id == account_id,
        _activity.c.kind == "email",
        _activity.c.source != "tenure",
        _activity.c.data["message_id"].as_string() == message_id,
    )
    found: str | None = connection.scalar(query.where(_activity.c.current).limit(1))
    return found
