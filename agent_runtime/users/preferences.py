"""What people set for themselves: their views, and when they are told something, in the caller's transaction."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert, select, update

from agent_runtime.errors import BadInput
from agent_runtime.users.models import Preference

_preference: Table = Preference.__table__  # type: ignore[attr-defined]
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's own settings; times are on their clock.

    `views`: name to address, as they were kept. `keys`: another letter by key. `channels`: by which somebody is told at
    all. `quiet`: from when to when nothing is sent, None for never; it may go over midnight. `sent_on`: the day of the
    last digest, as ISO text.
    """

    views: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    channels: frozenset[str] = frozenset({"mail", "chat", "page"})
    digest: bool = True
    digest_at: time = time(7, 30)
    digest_weekend: bool = False
    quiet: tuple[time, time] | None = None
    sent_on: str = ""

    def is_quiet(self, here: time) -> bool:
        """Whether nothing is sent at this time of the day."""
        if self.quiet is None:
            return False
        begin, end = self.quiet
        return begin <= here < end if begin <= end else here >= begin or here < end

    def why_not_now(self, now: datetime, zone: ZoneInfo) -> str:
        """Why the digest is not sent at `now`, in words; empty where it is due."""
        here = now.astimezone(zone)
        if not self.digest or "mail" not in self.channels:
            return "they switched it off"
        if self.sent_on == here.date().isoformat():
            return "it was sent today"
        if here.weekday() > _FRIDAY and not self.digest_weekend:
            return "they want none at the weekend"
        if here.time() < self.digest_at:
            return f"they want it at {self.digest_at:%H:%M}"
        return "they have quiet hours" if self.is_quiet(here.time()) else ""


def preferences_of(connection: Connection, user_id: str) -> Preferences:
    """What a person set; what everybody has where they set nothing."""
    row = connection.execute(select(_preference).where(_preference.c.user_id == user_id)).one_or_none()
    if row is None:
        return Preferences()
    quiet = (time.fromisoformat(row.quiet_from), time.fromisoformat(row.quiet_until)) if row.quiet_from else None
    return Preferences(
        {name: address for name, address in row.views}, dict(row._mapping["keys"]), frozenset(row.channels), row.digest,
        time.fromisoformat(row.digest_at), row.digest_weekend, quiet, row.sent_on,
    )  # fmt: skip


def keep(connection: Connection, user_id: str, wanted: Preferences) -> None:
    """Keeps what a person set."""
    begin, end = wanted.quiet or ("", "")
    values: dict[str, Any] = {
        "views": [list(x) for x in wanted.views.items()], "keys": wanted.keys, "channels": sorted(wanted.channels),
        "digest": wanted.digest, "digest_at": _written(wanted.digest_at), "digest_weekend": wanted.digest_weekend,
        "quiet_from": _written(begin), "quiet_until": _written(end), "sent_on": wanted.sent_on,
    }  # fmt: skip
    changed = update(_preference).where(_preference.c.user_id == user_id).values(**values)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(_preference), values | {"user_id": user_id})


def read_time(text: str) -> time:
    """A time of the day as a form sends it, such as 07:30; raises BadInput."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise BadInput("That is no time of the day.", fix="Write it as 07:30.") from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def _written(moment: time | str) -> str:
    return f"{moment:%H:%M}" if isinstance(moment, time) else moment
