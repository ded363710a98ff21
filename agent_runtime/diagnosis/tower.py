"""Is the watchtower itself getting worse? Deadlines looked at late, rejects rising, sources silent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, func, select

from agent_runtime.diagnosis.figures import Spread, spread
from agent_runtime.diagnosis.latency import Passed, hours
from agent_runtime.jobs.mailbox import AccountLoop
from agent_runtime.ledger.models import Expectation
from memory.records import Activity, Coverage, Reject

_expectation = Expectation.__table__  # type: ignore[attr-defined]
_loop = AccountLoop.__table__  # type: ignore[attr-defined]
_activity = Activity.__table__  # type: ignore[attr-defined]
_coverage = Coverage.__table__  # type: ignore[attr-defined]
_reject = Reject.__table__  # type: ignore[attr-defined]
_LATE = timedelta(hours=1)
_COMPARED = timedelta(days=28)
_REMEMBERED = timedelta(days=90)
_BLIND_AFTER = timedelta(days=1)
# A source is quiet when it has been for twice its longest pause; so many records make a pause mean something.
_PAUSES, _RECORDS = 2, 20


@dataclass(frozen=True, slots=True)
class Silent:
    """A source of which nothing came since `since`, longer than it ever paused; or that is read no more."""

    source: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Tower:
    """How the watchtower does: the last four weeks beside the four before.

    `late`: deadlines that should have been looked at an hour ago, `late_since` the oldest. `failing`: accounts whose
    last run raised. `told`, `told_before`: hours from when something could be known until it was said.
    """

    late: int
    late_since: datetime | None
    failing: int
    rejects: int
    rejects_before: int
    told: Spread
    told_before: Spread
    silent: tuple[Silent, ...]

    @property
    def degrading(self) -> tuple[str, ...]:
        """In words, what is worse than it was; empty when nothing is."""
        found = []
        if self.late:
            found.append(f"{self.late} deadlines were not looked at in time")
        if self.failing:
            found.append(f"the runs of {self.failing} accounts fail")
        # A count that doubled by more than chance: twice its own standard error above what it was.
        if self.rejects > 2 * self.rejects_before and self.rejects - self.rejects_before > 2 * self.rejects**0.5:
            found.append(f"rejected records rose from {self.rejects_before} to {self.rejects}")
        before, now = self.told_before.median, self.told.median
        if before is not None and now is not None and now > 2 * before and now - before > 1:
            found.append(f"what is missed is said {now:.1f} hours late, before it was {before:.1f}")
        found += [f"{x.source}: {x.why}" for x in self.silent]
        return tuple(found)


def tower(connection: Connection, every: Sequence[Passed], now: datetime) -> Tower:
    """How the watchtower of this database does at `now`; `every`: the signals of all accounts."""
    late, late_since = connection.execute(
        select(func.count(), func.min(_expectation.c.look_at)).where(_expectation.c.look_at < now - _LATE)
    ).one()
    return Tower(
        late=late,
        late_since=late_since,
        failing=connection.scalar(select(func.count()).where(_loop.c.failures > 0)) or 0,
        rejects=_rejects(connection, now - _COMPARED, now),
        rejects_before=_rejects(connection, now - 2 * _COMPARED, now - _COMPARED),
        told=_told(every, now - _COMPARED, now),
        told_before=_told(every, now - 2 * _COMPARED, now - _COMPARED),
        silent=(*_blind(connection, now), *_quiet(connection, now)),
    )


def _rejects(connection: Connection, since: datetime, until: datetime) -> int:
    inside = (_reject.c.rejected_at > since, _reject.c.rejected_at <= until)
    return connection.scalar(select(func.count()).where(*inside)) or 0


def _told(every: Iterable[Passed], since: datetime, until: datetime) -> Spread:
    return spread(hours(x.knowable_at, x.told_at) for x in every if x.told_at and since < x.knowable_at <= until)


def _blind(connection: Connection, now: datetime) -> list[Silent]:
    """Sources of which no part has been read for a day, though parts of others have."""
    query = select(_coverage.c.source, func.max(_coverage.c.visible_until)).group_by(_coverage.c.source)
    rows = connection.execute(query.order_by(_coverage.c.source)).all()
    return [Silent(source, until, "is read no more") for source, until in rows if until < now - _BLIND_AFTER]


def _quiet(connection: Connection, now: datetime) -> list[Silent]:
    """Streams in which nothing came for twice their longest pause of the last 90 days."""
    query = (
        select(_activity.c.stream, _activity.c.known_at)
        .where(_activity.c.known_at > now - _REMEMBERED, _activity.c.known_at <= now, _activity.c.revision == 0)
        .order_by(_activity.c.known_at)
    )
    came: dict[str, list[datetime]] = defaultdict(list)
    for stream, at in connection.execute(query):
        came[stream].append(at)
    found = []
    for stream in sorted(came):
        pauses = [later - earlier for earlier, later in pairwise(came[stream])]
        if len(came[stream]) >= _RECORDS and now - came[stream][-1] > max(_PAUSES * max(pauses), _BLIND_AFTER):
            found.append(Silent(stream, came[stream][-1], "nothing came for longer than ever before"))
    return found
