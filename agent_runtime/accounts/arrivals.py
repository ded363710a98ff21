"""Hand-overs as their new owner works through them: the batches, and how far each account of one has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, select

from agent_runtime.accounts.handover import SIGNAL
from agent_runtime.accounts.health import Health, healths
from agent_runtime.accounts.leaving import SIGNAL as LEAVER
from agent_runtime.audit.models import AuditEntry
from agent_runtime.inbox.models import Item
from agent_runtime.permissions import Reach, within
from memory.records import Account

_item: Table = Item.__table__  # type: ignore[attr-defined]
_entry: Table = AuditEntry.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
MOST_BATCHES = 50


@dataclass(frozen=True, slots=True)
class Batch:
    """Accounts that changed hands together; `open`: the item about them is not closed yet."""

    item_id: str
    owner_id: str
    predecessor: str | None
    at: datetime
    accounts: int
    open: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """One account of a batch as it stands now: its health, its planned introduction, and who read its brief when."""

    name: str
    health: Health
    introduced_on: date | None
    introduced_by: str | None
    read_at: datetime | None


def batches(connection: Connection, reach: Reach) -> list[Batch]:
    """The hand-overs that the reader sees, the latest first."""
    columns = ("id", "owner_id", "delivered_at", "state", "beside")
    seen = _item.c.account_id.in_(select(_account.c.id).where(within(reach, _account.c)))
    query = select(*(_item.c[x] for x in columns)).where(_item.c.signal == SIGNAL, seen)
    rows = connection.execute(query.order_by(_item.c.delivered_at.desc(), _item.c.id).limit(MOST_BATCHES))
    return [
        Batch(row.id, row.owner_id, row.beside.get("predecessor"), row.delivered_at, len(row.beside["triage"]),
              row.state in ("open", "snoozed", "approved"))
        for row in rows
    ]  # fmt: skip


def arrivals(connection: Connection, reach: Reach, batch: Batch, now: datetime) -> list[Arrival]:
    """The accounts of a batch that the reader sees, what breaks first before the others, as they stand at `now`."""
    beside = connection.scalar(select(_item.c.beside).where(_item.c.id == batch.item_id)) or {}
    wanted = [x["account_id"] for x in beside.get("triage", ())]
    query = select(_account.c.id, _account.c.name).where(_account.c.id.in_(wanted), within(reach, _account.c))
    names = {row.id: row.name for row in connection.execute(query)}
    planned = {x["account_id"]: x for x in beside.get("introductions", ())}
    read = _read(connection, list(names), batch)
    return [
        _arrival(names[x.account_id], x, planned.get(x.account_id, {}), read.get(x.account_id))
        for x in healths(connection, list(names), now)
    ]


def questions_to(connection: Connection, user_id: str) -> list[tuple[str, str]]:
    """What only a predecessor can answer, and was asked while still there: (account id, question)."""
    query = select(_item.c.beside).where(_item.c.signal == LEAVER, _item.c.owner_id == user_id)
    found = connection.scalars(query.order_by(_item.c.delivered_at.desc())).first()
    return [(x["account_id"], x["question"]) for x in (found or {}).get("questions", ())]


def _arrival(name: str, health: Health, planned: dict[str, str], read_at: datetime | None) -> Arrival:
    day = date.fromisoformat(planned["day"]) if planned.get("day") else None
    return Arrival(name, health, day, planned.get("by"), read_at)


def _read(connection: Connection, account_ids: Sequence[str], batch: Batch) -> dict[str, datetime]:
    """When the new owner read the brief of each account, the first time since the hand-over."""
    query = select(_entry.c.account_id, _entry.c.at).where(
        _entry.c.account_id.in_(account_ids), _entry.c.event == "brief.read", _entry.c.actor_id == batch.owner_id,
        _entry.c.at >= batch.at,
    )  # fmt: skip
    found: dict[str, datetime] = {}
    for account_id, at in connection.execute(query.order_by(_entry.c.at)):
        found.setdefault(account_id, at)
    return found
