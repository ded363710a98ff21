"""Signals of which nobody wants to hear of an account for a while: held back until an end, and still watched."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from agent_runtime.inbox.models import Mute, Suppressed
from agent_runtime.jobs import wake
from agent_runtime.ledger.policy import row_id
from agent_runtime.permissions import Reach, within
from memory.records import Account, User

VERDICT = "muted"
# Somebody waits for these, so they are put off or dismissed one by one.
WAITED_FOR = frozenset(
    {"answer_owed", "callback_promised", "escalation", "lead_response", "missed_call", "no_show", "promise_due"}
)
_mute: Table = Mute.__table__  # type: ignore[attr-defined]
_suppressed: Table = Suppressed.__table__  # type: ignore[attr-defined]
_account: Table = Account.__table__  # type: ignore[attr-defined]
_user: Table = User.__table__  # type: ignore[attr-defined]


class Muted(NamedTuple):
    """A signal that is muted, of which account, by whom, until when."""

    account_id: str
    account: str
    signal: str
    until: datetime
    by: str


def mute(connection: Connection, account_id: str, signal: str, until: datetime, user_id: str, now: datetime) -> None:
    """Holds a signal back for an account; what was muted before is muted as said now."""
    _forget(connection, account_id, signal)
    values = {"account_id": account_id, "signal": signal, "until": until, "muted_by": user_id, "muted_at": now}
    connection.execute(insert(_mute), values | {"id": row_id("mute_", account_id, signal, now.isoformat())})


def lift(connection: Connection, account_id: str, signal: str) -> bool:
    """Lets a signal be heard again, and what was held back be looked at anew; whether it was muted."""
    if not _forget(connection, account_id, signal):
        return False
    held = (_suppressed.c.account_id == account_id, _suppressed.c.verdict == VERDICT)
    connection.execute(update(_suppressed).where(*held).values(until=None, released=True))
    wake(connection, [account_id])
    return True


def muted_until(connection: Connection, account_id: str, signal: str, now: datetime) -> datetime | None:
    """Until when a signal is held back for an account, None where it is not."""
    mine = (_mute.c.account_id == account_id, _mute.c.signal == signal, _mute.c.until > now)
    found: datetime | None = connection.scalar(select(func.max(_mute.c.until)).where(*mine))
    return found


def mutes(connection: Connection, reach: Reach, now: datetime) -> list[Muted]:
    """What is muted at present of the accounts within `reach`, what ends first on top."""
    query = (
        select(_mute.c.account_id, _account.c.name, _mute.c.signal, _mute.c.until, _user.c.name, _mute.c.muted_by)
        .join(_account, _account.c.id == _mute.c.account_id)
        .outerjoin(_user, _user.c.id == _mute.c.muted_by)
        .where(_mute.c.until > now, within(reach, _account.c))
    )
    rows = connection.execute(query.order_by(_mute.c.until, _mute.c.account_id, _mute.c.signal))
    return [Muted(*row[:4], row[4] or row[5]) for row in rows]


def _forget(connection: Connection, account_id: str, signal: str) -> bool:
    mine = (_mute.c.account_id == account_id, _mute.c.signal == signal)
    return connection.execute(delete(_mute).where(*mine)).rowcount > 0
