"""Mailboxes and calendars through real ingest: killed anywhere, told twice and out of order, forgotten, in a storm."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from agent_runtime import db
from agent_runtime.connectors import service
from agent_runtime.connectors.sync import Reading
from agent_runtime.connectors.taking import take_page
from agent_runtime.ingest.service import Ingest, Taken
from memory.records import Activity
from tests.unit.agent_runtime.connectors.house import CONTEXT, HandClock
from tests.unit.agent_runtime.connectors.vendors import VendorHouse
from tests.unit.tools.calendars.diary import DAY, GUESTS
from tests.unit.tools.hands import NOON
from tests.unit.tools.mail.mailbox import ADA, KIM, letter
from tools.base import Page
from tools.fakes.calendars import event
from tools.fakes.google_calendar import meeting
from tools.fakes.graph_shapes import entry
from tools.fakes.wire import Faults

NAMES = ("gmail", "graph", "caldav", "ics")
every = pytest.mark.parametrize("name", NAMES)
STORM = {"limit": 6, "error": 8, "dropped": 6, "late": 6, "broken": 4}


class Killed(Exception):
    """The process ends here."""


@dataclass(slots=True)
class Dying(Reading):
    """Ends at its page number `at`: before what was read of it is kept, or just after."""

    at: int = 0
    inside: bool = False

    def _take(self, stream: str, page: Page, turn: int) -> Taken:
        self.at -= 1
        if self.at >= 0:
            return Reading._take(self, stream, page, turn)
        if self.inside:
            with self.engine.begin() as connection:
                take_page(connection, Ingest(self.context), self.connected.name, stream, page, turn, NOON)
                raise Killed
        Reading._take(self, stream, page, turn)
        raise Killed


class Confused(Reading):
    """Every page comes twice and backwards."""

    def _take(self, stream: str, page: Page, turn: int) -> Taken:
        return Reading._take(self, stream, replace(page, records=(*reversed(page.records), *page.records)), turn)


class Rooms:
    """Empty databases, made quickly: each is a copy of one."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        engine = db.make_engine(f"sqlite:///{folder / 'empty.db'}")
        db.create_schema(engine)
        engine.dispose()
        self._empty = (folder / "empty.db").read_bytes()

    def house(self, name: str, fake: Any = None, faults: Faults | None = None) -> VendorHouse:
        """A database of its own with this vendor connected; `fake`: the same stand-in as another's."""
        self._number += 1
        file = self._folder / f"{self._number}.db"
        file.write_bytes(self._empty)
        made = VendorHouse(db.make_engine(f"sqlite:///{file}"), name)
        if fake is not None:
            made.fake, made.hands = fake, fake.now
        _small_pages(made.fake, name)
        made.connect()
        made.faults = faults
        return made


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(tmp_path)


def _small_pages(fake: Any, name: str) -> None:
    if name == "gmail":
        fake.page, fake.calendar.page = 2, 2
    elif name == "graph":
        fake.page = 2
    elif name == "caldav" and "/calendars/ada/work/x0.ics" not in fake.entries:
        # The entries of a page are as many as are fetched at a time.
        for one in range(52):
            fake.put(f"x{one}", event(f"x{one}", NOON + one * timedelta(hours=1), guests=GUESTS))


def _living(house: VendorHouse) -> dict[str, list[tuple[object, ...]]]:
    """All that stands, without what is marked as removed and since when it could be seen."""
    state = house.state()
    return state | {"activities": [one for one in state["activities"] if not one[-1]], "tenure_coverage": []}


def _run(house: VendorHouse, kind: type[Reading] = Reading, **how: Any) -> None:
    with house.engine.begin() as connection:
        connected = service.opened(connection, house.means, house.name)
    kind(house.engine, connected, CONTEXT, HandClock(house.hands), **how).run()


@every
@pytest.mark.parametrize("inside", [False, True], ids=["after", "inside"])
def test_killed_at_every_page_it_goes_on_to_the_same_end(rooms: Rooms, name: str, inside: bool) -> None:
    whole = rooms.house(name)
    pages = sum(one.pages for one in whole.sync())
    assert pages == {"gmail": 6, "graph": 6, "caldav": 2, "ics": 1}[name]
    for at in range(pages):
        house = rooms.house(name, whole.fake)
        with pytest.raises(Killed):
            _run(house, Dying, at=at, inside=inside)
        house.sync()
        assert house.state() == whole.state(), at
        house.engine.dispose()
    whole.engine.dispose()


@every
def test_told_twice_and_backwards_it_is_the_same(rooms: Rooms, name: str) -> None:
    whole = rooms.house(name)
    whole.sync()
    house = rooms.house(name, whole.fake)
    _run(house, Confused)
    _run(house, Confused)
    assert house.state() == whole.state()


def _change_gmail(fake: Any) -> None:
    key = next(key for key, one in fake.mails.items() if one["name"] == "m3@mail.example")
    fake.label(key, add=["SPAM"], remove=["INBOX"])
    fake.add(letter("n1", KIM, ADA, "News", "Any news?", at=fake.now(), answers="m2"))
    fake.calendar.remove("s1_2")
    fake.calendar.put("s1_1", {"start": {"dateTime": (NOON + 8 * DAY).isoformat()}})
    fake.calendar.put("e1", {"visibility": "private"})
    fake.calendar.put("new", meeting("New", NOON + 4 * DAY, ((KIM, "accepted"), (ADA, "accepted"))))


def _change_graph(fake: Any) -> None:
    key = next(key for key, one in fake.mails.items() if one["internetMessageId"] == "<m3@mail.example>")
    fake.move(key, "junkemail")
    fake.add(letter("n1", KIM, ADA, "News", "Any news?", at=fake.now(), answers="m2"))
    fake.remove_event("s1-2")
    moved = entry("Weekly", NOON + 8 * DAY, ((KIM, "accepted"),))
    fake.add_event({"start": moved["start"], "end": moved["end"], "type": "exception"}, "s1-1")
    fake.add_event({"sensitivity": "private"}, "e1")
    fake.add_event(entry("New", NOON + 4 * DAY, ((KIM, "accepted"), (ADA, "organizer"))), "new")


def _change_calendar(fake: Any) -> None:
    fake.put("demo", event("demo", NOON + 5 * DAY, guests=GUESTS, subject="Demo"))
    fake.remove("internal")
    weekly = event("weekly", NOON - 14 * DAY, "RRULE:FREQ=WEEKLY;COUNT=4", guests=GUESTS)
    moved = event("weekly", NOON + 3 * DAY, f"RECURRENCE-ID:{NOON:%Y%m%dT%H%M%SZ}")
    fake.put("weekly", weekly + moved)
    fake.put("new", event("new", NOON + 4 * DAY, guests=GUESTS))


CHANGES: dict[str, Callable[[Any], None]] = {
    "gmail": _change_gmail, "graph": _change_graph, "caldav": _change_calendar, "ics": _change_calendar,
}  # fmt: skip


@every
def test_removed_moved_cancelled_and_unwanted_end_as_if_read_only_now(rooms: Rooms, name: str) -> None:
    house = rooms.house(name)
    house.sync()
    before = _living(house)["activities"]
    house.hands.on(hours=1)
    CHANGES[name](house.fake)
    house.sync()
    fresh = rooms.house(name, house.fake)
    fresh.sync()
    assert _living(house) == _living(fresh)
    assert _living(house)["activities"] != before


@every
def test_what_the_vendor_forgot_is_read_anew_and_what_went_meanwhile_is_gone(rooms: Rooms, name: str) -> None:
    house = rooms.house(name)
    house.sync()
    house.hands.on(hours=1)
    CHANGES[name](house.fake)
    _forget(house.fake, name)
    reports = house.sync()
    assert [one.problem for one in reports if one.problem] == []
    # A mail that became unwanted while the history was lost cannot be told: it is no more in what is listed.
    fresh = rooms.house(name, house.fake)
    fresh.sync()
    meetings = [[one for one in _living(which)["activities"] if one[1] == "meetings"] for which in (house, fresh)]
    assert meetings[0] == meetings[1]
    assert {*_living(fresh)["activities"]} <= {*_living(house)["activities"]}
    if name in ("gmail", "graph"):
        assert [one.resynced for one in reports] == [True, False]


def _forget(fake: Any, name: str) -> None:
    """Of what was before the change nothing is known any more."""
    if name == "gmail":
        del fake.events[:-1]
        fake.calendar.forgotten = 10_000
    elif name != "ics":
        fake.forgotten = 10_000


def test_a_mail_that_was_deleted_did_happen_and_a_cancelled_meeting_says_so(rooms: Rooms) -> None:
    for name, deletes in (("gmail", _delete_gmail), ("graph", _delete_graph)):
        house = rooms.house(name)
        house.sync()
        deletes(house.fake)
        house.sync()
        with house.engine.connect() as connection:
            table = Activity.__table__  # type: ignore[attr-defined]
            rows = connection.execute(select(table).where(table.c.current, ~table.c.deleted)).all()
        assert "<m1@mail.example>" in {one.data.get("message_id") for one in rows}
        assert [one.data["status"] for one in rows if one.subject == "Demo"] == ["canceled"]


def _delete_gmail(fake: Any) -> None:
    fake.delete(next(key for key, one in fake.mails.items() if one["name"] == "m1@mail.example"))
    fake.calendar.put("e1", {"status": "cancelled"})


def _delete_graph(fake: Any) -> None:
    fake.delete(next(key for key, one in fake.mails.items() if one["internetMessageId"] == "<m1@mail.example>"))
    fake.add_event({"isCancelled": True}, "e1")


_calm: dict[str, dict[str, list[tuple[object, ...]]]] = {}


@every
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), in_a_row=st.integers(1, 9), kills=st.lists(st.integers(0, 8), max_size=3))
def test_whatever_goes_wrong_the_end_is_the_same(
    rooms: Rooms, name: str, seed: int, in_a_row: int, kills: list[int]
) -> None:
    if name not in _calm:
        calm = rooms.house(name)
        calm.sync()
        CHANGES[name](calm.fake)
        calm.sync()
        _calm[name] = _living(calm)
    house = rooms.house(name, faults=Faults(STORM, seed=seed, in_a_row=in_a_row))
    for at in kills:
        try:
            _run(house, Dying, at=at, inside=bool(at % 2))
        except Killed:
            continue
    _until_whole(house)
    CHANGES[name](house.fake)
    _until_whole(house)
    assert _living(house) == _calm[name]
    house.engine.dispose()


def _until_whole(house: VendorHouse) -> None:
    for _ in range(60):
        if all(one.complete and not one.problem for one in house.sync()):
            return
    pytest.fail("it never came to its end")
