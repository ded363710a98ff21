"""Messages that came in: kept once, read in order, read anew where they could not be. Never commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from agent_runtime.doors.hooks.mapping import Came, read
from agent_runtime.doors.models import HookMessage
from agent_runtime.errors import Refused
from agent_runtime.http.signatures import Signed
from agent_runtime.ingest.service import Ingest, write_rejects
from agent_runtime.settings import Hook
from tools.base import Rejected

KEPT = timedelta(days=30)
_message: Table = HookMessage.__table__  # type: ignore[attr-defined]
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def keep(connection: Connection, hook: str, signed: Signed, body: bytes, now: datetime) -> bool:
    """Keeps a message whose signature held; False where it was here before, and then it changes nothing.

    Raises Refused where another body came under the same id.
    """
    key, body_hash = _key(hook, signed.id), sha256(body).hexdigest()
    values = {
        "id": key, "hook": hook, "message_id": signed.id, "sent_at": signed.sent_at, "received_at": now, "body": body,
        "body_hash": body_hash, "state": "waiting", "reason": "", "records": 0,
    }  # fmt: skip
    statement = _INSERT[connection.dialect.name](_message).values(**values).on_conflict_do_nothing()
    if connection.execute(statement.returning(_message.c.id)).first() is not None:
        return True
    before = connection.scalar(select(_message.c.body_hash).where(_message.c.id == key))
    if before != body_hash:
        raise Refused("Another message came under this id before.", fix="Give each message an id of its own.")
    return False


def next_waiting(connection: Connection) -> str | None:
    """The id of the message that waits longest; None where none does."""
    query = select(_message.c.id).where(_message.c.state == "waiting")
    return connection.scalar(query.order_by(_message.c.received_at, _message.c.id).limit(1))


def take(connection: Connection, key: str, hooks: Mapping[str, Hook], ingest: Ingest, now: datetime) -> bool:
    """Reads a message and hands its records to ingest; False where somebody else took it meanwhile.

    What could not be read stands among the rejects with its reason, and the message keeps its body.
    """
    mine = update(_message).where(_message.c.id == key, _message.c.state == "waiting").values(state="taken")
    row = connection.execute(mine.returning(_message)).mappings().one_or_none()
    if row is None:
        return False
    hook = hooks.get(row["hook"])
    if hook is None:
        reject(connection, key, "the settings name no such hook any more")
        return True
    came = Came(row["hook"], row["message_id"], row["sent_at"], row["received_at"], bytes(row["body"]))
    found = read(came, hook)
    write_rejects(connection, f"hook.{came.hook}", found.rejected, now)
    taken = ingest.take(connection, found.records, now)
    wrong = [*found.rejected, *taken.rejected]
    if wrong:
        reject(connection, key, _words(wrong[0]), len(found.records))
    else:
        values = {"body": b"", "records": len(found.records)}
        connection.execute(update(_message).where(_message.c.id == key).values(**values))
    return True


def reject(connection: Connection, key: str, reason: str, records: int = 0) -> None:
    """Notes that a message could not be read whole; it can be read again."""
    values = {"state": "rejected", "reason": reason[:500], "records": records}
    connection.execute(update(_message).where(_message.c.id == key).values(**values))


def retry(connection: Connection, hook: str) -> int:
    """Lets everything of a hook that was rejected be read again; gives how many."""
    here = (_message.c.hook == hook, _message.c.state == "rejected")
    return connection.execute(update(_message).where(*here).values(state="waiting", reason="")).rowcount


def rejected(connection: Connection, limit: int) -> list[HookMessage]:
    """The messages that could not be read, the latest first."""
    query = select(_message).where(_message.c.state == "rejected").order_by(_message.c.received_at.desc())
    return [HookMessage(**row) for row in connection.execute(query.limit(limit)).mappings()]


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many messages of each hook wait, were taken, or were rejected."""
    found: dict[str, dict[str, int]] = {}
    query = select(_message.c.hook, _message.c.state, func.count()).group_by(_message.c.hook, _message.c.state)
    for hook, state, number in connection.execute(query):
        found.setdefault(hook, {})[state] = number
    return found


def forget(connection: Connection, now: datetime) -> int:
    """Forgets what was taken thirty days ago: a message that old is refused for its time."""
    old = (_message.c.state == "taken", _message.c.received_at < now - KEPT)
    return connection.execute(delete(_message).where(*old)).rowcount


def _key(hook: str, message_id: str) -> str:
    return f"hm_{blake2b(f'{hook}|{message_id}'.encode(), digest_size=16).hexdigest()}"


def _words(one: Rejected) -> str:
    return f"{one.field}: {one.reason}" if one.field else one.reason
