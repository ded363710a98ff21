"""Where the reading of a calendar stands: what each of its resources gave, so that what is gone can be told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import orjson

from tools.base import CursorTooOld, SourceRecord
from tools.calendars.coming import gone

# How far ahead occurrences are told, and after how long from another day on.
AHEAD, MOVED_ON = timedelta(days=180), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """`begun`: when the window was laid, ISO 8601. `token`: the server's word for what is known.

    `marks`: by resource, its version. `given`: by resource, the keys of the meetings that it gave.
    """

    begun: str
    token: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

    @property
    def ends(self) -> datetime:
        """Until when occurrences are told."""
        return datetime.fromisoformat(self.begun) + AHEAD

    def with_resource(
        self, name: str, mark: str, found: Mapping[str, SourceRecord], read_at: datetime
    ) -> tuple["Place", list[SourceRecord]]:
        """After a resource was read: what it gives, and what it gave before and does not any more."""
        left = [key for key in self.given.get(name, ()) if key not in found]
        place = replace(
            self,
            marks={**self.marks, name: mark},
            given={**self.given, name: tuple(found)} if found else self._less(name),
        )
        return place, [*found.values(), *(gone(key, read_at) for key in left)]

    def without(self, name: str, read_at: datetime) -> tuple["Place", list[SourceRecord]]:
        """After a resource was removed: what it gave is gone."""
        marks = {key: value for key, value in self.marks.items() if key != name}
        left = [gone(key, read_at) for key in self.given.get(name, ())]
        return replace(self, marks=marks, given=self._less(name)), left

    def _less(self, name: str) -> dict[str, tuple[str, ...]]:
        return {key: value for key, value in self.given.items() if key != name}


def begin(cursor: str | None, now: datetime, vendor: str) -> Place:
    """Where this read begins; now and then in a window laid anew. CursorTooOld where the cursor is none of ours."""
    if not cursor:
        return Place(now.isoformat())
    try:
        told = orjson.loads(cursor)
        given = {name: tuple(keys) for name, keys in told["given"].items()}
        place = Place(**(told | {"given": given}))
        begun = datetime.fromisoformat(place.begun)
    except (orjson.JSONDecodeError, TypeError, KeyError, ValueError, AttributeError):
        raise CursorTooOld(vendor, "the place where reading stopped is not one of ours") from None
    # What was given stays known, so that an entry which is gone by then is still told as gone.
    return replace(place, begun=now.isoformat(), token="", marks={}) if now - begun > MOVED_ON else place
