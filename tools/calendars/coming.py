"""The coming meetings that a calendar told, so that one that is gone can be told even where its server forgot. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tools.base import SourceRecord

# Of a meeting that is over for so long, nobody has to be told any more that its entry was removed.
_SETTLED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Coming:
    """`given`: by key, when the meetings begin that were told and are not long over.

    `seen`: what was met of a list of everything that is under way; None while changes are read.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] | None = ()

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Coming":
        """As it stands in a cursor; TypeError or KeyError for anything else."""
        return cls(dict(told["given"]), None if told["seen"] is None else tuple(told["seen"]))

    def behind(self, records: Sequence[SourceRecord]) -> "Coming":
        """After a page."""
        given = dict(self.given)
        for one in records:
            if one.deleted:
                given.pop(one.source_id, None)
            else:
                given[one.source_id] = one.occurred_at.isoformat()
        seen = None if self.seen is None else (*self.seen, *(one.source_id for one in records))
        return Coming(given, seen)

    def closed(self, read_at: datetime) -> tuple["Coming", list[SourceRecord]]:
        """At the end: what is long over is let go; after everything was listed, what was not listed is gone."""
        since = (read_at - _SETTLED).isoformat()
        coming = {key: starts for key, starts in self.given.items() if starts >= since}
        seen = set(coming if self.seen is None else self.seen)
        kept = {key: starts for key, starts in coming.items() if key in seen}
        return Coming(kept, None), [gone(key, read_at) for key in coming if key not in seen]

    def anew(self) -> "Coming":
        """Everything is to be listed from here on."""
        return replace(self, seen=())


def gone(key: str, read_at: datetime) -> SourceRecord:
    """An entry that is not there any more."""
    return SourceRecord("calendar", "meetings", key, read_at, read_at, deleted=True)
