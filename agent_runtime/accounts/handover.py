"""Hands a batch of accounts over: one item with a triage table, never one an account; in the caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Table, func, select

from agent_runtime import events
from agent_runtime.accounts.triage import Introduction, Owed, Row, Standing, introductions, triage
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.errors import NotThere
from agent_runtime.inbox import service as inbox
from agent_runtime.inbox.inside_item import inside_item
from agent_runtime.inbox.policy import ItemRow
from agent_runtime.ledger.models import Expectation, Interaction
from memory.records import Account, Activity, Fact, User

SIGNAL = "handover"
READ_WITHIN = timedelta(days=5)
_account: Table = Account.__table__  # type: ignore[attr-defined]
_activity: Table = Activity.__table__  # type: ignore[attr-defined]
_expectation: Table = Expectation.__table__  # type: ignore[attr-defined]
_fact: Table = Fact.__table__  # type: ignore[attr-defined]
_interaction: Table = Interaction.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]
_CLOSED = ("closed", "solved", "resolved")


def standings(connection: Connection, account_ids: Sequence[str]) -> list[Standing]:
    """How the accounts stand, by the ledger and the timeline."""
    rows = connection.execute(
        select(_account.c.id, _account.c.name, _account.c.renewal_date).where(_account.c.id.in_(account_ids))
    )
    owed, touches = _owed(connection, account_ids), _last_touches(connection, account_ids)
    complaints = _complaints(connection, account_ids)
    return [
        Standing(
            account_id=row.id,
            name=row.name,
            owed=tuple(owed.get(row.id, ())),
            complaints=tuple(complaints.get(row.id, ())),
            renewal_date=row.renewal_date,
            last_touch=touches.get(row.id),
        )
        for row in rows
    ]


def _owed(connection: Connection, account_ids: Sequence[str]) -> dict[str, list[Owed]]:
    """What is open; what is late counts from when it was due first, not from its next recovery step."""
    late = select(_expectation.c.interaction_id, func.min(_expectation.c.due_at)).where(
        _expectation.c.account_id.in_(account_ids), _expectation.c.state == "breached"
    )
    since = {row[0]: row[1] for row in connection.execute(late.group_by(_expectation.c.interaction_id))}
    open_ = (_interaction.c.account_id.in_(account_ids), _interaction.c.state == "open")
    columns = ("account_id", "id", "kind", "next_due_at", "opened_by")
    found: dict[str, list[Owed]] = {}
    for row in connection.execute(select(*(_interaction.c[x] for x in columns)).where(*open_)):
        due_at = since.get(row.id, row.next_due_at)
        found.setdefault(row.account_id, []).append(Owed(row.kind, due_at, row.opened_by))
    return found


def _last_touches(connection: Connection, account_ids: Sequence[str]) -> dict[str, datetime]:
    spoke = (
        _activity.c.account_id.in_(account_ids),
        _activity.c.kind.in_(("email", "call", "message", "meeting")),
        _activity.c.caused_by == "person",
        _activity.c.current,
    )
    last = func.max(_activity.c.occurred_at)
    query = select(_activity.c.account_id, last).where(*spoke).group_by(_activity.c.account_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _complaints(connection: Connection, account_ids: Sequence[str]) -> dict[str, list[str]]:
    """Cases that are open, and worries that nobody has settled."""
    found: dict[str, list[str]] = {}
    worried = (
        _fact.c.account_id.in_(account_ids),
        _fact.c.slot.like("concern.%"),
        _fact.c.value == "open",
        _fact.c.superseded_at.is_(None),
    )
    for account_id, fact_id in connection.execute(select(_fact.c.account_id, _fact.c.id).where(*worried)):
        found.setdefault(account_id, []).append(fact_id)
    cases = (_activity.c.account_id.in_(account_ids), _activity.c.kind == "case", _activity.c.current)
    query = select(_activity.c.account_id, _activity.c.id, _activity.c.data).where(*cases)
    last: dict[tuple[str, str], tuple[str, Any]] = {}
    for account_id, activity_id, data in connection.execute(query.order_by(_activity.c.occurred_at)):
        last[account_id, str(data.get("case_id"))] = (activity_id, data.get("status"))
    for (account_id, _), (activity_id, status) in last.items():
        if status not in _CLOSED:
            found.setdefault(account_id, []).append(activity_id)
    return found


def hand_over(
    connection: Connection,
    account_ids: Sequence[str],
    new_owner: str,
    predecessor: str | None,
    now: datetime,
    working: Callable[[date], bool],
    install_key: SecretStr,
) -> str:
    """Delivers one item about all accounts of a batch to their new owner; gives its id.

    It stands at the account that would break first. The predecessor introduces while still there. The same batch
    handed over twice at one moment is refused by the database. Raises NotThere for no accounts.
    """
    if not account_ids:
        raise NotThere("There is no account to hand over.")
    rows = triage(standings(connection, account_ids), now)
    introducing = predecessor if predecessor and _still_there(connection, predecessor, now) else None
    plan = introductions(rows, new_owner, introducing, now.date(), working)
    item = _item(rows, plan, new_owner, predecessor, now)
    audit.append(connection, item.account_id, [inbox.deliver(connection, item)], install_key=install_key)
    return item.id


def _still_there(connection: Connection, user_id: str, now: datetime) -> bool:
    row = connection.execute(select(_user.c.leaves_at).where(_user.c.id == user_id)).one_or_none()
    return row is not None and (row.leaves_at is None or row.leaves_at > now)


def _item(
    rows: Sequence[Row], plan: Sequence[Introduction], new_owner: str, predecessor: str | None, now: datetime
) -> ItemRow:
    named = "|".join(sorted(row.account_id for row in rows))
    batch = blake2b(f"{new_owner}|{now.isoformat()}|{named}".encode(), digest_size=8).hexdigest()
    pressing = sum(row.reasons != ("nothing presses",) for row in rows)
    told = (
        f"{len(rows)} account{'' if len(rows) == 1 else 's'} handed over to you",
        f"{pressing} need something; the first is {rows[0].name}: {rows[0].reasons[0]}.",
    )
    beside = {
        "predecessor": predecessor,
        "triage": [_plain(row) for row in rows],
        "introductions": [asdict(one) | {"day": one.day.isoformat()} for one in plan],
    }
    return inside_item(SIGNAL, batch, rows[0].account_id, new_owner, told, now, now + READ_WITHIN, beside)


def _plain(row: Row) -> dict[str, Any]:
    return {
        "account_id": row.account_id,
        "name": row.name,
        "first": row.first.name.lower(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "reasons": list(row.reasons),
        "evidence": list(row.evidence),
    }


def brief_read(
    connection: Connection, account_id: str, user_id: str, digest: str, now: datetime, install_key: SecretStr
) -> None:
    """Records that somebody read the brief with this digest: the hand-over has arrived."""
    entry = Entry(now, ActorKind.USER, user_id, "brief.read", account_id, {"digest": digest})
    audit.append(connection, account_id, [entry], install_key=install_key)
    events.publish(connection, "brief.read", account_id, account_id, now)
