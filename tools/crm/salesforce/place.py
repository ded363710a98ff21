"""Where the reading of a stream of Salesforce stands: behind a change and, of one moment, behind an id. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from tools.base import BadAnswer, CursorTooOld
from tools.crm.salesforce.given import Record
from tools.crm.salesforce.wire import VENDOR, dated
from tools.crm.values import Unmapped, moment_of, needed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stream stands. `since`: from which change on (as a literal of a query); `behind`: the last id of it.

    `high`: the latest change that was ever seen. `ended`: when the stream was last read to its end, ISO 8601.
    `done`: it came to its end. `covered`: until when deletions are known, ISO 8601.
    """

    since: str
    behind: str = ""
    high: str = ""
    ended: str = ""
    done: bool = False
    covered: str = ""

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

    def condition(self) -> str:
        """What is asked for: what changed later, and of the same moment what stands behind the last id."""
        if not self.behind:
            return f"SystemModstamp >= {self.since}"
        return f"(SystemModstamp > {self.since} OR (SystemModstamp = {self.since} AND Id > '{self.behind}'))"


def read_place(cursor: str) -> Place:
    """Out of a cursor; CursorTooOld where it is none of ours."""
    try:
        return Place(**orjson.loads(cursor))
    except (orjson.JSONDecodeError, TypeError):
        raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None


def following(at: Place, seen: Sequence[Record], now: datetime, *, more: bool) -> Place:
    """Where to go on after a page; BadAnswer where its records do not say when they changed."""
    if seen:
        last = _changed_at(seen[-1])
        at = replace(at, since=dated(last), behind=str(seen[-1]["Id"]), high=max(at.high, dated(last)))
    return at if more else replace(at, done=True, ended=now.isoformat())


def _changed_at(one: Record) -> datetime:
    try:
        return needed(moment_of(str(one.get("SystemModstamp") or ""), "SystemModstamp"), "SystemModstamp")
    except Unmapped:
        raise BadAnswer(VENDOR, "the query gives records without the time of their change") from None
