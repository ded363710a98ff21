"""How talks are read: by windows of the time at which they began, which overlap because each changes later."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from tools.base import CursorTooOld, Page, Rejected, SourceRecord


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far a round begins before the last one ended: `near` each time, `whole` once in `every`.

    Most of what changes is young. To read a whole day again each minute would use up a vendor's limit.
    """

    near: timedelta
    whole: timedelta
    every: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands; times are ISO 8601. `since` to `until`: the present window; `began`: until when is read.

    `whole_at`: when the whole overlap was read last. `page`: the vendor's next page of the window, "" for its first;
    `size`: how many the window had, where the vendor says so. `done`: everything until `began` was read.
    """

    since: str
    until: str
    began: str
    whole_at: str
    page: str = ""
    size: int = 0
    done: bool = False

    def packed(self) -> str:
        """As a cursor."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__}).decode()

    def window(self) -> tuple[datetime, datetime]:
        """From when to when is read now, aware UTC."""
        return datetime.fromisoformat(self.since), datetime.fromisoformat(self.until)


def begin(vendor: str, cursor: str | None, first: datetime, now: datetime, overlap: Overlap) -> Place:
    """Where a round begins: where the last one was broken off, else before its end; `first`: the beginning of all.

    Raises CursorTooOld for a cursor that is none of ours.
    """
    began = now.isoformat()
    if not cursor:
        return Place(first.isoformat(), began, began, began)
    try:
        place = Place(**orjson.loads(cursor))
        ended, whole_at = datetime.fromisoformat(place.began), datetime.fromisoformat(place.whole_at)
    except (ValueError, TypeError):
        raise CursorTooOld(vendor, "the place where reading stopped is not one of ours") from None
    if not place.done:
        return place
    is_whole = now - whole_at >= overlap.every
    since = max(first, ended - (overlap.whole if is_whole else overlap.near))
    return Place(since.isoformat(), began, began, began if is_whole else place.whole_at)


def pages(place: Place, following: Callable[[Place], tuple[Page, Place]]) -> Iterator[Page]:
    """Every page from a place on. `following`: the next page, and where reading stands behind it."""
    while not place.done:
        page, place = following(place)
        yield page


def records_of(
    file: str, found: Sequence[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], Any],
    record: Callable[[Mapping[str, Any]], SourceRecord | None],
) -> tuple[tuple[SourceRecord, ...], tuple[Rejected, ...]]:  # fmt: skip
    """The records of what a vendor gave, and what of it cannot be read, by its `key`; None of `record` is left out."""
    records: list[SourceRecord] = []
    rejected: list[Rejected] = []
    for one in found:
        try:
            told = record(one)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            rejected.append(Rejected(file, 0, "", f"{key(one)}: {type(error).__name__}"))
            continue
        records += [told] if told else []
    return tuple(records), tuple(rejected)
