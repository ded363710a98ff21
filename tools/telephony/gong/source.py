"""Gong as a source: recorded talks by the time at which they began, read again for days until they are written down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from tools.base import (
    Cap,
    CursorTooOld,
    Health,
    LimitReached,
    NotAllowed,
    Page,
    Rejected,
    Row,
    Sight,
    SourceRecord,
    State,
    StreamSpec,
    VendorError,
)
from tools.http.client import Refused
from tools.telephony.gong.map import is_private, record_of, user_row
from tools.telephony.gong.wire import VENDOR, GongWire, Object

# What was said is written down some time after a talk; so long it is asked for again.
OVERLAP = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class _Place:
    """`since` to `began`: what is read now, ISO 8601; `cursor`: its next page; `done`: it was read to its end."""

    since: str
    began: str
    cursor: str = ""
    done: bool = False


@dataclass(slots=True)
class GongSource:
    """One company. `consent`: what people are told of recording; `calls`: whether calls are read beside meetings."""

    wire: GongWire
    now: Callable[[], datetime]
    since: datetime
    consent: str = "all_party"
    calls: bool = False
    name: str = VENDOR
    capabilities: frozenset[Cap] = frozenset({Cap.WEBHOOKS})

    def check(self) -> Health:
        """Asks for the people."""
        try:
            self.wire.users()
        except NotAllowed as error:
            return Health(State.NOT_ALLOWED, "Gong does not accept the credential.", fix=error.fix)
        except LimitReached:
            return Health(State.LIMITED, "Gong's limit is used up; reading goes on when it is free again.")
        except VendorError as error:
            return Health(State.UNREACHABLE, f"Gong could not be reached: {error.what}.")
        return Health(State.WELL, "Gong answers, and the credential may read.")

    def streams(self) -> list[StreamSpec]:
        """The people, then the talks."""
        what = "recorded meetings and calls" if self.calls else "recorded meetings"
        return [
            StreamSpec("people", "recordings", "who is who: name and address"),
            StreamSpec("talks", "recordings", f"{what} with what was said; never a private one", overlap=OVERLAP),
        ]

    def read(self, stream: str, cursor: str | None) -> Iterator[Page]:
        """The pages after `cursor`: the people whole each time, talks by when they began."""
        if stream == "people":
            yield self._people()
            return
        place = self._begin(cursor)
        while not place.done:
            page, place = self._next(place)
            yield page

    def get(self, stream: str, source_id: str) -> Page | None:
        """Nothing is read one by one."""
        return None

    def sight(self, since: datetime, until: datetime) -> list[Sight]:
        """None: that no recording is there says nothing of whether people spoke."""
        return []

    def _begin(self, cursor: str | None) -> _Place:
        began = self.now().isoformat()
        if not cursor:
            return _Place(self.since.isoformat(), began)
        try:
            place = _Place(**orjson.loads(cursor))
        except (orjson.JSONDecodeError, TypeError):
            raise CursorTooOld(VENDOR, "the place where reading stopped is not one of ours") from None
        if not place.done:
            return place
        return _Place(max(self.since, datetime.fromisoformat(place.began) - OVERLAP).isoformat(), began)

    def _next(self, place: _Place) -> tuple[Page, _Place]:
        since, until = (datetime.fromisoformat(x) for x in (place.since, place.began))
        try:
            found, cursor = self.wire.calls(since, until, place.cursor)
        except Refused:
            if not place.cursor:
                raise
            # The cursor has grown old: it is read anew from its beginning.
            found, cursor = self.wire.calls(since, until, "")
        following = replace(place, cursor=cursor, done=not cursor)
        return self._page(found, until, _packed(following), following.done), following

    def _page(self, found: Sequence[Object], read_at: datetime, cursor: str, complete: bool) -> Page:
        records: list[SourceRecord] = []
        rejected: list[Rejected] = []
        open_ones = [one for one in found if not is_private(one) and (self.calls or _is_meeting(one))]
        said = self.wire.transcripts([str(one["metaData"]["id"]) for one in open_ones]) if open_ones else {}
        for one in open_ones:
            try:
                told = record_of(one, said.get(str(one["metaData"]["id"]), ()), self.consent, self.now())
            except (KeyError, TypeError, ValueError) as error:
                rejected.append(Rejected("gong talks", 0, "", f"{one['metaData'].get('id')}: {type(error).__name__}"))
                continue
            records += [told] if told else []
        return Page(tuple(records), cursor, complete, read_at, {}, tuple(rejected))

    def _people(self) -> Page:
        read_at, rows, cursor = self.now(), list[Row](), ""
        while True:
            found, cursor = self.wire.users(cursor)
            rows += map(user_row, found)
            if not cursor:
                return Page((), "", True, read_at, {"people": rows})


def _is_meeting(one: Object) -> bool:
    return str(one["metaData"].get("direction") or "") not in ("Inbound", "Outbound")


def _packed(place: _Place) -> str:
    return orjson.dumps({name: getattr(place, name) for name in place.__slots__}).decode()
