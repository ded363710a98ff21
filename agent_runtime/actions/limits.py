"""How much may be sent through one provider and by one person in a minute, an hour, a day. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agent_runtime.playbook.bounds import Sending

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Cap = tuple[timedelta, int]


def of_connector(sending: Sending) -> tuple[Cap, ...]:
    """The most that goes through one connector within each stretch of time."""
    return ((MINUTE, sending.per_minute), (HOUR, sending.per_hour), (DAY, sending.per_day))


def of_sender(sending: Sending) -> tuple[Cap, ...]:
    """The most that one sender sends within each stretch of time."""
    return ((HOUR, sending.sender_per_hour), (DAY, sending.sender_per_day))


def room_at(sent: Sequence[datetime], caps: Sequence[Cap], now: datetime) -> datetime:
    """When the next may be sent, `now` at the earliest. `sent`: when others were, at least those of a day back."""
    newest = sorted(sent, reverse=True)
    times = [newest[most - 1] + stretch for stretch, most in caps if len(newest) >= most]
    return max([now, *times])
