"""The live view: who waits now, high intent first, and whose turn it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent_runtime.calls.needs import CALLBACK_WINDOW
from agent_runtime.calls.week.rows import NeedRow

SHOWN: Final = 20
NO_OWNER: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A missed call that nobody has returned. `owner`: who or which pool has it; `late`: its window is over."""

    need_id: str
    account_id: str | None
    since: datetime
    minutes: int
    intent: str
    high_intent: bool
    queue: str
    owner: str
    due_at: datetime
    late: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class QueueNow:
    """One queue at this moment."""

    queue: str
    waiting: int
    high_intent: int
    late: int
    oldest_minutes: int


@dataclass(frozen=True, slots=True)
class Live:
    """Everything that waits at `as_of`; `oldest` is the high-intent miss that waits longest."""

    as_of: datetime
    waiting: int
    high_intent: int
    late: int
    unowned: int
    oldest: Waiting | None
    queues: tuple[QueueNow, ...]
    first: tuple[Waiting, ...]


def live(
    rows: Sequence[NeedRow],
    owners: Mapping[str, str],
    pools: Mapping[str, str],
    now: datetime,
    longest: timedelta = CALLBACK_WINDOW,
) -> Live:
    """The needs of the last days that nobody answered; older than `longest` nothing is an answer any more.

    `owners`: by need, who has its interaction; `pools`: by queue, who owns the line. High intent first, then by age.
    """
    found = [_waiting(row, owners, pools, now) for row in rows if _waits(row, now, longest)]
    found.sort(key=lambda one: (not one.high_intent, one.since, one.need_id))
    high = [one for one in found if one.high_intent]
    return Live(
        as_of=now,
        waiting=len(found),
        high_intent=len(high),
        late=sum(one.late for one in found),
        unowned=sum(one.owner == NO_OWNER for one in found),
        oldest=high[0] if high else None,
        queues=tuple(_queues(found)),
        first=tuple(found[:SHOWN]),
    )


def _waits(row: NeedRow, now: datetime, longest: timedelta) -> bool:
    return row.open_at(now) and now - row.at <= longest and not row.beyond_reach_at(now)


def _waiting(row: NeedRow, owners: Mapping[str, str], pools: Mapping[str, str], now: datetime) -> Waiting:
    return Waiting(
        need_id=row.need_id,
        account_id=row.account_id,
        since=row.at,
        minutes=int((now - row.at).total_seconds() // 60),
        intent=row.intent,
        high_intent=row.high_intent,
        queue=row.queue,
        owner=owners.get(row.need_id) or pools.get(row.queue) or NO_OWNER,
        due_at=row.due_at,
        late=row.due_at < now,
        attempts=row.attempts,
    )


def _queues(found: Sequence[Waiting]) -> list[QueueNow]:
    parts: dict[str, list[Waiting]] = {}
    for one in found:
        parts.setdefault(one.queue, []).append(one)
    rows = [
        QueueNow(
            queue,
            len(part),
            sum(one.high_intent for one in part),
            sum(one.late for one in part),
            max(one.minutes for one in part),
        )
        for queue, part in parts.items()
    ]
    return sorted(rows, key=lambda one: (-one.late, -one.waiting, one.queue))
