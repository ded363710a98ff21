"""The least work that an engine can be given, and that tells whether it was given it rightly; dies on request."""

import os
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Column, Connection, Engine, Float, Integer, MetaData, String, Table, func, insert, select, update

from agent_runtime import jobs
from agent_runtime.clock import SystemClock
from agent_runtime.jobs.mailbox import AccountLoop, Letter
from agent_runtime.jobs.work import DueAction

_metadata = MetaData()
_effect = Table("tally_effect", _metadata, Column("activity_id", String), Column("account_id", String))
_edge = Table(
    "tally_edge",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", String, index=True),
    Column("seq", Integer),
    Column("edge", String),
    Column("worker", Integer),
)
_action = Table(
    "tally_action",
    _metadata,
    Column("id", String, primary_key=True),
    Column("turn", Integer),
    Column("state", String),
    Column("claimed_at", Float),
)
_sent = Table("tally_sent", _metadata, Column("action_id", String))
_held = Table("tally_held", _metadata, Column("account_id", String), Column("deaths", Integer))
_letter: Table = Letter.__table__  # type: ignore[attr-defined]
_loop: Table = AccountLoop.__table__  # type: ignore[attr-defined]
LEASE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Count:
    """What came of what was posted: all zero but `effects` is as it should be."""

    effects: int
    lost: int
    doubled: int
    unfinished: int
    overlapping: int


def prepare(engine: Engine) -> None:
    """Makes the tables of the tally."""
    _metadata.create_all(engine)


def post(connection: Connection, accounts: Sequence[str], each: int, series: str = "act") -> None:
    """Puts `each` letters into the mailbox of every account."""
    jobs.post(connection, [(account, f"{series}-{account}-{number}") for account in accounts for number in range(each)])


def decide(connection: Connection, actions: Sequence[str]) -> None:
    """Decides actions, due at once."""
    connection.execute(insert(_action), [{"id": name, "turn": 0, "state": "pending"} for name in actions])


class Tally:
    """Writes down each letter that a run finds, and each sending of an action.

    `graph`: seconds between a run's two transactions. `crash_at`: the place where the process kills itself, when it
    comes there for the time `crash_on`. `deadly`: the account whose every run kills the process;
    `failing`: the one whose first run raises. `sending`: seconds that a sending takes.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        crash_at: str = "",
        crash_on: int = 1,
        graph: float = 0.0,
        deadly: str = "",
        failing: str = "",
        sending: float = 0.0,
    ) -> None:
        self._engine = engine
        self._crash_at = crash_at
        self._crash_on = crash_on
        self._graph = graph
        self._deadly = deadly
        self._failing = failing
        self._sending = sending
        self._reached: Counter[str] = Counter()

    def run(self, account_id: str) -> None:
        self._pass("begun")
        mine = _loop.c.account_id == account_id
        with self._engine.begin() as connection:
            # The row first, so that the letters are those which `begin_run` takes out.
            connection.execute(update(_loop).where(mine).values(seq=_loop.c.seq))
            letters = connection.scalars(select(_letter.c.activity_id).where(_letter.c.account_id == account_id)).all()
            seq = jobs.begin_run(connection, account_id)
            if letters:
                connection.execute(
                    insert(_effect), [{"activity_id": name, "account_id": account_id} for name in letters]
                )
            self._mark(connection, account_id, seq, "begin")
            if account_id == self._deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            self._pass("before commit")
        self._pass("after commit")
        if account_id == self._failing:
            self._failing = ""
            raise ValueError("this run fails")
        if self._graph:
            Event().wait(self._graph)
        with self._engine.begin() as connection:
            if jobs.hold(connection, account_id, seq):
                self._mark(connection, account_id, seq, "end")
        self._pass("ended")

    def execute(self, action_id: str, worker: str) -> None:
        """Claims, sends, records; what is claimed already is only looked up at the provider."""
        now = SystemClock().now()
        if self._move(action_id, "pending", "claimed", now):
            self._pass("claimed")
            Event().wait(self._sending)
            with self._engine.begin() as connection:
                connection.execute(insert(_sent), {"action_id": action_id})
            self._pass("sent")
            self._move(action_id, "claimed", "done", now)
            return
        with self._engine.connect() as connection:
            went_out = connection.scalar(select(_sent.c.action_id).where(_sent.c.action_id == action_id))
        self._move(action_id, "claimed", "done" if went_out else "pending", now, after=LEASE)

    def lost(self, worker: str, now: datetime) -> None:
        """Nothing is claimed by name here: a lease ends by itself, and soon."""

    def due_actions(self, now: datetime) -> list[DueAction]:
        self._pass("dispatched")
        open_long = (_action.c.state == "claimed") & (_action.c.claimed_at < (now - LEASE).timestamp())
        query = select(_action.c.id, _action.c.turn).where((_action.c.state == "pending") | open_long)
        with self._engine.connect() as connection:
            return [DueAction(name, "smtp", turn) for name, turn in connection.execute(query)]

    def held_back(self, connection: Connection, account_id: str, deaths: int, until: datetime) -> None:
        connection.execute(insert(_held), {"account_id": account_id, "deaths": deaths})

    def tick(self, now: datetime) -> None:
        """Time alone brings nothing about here."""

    def _move(self, action_id: str, old: str, new: str, now: datetime, after: timedelta | None = None) -> bool:
        moved = update(_action).where(_action.c.id == action_id, _action.c.state == old)
        if after is not None:
            moved = moved.where(_action.c.claimed_at < (now - after).timestamp())
        values: dict[str, Any] = {"state": new, "turn": _action.c.turn + 1, "claimed_at": now.timestamp()}
        with self._engine.begin() as connection:
            return connection.execute(moved.values(**values)).rowcount == 1

    def _mark(self, connection: Connection, account_id: str, seq: int, edge: str) -> None:
        connection.execute(insert(_edge), {"account_id": account_id, "seq": seq, "edge": edge, "worker": os.getpid()})

    def _pass(self, place: str) -> None:
        self._reached[place] += 1
        if place == self._crash_at and self._reached[place] == self._crash_on:
            os.kill(os.getpid(), signal.SIGKILL)


def is_done(engine: Engine) -> bool:
    """Whether every account is asleep with its last run ended, and every action done."""
    with engine.connect() as connection:
        woken = bool(jobs.woken(connection))
        waiting = connection.scalar(select(_action.c.id).where(_action.c.state != "done").limit(1))
        return not woken and waiting is None and not _unfinished(connection)


def tell(engine: Engine, posted: int) -> Count:
    """Compares what was posted with what came of it."""
    with engine.connect() as connection:
        effects = connection.scalar(select(func.count()).select_from(_effect)) or 0
        different = connection.scalar(select(func.count(_effect.c.activity_id.distinct()))) or 0
        return Count(effects, posted - different, effects - different, _unfinished(connection), _overlaps(connection))


def sendings(engine: Engine) -> Counter[str]:
    """How often each action went out."""
    with engine.connect() as connection:
        return Counter(connection.scalars(select(_sent.c.action_id)))


def held(engine: Engine) -> list[tuple[str, int]]:
    """Which accounts were held back, after how many deaths."""
    with engine.connect() as connection:
        return [(name, deaths) for name, deaths in connection.execute(select(_held.c.account_id, _held.c.deaths))]


def claimed(engine: Engine) -> int:
    """How many actions are being sent."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(_action).where(_action.c.state == "claimed")) or 0


def seen_workers(engine: Engine) -> set[int]:
    """The processes that began a run."""
    with engine.connect() as connection:
        return set(connection.scalars(select(_edge.c.worker).distinct()))


def _unfinished(connection: Connection) -> int:
    """Accounts whose last run began and did not end."""
    ended = select(_edge.c.id).where(
        _edge.c.account_id == _loop.c.account_id, _edge.c.seq == _loop.c.seq, _edge.c.edge == "end"
    )
    query = select(func.count()).select_from(_loop).where(_loop.c.seq > 0, ~ended.exists())
    return connection.scalar(query) or 0


def _overlaps(connection: Connection) -> int:
    """Runs that ended after the next run of the same account had begun."""
    later = _edge.alias()
    begun_before = select(later.c.id).where(
        later.c.account_id == _edge.c.account_id,
        later.c.edge == "begin",
        later.c.seq > _edge.c.seq,
        later.c.id < _edge.c.id,
    )
    query = select(func.count()).select_from(_edge).where(_edge.c.edge == "end", begun_before.exists())
    return connection.scalar(query) or 0
