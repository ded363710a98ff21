"""Where the reading of a stream of HubSpot stands: behind an id at first, then behind the time of a change. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson

from tools.base import BadAnswer, CursorTooOld
from tools.crm.hubspot.given import Object
from tools.crm.hubspot.wire import VENDOR
from tools.crm.values import moment_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream of objects stands. Times are milliseconds since 1970.

    `began`: when the first read began; `after`: the id behind which it goes on, None when it is over.
    `changed`: from which change on is asked; `tie`: the last id of those that changed at that very moment, while they
    fill pages. `high`: the latest change that was ever seen. `binned`: until when removed objects are known.
    `done`: the last read came to its end.
    """

    began: int
    after: str | None = ""
    changed: int = 0
    high: int = 0
    tie: str | None = None
    binned: int = 0
    done: bool = False

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()


def read_place(cursor: str) -> Place:
    """Out of a cursor; CursorTooOld where it is none of ours."""
    try:
        return Place(**orjson.loads(cursor))
    except (orjson.JSONDecodeError, TypeError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None


def following(at: Place, seen: Sequence[Object], changed: str, *, more: bool) -> Place:
    """Where to go on after a page of what changed; BadAnswer where the objects do not say when."""
    more = more and bool(seen)
    if at.tie is not None:
        return replace(at, tie=str(seen[-1]["id"])) if more else replace(at, tie=None, changed=at.changed + 1)
    last = max(at.changed, _changed_at(seen[-1], changed)) if seen else at.changed
    at = replace(at, high=max(at.high, last))
    if not more:
        return replace(at, changed=at.high, done=True)
    return replace(at, tie="0") if last == at.changed else replace(at, changed=last)


def _changed_at(one: Object, changed: str) -> int:
    told = moment_of(str((one.get("properties") or {}).get(changed) or one.get("updatedAt") or ""), changed)
    if told is None:
        raise BadAnswer(VENDOR, "the search gives objects without the time of their change")
    return milliseconds(told)


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return int(moment.timestamp() * 1000)


def moment_at(ms: int) -> datetime:
    """The moment so many milliseconds after 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)
