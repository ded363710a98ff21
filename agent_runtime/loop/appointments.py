"""Times to offer to somebody who asked to meet: in opening hours, and not where a meeting of the owner is known."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from agent_runtime.loop.situation import FreeSlot
from agent_runtime.watchtower.company import Company

LENGTH: Final = timedelta(minutes=30)
OFFERED: Final = 2
# Nobody can be asked for the next hours, and nobody plans further ahead than this with a stranger.
_NOTICE: Final = timedelta(hours=4)
_LOOKED_AHEAD: Final = 14
# How long before it a meeting may have been put into the calendar.
_MADE_BEFORE: Final = timedelta(days=120)
# Tried in this order on each day, on the company's clock: mid-morning and early afternoon suit most.
_CLOCK: Final = tuple(time(hour, minute) for hour, minute in ((10, 0), (14, 0), (11, 0), (15, 0), (9, 30), (16, 0)))
Busy = Sequence[tuple[datetime, datetime]]


def free_slots(company: Company, busy: Busy, now: datetime) -> tuple[FreeSlot, ...]:
    """Two times on two different days, each wholly open and free as far as is known; fewer where there are fewer."""
    found: list[FreeSlot] = []
    for start in _candidates(company, now):
        taken = any(begins < start + LENGTH and start < ends for begins, ends in busy)
        another_day = not any(x.starts_at.date() == start.date() for x in found)
        if another_day and not taken and _is_open(company, start):
            found.append(FreeSlot(start, start + LENGTH))
        if len(found) == OFFERED:
            break
    return tuple(found)


def _candidates(company: Company, now: datetime) -> Iterator[datetime]:
    zone = company.calendar.zone
    today = now.astimezone(zone).date()
    for days in range(_LOOKED_AHEAD):
        for clock in _CLOCK:
            start = datetime.combine(today + timedelta(days=days), clock, zone).astimezone(now.tzinfo)
            if start - now >= _NOTICE:
                yield start


def _is_open(company: Company, start: datetime) -> bool:
    minutes = LENGTH.total_seconds() / 60
    return company.calendar.minutes_between(start, start + LENGTH) >= minutes


def busy_times(connection: Connection, owner_id: str, now: datetime) -> Busy:
    """When the meetings of this owner with their own customers are; times alone, nothing of what they are about."""
    activity, account = (SQLModel.metadata.tables[f"tenure_{name}"] for name in ("activity", "account"))
    query = (
        select(activity.c.data)
        .join(account, account.c.id == activity.c.account_id)
        .where(account.c.owner_id == owner_id, activity.c.occurred_at >= now - _MADE_BEFORE)
        .where(activity.c.kind == "meeting", activity.c.current, ~activity.c.deleted)
    )
    return [span for (data,) in connection.execute(query) if (span := _span(data)) and span[1] > now]


def _span(data: dict[str, object]) -> tuple[datetime, datetime] | None:
    begins, ends = data.get("starts_at"), data.get("ends_at")
    if not isinstance(begins, str) or data.get("status") not in ("scheduled", None):
        return None
    start = datetime.fromisoformat(begins)
    return start, datetime.fromisoformat(ends) if isinstance(ends, str) else start + LENGTH
