"""The receivers and what is told to them, in the caller's transaction; each change is audited."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from agent_runtime import events
from agent_runtime.actions.switches import INSTALLATION
from agent_runtime.audit import service as audit
from agent_runtime.audit.policy import ActorKind, Entry
from agent_runtime.doors.models import Delivery, Webhook, WebhookPlace
from agent_runtime.doors.webhooks.policy import GONE, Result, checked_kinds, checked_url, keys_of, next_try, wants
from agent_runtime.errors import NotThere
from agent_runtime.events import EventRow, Place
from agent_runtime.http.signatures import secret_text

KEPT = timedelta(days=30)
AT_ONCE = 500
_SPREAD = 200
_webhook: Table = Webhook.__table__  # type: ignore[attr-defined]
_place: Table = WebhookPlace.__table__  # type: ignore[attr-defined]
_delivery: Table = Delivery.__table__  # type: ignore[attr-defined]
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes something, when, and the key by which the audit is sealed."""

    by: str
    now: datetime
    install_key: SecretStr
    kind: ActorKind = ActorKind.USER


@dataclass(frozen=True, slots=True)
class Made:
    """A receiver's secret just made; it is shown once."""

    id: str
    secret: SecretStr


def add(connection: Connection, url: str, kinds: list[str], label: str, change: Change, *, private: bool) -> Made:
    """Adds a receiver, who is told what happens from now on; raises BadInput."""
    parts = checked_url(url, private=private)
    values = {"url": url, "kinds": checked_kinds(kinds), "label": label[:200]}
    webhook_id = f"wh_{token_hex(8)}"
    made = {"id": webhook_id, "created_by": change.by, "created_at": change.now, "generation": 1}
    connection.execute(insert(_webhook), values | made)
    _move(connection, webhook_id, events.latest(connection))
    _note(connection, change, "webhook.added", webhook_id, host=parts.hostname, kinds=values["kinds"])
    return Made(webhook_id, _secret(change, webhook_id, 1))


def rotate(connection: Connection, webhook_id: str, change: Change) -> Made:
    """Gives a receiver another secret; for a day both sign. Raises NotThere."""
    values = {"generation": _webhook.c.generation + 1, "rotated_at": change.now}
    changed = update(_webhook).where(_webhook.c.id == webhook_id).values(**values).returning(_webhook.c.generation)
    generation = connection.scalar(changed)
    if generation is None:
        raise _missing()
    _note(connection, change, "webhook.rotated", webhook_id)
    return Made(webhook_id, _secret(change, webhook_id, generation))


def remove(connection: Connection, webhook_id: str, change: Change) -> None:
    """Removes a receiver with its log: it is told nothing more. Raises NotThere."""
    if connection.execute(delete(_webhook).where(_webhook.c.id == webhook_id)).rowcount == 0:
        raise _missing()
    connection.execute(delete(_delivery).where(_delivery.c.webhook_id == webhook_id))
    connection.execute(delete(_place).where(_place.c.webhook_id == webhook_id))
    _note(connection, change, "webhook.removed", webhook_id)


def resume(connection: Connection, webhook_id: str, change: Change) -> None:
    """Goes on with a receiver that was stopped, from where it stood. Raises NotThere."""
    values = {"stopped_at": None, "stopped_reason": ""}
    if connection.execute(update(_webhook).where(_webhook.c.id == webhook_id).values(**values)).rowcount == 0:
        raise _missing()
    _note(connection, change, "webhook.resumed", webhook_id)


def webhooks(connection: Connection) -> list[Webhook]:
    """All receivers, the oldest first."""
    rows = connection.execute(select(_webhook).order_by(_webhook.c.created_at, _webhook.c.id)).mappings()
    return [Webhook(**row) for row in rows]


def waiting(connection: Connection) -> dict[str, int]:
    """How many deliveries wait, by receiver."""
    query = select(_delivery.c.webhook_id, func.count()).where(_delivery.c.state == "pending")
    return {row[0]: row[1] for row in connection.execute(query.group_by(_delivery.c.webhook_id))}


def log(
    connection: Connection, webhook_id: str, state: str | None, after: tuple[datetime, int] | None, limit: int
) -> list[Delivery]:
    """What was told to a receiver, the latest first; `after`: time and event of the row before. Raises NotThere."""
    _known(connection, webhook_id)
    query = select(_delivery).where(_delivery.c.webhook_id == webhook_id)
    if state is not None:
        query = query.where(_delivery.c.state == state)
    if after is not None:
        at, event = after
        same = (_delivery.c.at == at) & (_delivery.c.event < event)
        query = query.where(or_(_delivery.c.at < at, same))
    query = query.order_by(_delivery.c.at.desc(), _delivery.c.event.desc()).limit(limit)
    return [Delivery(**row) for row in connection.execute(query).mappings()]


def redeliver(connection: Connection, webhook_id: str, delivery_id: str | None, change: Change) -> int:
    """Tells one event again with the same id, or all that failed; gives how many. Raises NotThere."""
    _known(connection, webhook_id)
    again = update(_delivery).where(_delivery.c.webhook_id == webhook_id)
    wanted = _delivery.c.id == delivery_id if delivery_id is not None else _delivery.c.state == "failed"
    values = {"state": "pending", "attempts": 0, "next_at": change.now, "claimed_until": None}
    number = connection.execute(again.where(wanted).values(**values)).rowcount
    if number == 0 and delivery_id is not None:
        raise NotThere("There is no such delivery.", fix="Look into the log of this webhook.")
    _note(connection, change, "webhook.redelivered", webhook_id, deliveries=number)
    return number


def spread(connection: Connection, webhook_id: str, now: datetime) -> bool:
    """Puts the next events of the feed down for a receiver; whether more wait."""
    kinds = connection.scalar(
        select(_webhook.c.kinds).where(_webhook.c.id == webhook_id, _webhook.c.stopped_at.is_(None))
    )
    if kinds is None:
        return False
    found = select(_place.c.transaction, _place.c.event).where(_place.c.webhook_id == webhook_id)
    row = connection.execute(found.with_for_update()).one_or_none()
    rows = events.after(connection, Place(*row) if row else events.START, _SPREAD)
    if not rows:
        return False
    told = [_row(webhook_id, x, now) for x in rows if wants(kinds, x.kind)]
    if told:
        connection.execute(_INSERT[connection.dialect.name](_delivery).on_conflict_do_nothing(), told)
    _move(connection, webhook_id, rows[-1].place)
    return len(rows) == _SPREAD


def due(connection: Connection, now: datetime) -> list[str]:
    """The receivers that are to be told something now."""
    query = select(_delivery.c.webhook_id).join(_webhook, _webhook.c.id == _delivery.c.webhook_id)
    return list(connection.scalars(query.where(_webhook.c.stopped_at.is_(None), *_is_due(now)).distinct()))


def claim(connection: Connection, webhook_id: str, now: datetime, until: datetime) -> Delivery | None:
    """The next thing to tell a receiver, which nobody else tells before `until`; None where nothing is due."""
    first = select(_delivery.c.id).where(_delivery.c.webhook_id == webhook_id, *_is_due(now))
    first = first.order_by(_delivery.c.at, _delivery.c.event).limit(1)
    delivery_id = connection.scalar(first)
    if delivery_id is None:
        return None
    mine = update(_delivery).where(_delivery.c.id == delivery_id, *_is_due(now)).values(claimed_until=until)
    row = connection.execute(mine.returning(_delivery)).mappings().one_or_none()
    return Delivery(**row) if row else None


def settle(connection: Connection, delivery: Delivery, result: Result, change: Change) -> None:
    """Notes how an attempt ended: delivered, to be tried again, or failed for good; 410 stops the receiver."""
    attempts = delivery.attempts + 1
    later = None if result.taken else next_try(delivery.id, attempts, result, change.now)
    state = "delivered" if result.taken else "pending" if later else "failed"
    values = {
        "state": state, "attempts": attempts, "next_at": later or change.now, "claimed_until": None,
        "last_at": change.now, "last_status": result.status, "last_error": result.error[:300],
    }  # fmt: skip
    connection.execute(update(_delivery).where(_delivery.c.id == delivery.id).values(**values))
    if result.status == GONE:
        stopped = {"stopped_at": change.now, "stopped_reason": "It answered 410: it wants nothing more."}
        connection.execute(update(_webhook).where(_webhook.c.id == delivery.webhook_id).values(**stopped))
        _note(connection, change, "webhook.stopped", delivery.webhook_id, status=GONE)


def forget(connection: Connection, now: datetime) -> int:
    """Shortens the log to the last thirty days; what waits stays."""
    old = (_delivery.c.state != "pending", _delivery.c.at < now - KEPT)
    return connection.execute(delete(_delivery).where(*old)).rowcount


def target(connection: Connection, webhook_id: str, install_key: SecretStr, now: datetime) -> tuple[str, list[bytes]]:
    """The address of a receiver and the keys that sign for it now; raises NotThere."""
    row = connection.execute(select(_webhook).where(_webhook.c.id == webhook_id)).one_or_none()
    if row is None:
        raise _missing()
    return row.url, keys_of(install_key, webhook_id, row.generation, row.rotated_at, now)


def host_of(webhook: Webhook) -> str:
    """The host of a receiver, which may be shown: its path can carry a key."""
    return urlsplit(webhook.url).hostname or ""


def _is_due(now: datetime) -> tuple[Any, ...]:
    free = or_(_delivery.c.claimed_until.is_(None), _delivery.c.claimed_until <= now)
    return _delivery.c.state == "pending", _delivery.c.next_at <= now, free


def _row(webhook_id: str, event: EventRow, now: datetime) -> dict[str, Any]:
    # The number of an event begins anew in a restored database; with its time the id stays its own.
    said = f"{webhook_id}|{event.place}|{event.at.isoformat()}|{event.kind}|{event.account_id}|{event.subject_id}"
    return {
        "id": f"msg_{blake2b(said.encode(), digest_size=16).hexdigest()}", "webhook_id": webhook_id,
        "event": event.place.id, "kind": event.kind, "account_id": event.account_id, "subject_id": event.subject_id,
        "at": event.at, "state": "pending", "attempts": 0, "next_at": now, "last_error": "",
    }  # fmt: skip


def _move(connection: Connection, webhook_id: str, place: Place) -> None:
    values = {"transaction": place.transaction, "event": place.id}
    if connection.execute(update(_place).where(_place.c.webhook_id == webhook_id).values(**values)).rowcount == 0:
        connection.execute(insert(_place), values | {"webhook_id": webhook_id})


def _secret(change: Change, webhook_id: str, generation: int) -> SecretStr:
    return secret_text(keys_of(change.install_key, webhook_id, generation, None, change.now)[0])


def _known(connection: Connection, webhook_id: str) -> None:
    if connection.scalar(select(_webhook.c.id).where(_webhook.c.id == webhook_id)) is None:
        raise _missing()


def _missing() -> NotThere:
    return NotThere("There is no such webhook.", fix="List them with: tenure webhooks list")


def _note(connection: Connection, change: Change, event: str, webhook_id: str, **detail: Any) -> None:
    entry = Entry(change.now, change.kind, change.by, event, webhook_id, detail)
    audit.append(connection, INSTALLATION, [entry], install_key=change.install_key)
