"""Which accounts go into the queue next: read from their loops, because the queue itself is only a hint."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Table, Update, and_, bindparam, case, func, not_, or_, select, text, update

from agent_runtime.jobs.mailbox import AccountLoop, wake


class Run(NamedTuple):
    """The run `seq` of an account, which has a place in the queue under that number."""

    account_id: str
    seq: int

    @property
    def workflow_id(self) -> str:
        """Its name in the queue: the same from whichever worker, in the order of the runs."""
        return f"{self.account_id}:{self.seq:012d}"


# An account whose run failed is held back for this long, twice as long each time, and never longer than the last.
_FIRST_RETRY = timedelta(seconds=5)
_LAST_RETRY = timedelta(minutes=10)
# Failures further apart than this have nothing to do with each other.
_FORGOTTEN_AFTER = timedelta(hours=1)

_loop: Table = AccountLoop.__table__  # type: ignore[attr-defined]
# As text, because "woken = 1" would not be found in the partial indexes.
_ASKED = text("woken AND dispatched <= seq")
_QUEUED = text("woken AND dispatched > seq")
_ASK = select(_loop.c.account_id).where(_ASKED).limit(1)
_COUNT = select(func.count()).select_from(_loop).where(_QUEUED)
_FIND = select(_loop.c.account_id, _loop.c.dispatched).where(_QUEUED)


def _taking() -> Update:
    # A run holds its account's row while it re-evaluates: on PostgreSQL the dispatcher goes past it.
    wanted = (
        select(_loop.c.account_id)
        .where(_ASKED, _loop.c.account_id > bindparam("after"))
        .where(or_(_loop.c.retry_at.is_(None), _loop.c.retry_at <= bindparam("now")))
        .order_by(_loop.c.account_id)
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True)
    )
    taken = update(_loop).where(_loop.c.account_id.in_(wanted), _loop.c.dispatched <= _loop.c.seq)
    return taken.values(dispatched=_loop.c.seq + 1).returning(_loop.c.account_id, _loop.c.dispatched)


_TAKE = _taking()


def take(connection: Connection, now: datetime, room: int, after: str = "") -> list[Run]:
    """Gives at most `room` woken accounts the number of their next run, the first ones after the account `after`.

    The caller puts them into the queue in the same transaction. Two dispatchers never give the same number twice.
    """
    rows = connection.execute(_TAKE, {"now": now, "room": room, "after": after})
    return sorted(Run(*row) for row in rows)


def asked(connection: Connection) -> bool:
    """Whether any woken account has no place in the queue; a look that takes no lock."""
    return connection.scalar(_ASK) is not None


def queued(connection: Connection) -> int:
    """How many accounts wait in the queue."""
    return int(connection.scalar(_COUNT) or 0)


def waits(connection: Connection, now: datetime) -> bool:
    """Whether any account is woken, those aside that are held back after a failure."""
    held_back = and_(_loop.c.retry_at.is_not(None), _loop.c.retry_at > now)
    query = select(_loop.c.account_id).where(text("woken"), not_(held_back)).limit(1)
    return connection.scalar(query) is not None


def find_queued(connection: Connection) -> list[Run]:
    """The runs that wait in the queue, as far as the accounts know."""
    return [Run(*row) for row in connection.execute(_FIND)]


def give_back(connection: Connection, run: Run) -> bool:
    """Asks anew for a run that the queue does not have any more, under a new number; False where it began after all."""
    wanted = (_loop.c.account_id == run.account_id, _loop.c.dispatched == run.seq, _loop.c.seq < run.seq)
    return connection.execute(update(_loop).where(*wanted).values(seq=run.seq)).rowcount == 1


def hold_back(connection: Connection, account_id: str, now: datetime) -> datetime:
    """Asks anew for a run that failed, later; gives when. The time doubles with each failure."""
    wake(connection, [account_id])
    mine = _loop.c.account_id == account_id
    failures, last = connection.execute(select(_loop.c.failures, _loop.c.retry_at).where(mine)).one()
    failures = 0 if last is None or last < now - _FORGOTTEN_AFTER else failures
    retry_at: datetime = now + min(_FIRST_RETRY * 2 ** min(failures, 10), _LAST_RETRY)
    _postpone(connection, account_id, failures + 1, retry_at)
    return retry_at


def rest(connection: Connection, account_id: str, deaths: int, until: datetime) -> Run:
    """Asks anew for a run that killed its process, later; gives the run that may lie in the queue still."""
    wake(connection, [account_id])
    seq = connection.scalar(select(_loop.c.dispatched).where(_loop.c.account_id == account_id))
    _postpone(connection, account_id, deaths, until)
    return Run(account_id, int(seq or 0))


def _postpone(connection: Connection, account_id: str, failures: int, retry_at: datetime) -> None:
    """The run gets a new number, which also tells the failed one, if it should go on, that it is not the latest."""
    new = case((_loop.c.dispatched > _loop.c.seq, _loop.c.dispatched), else_=_loop.c.seq)
    mine = update(_loop).where(_loop.c.account_id == account_id)
    connection.execute(mine.values(failures=failures, retry_at=retry_at, seq=new))
