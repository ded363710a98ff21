"""Calendars are read by what changed, on servers that can tell it and on others; what is gone is told as gone."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.unit.tools.calendars.diary import ADA, DAY, GUESTS, KIM, PASSWORD, diary
from tests.unit.tools.crm.salesforce.org import still
from tests.unit.tools.hands import NOON, Hands
from tools.adapter import Adapter, Opening
from tools.base import BadAnswer, CursorTooOld, NotAllowed, Source, SourceRecord, State
from tools.calendars.adapters import CALDAV, ICS
from tools.calendars.place import MOVED_ON
from tools.fakes.calendars import HOME, CalendarFake, event
from tools.fakes.wire import Answered, Asked, FakeTransport, Faults

Found = dict[str, SourceRecord]
Open = Callable[..., Source]
_URL = f"https://cal.example{HOME}"


def _open(fake: CalendarFake, adapter: Adapter, faults: Faults | None = None, **answers: str) -> Source:
    secrets = {ask.name for ask in adapter.asks if ask.secret}
    told = {name: value for name, value in answers.items() if name not in secrets}
    given = {name: SecretStr(value) for name, value in answers.items() if name in secrets}
    opening = Opening(
        told, given, NOON - 365 * DAY, fake.now, still(), FakeTransport(fake, faults), closing=ExitStack()
    )
    return adapter.source(opening)


def _caldav(fake: CalendarFake, faults: Faults | None = None, password: str = PASSWORD) -> Source:
    return _open(fake, CALDAV, faults, address=_URL, user=ADA, password=password)


def _ics(fake: CalendarFake, faults: Faults | None = None) -> Source:
    return _open(fake, ICS, faults, address="webcal://cal.example/secret/canary.ics?key=1", holder=ADA)


KINDS = {"told by the server": (True, _caldav), "compared": (False, _caldav), "whole": (True, _ics)}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> tuple[CalendarFake, Open]:
    fake = diary(Hands())
    fake.syncs, made = KINDS[request.param]
    return fake, made


def _read(source: Source, cursor: str | None = None) -> tuple[Found, str]:
    found: Found = {}
    for page in source.read("meetings", cursor):
        assert page.rejected == ()
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
    assert cursor is not None
    return found, cursor


def _subjects(found: Found) -> list[str]:
    return sorted(str(one.fields.get("subject")) for one in found.values() if not one.deleted)


def test_all_is_read_without_what_is_private(kind: tuple[CalendarFake, Open]) -> None:
    fake, made = kind
    found, cursor = _read(made(fake))
    assert _subjects(found) == ["Demo", "internal", *["weekly"] * 5, "weekly, a day later"]
    assert "canary" not in cursor
    assert {one.stream for one in found.values()} == {"meetings"}
    demo = next(one for one in found.values() if one.fields["subject"] == "Demo")
    assert demo.fields["attendees"][0] == {"email": KIM, "answer": "accepted"}


def test_only_what_changed_is_told_again(kind: tuple[CalendarFake, Open]) -> None:
    fake, made = kind
    _, cursor = _read(made(fake))
    again, cursor = _read(made(fake), cursor)
    assert again == {}
    fake.put("demo", event("demo", NOON + 5 * DAY, "STATUS:CANCELLED", guests=GUESTS, subject="Demo"))
    fake.put("new", event("new", NOON + 6 * DAY, guests=GUESTS))
    fake.remove("internal")
    changed, cursor = _read(made(fake), cursor)
    told = {str(one.fields.get("subject")): one for one in changed.values()}
    assert told["Demo"].fields["status"] == "canceled"
    assert told["new"].fields["status"] == "scheduled"
    assert len([one for one in changed.values() if one.deleted]) == 1
    assert _read(made(fake), cursor)[0] == {}


def test_shortened_series_tells_what_is_gone(kind: tuple[CalendarFake, Open]) -> None:
    fake, made = kind
    first, cursor = _read(made(fake))
    fake.put("weekly", event("weekly", NOON - 14 * DAY, "RRULE:FREQ=WEEKLY;COUNT=2", guests=GUESTS))
    changed, _ = _read(made(fake), cursor)
    gone = {name for name, one in changed.items() if one.deleted}
    assert len(gone) == 4
    assert gone <= set(first)


def test_calendar_moves_on_with_time_and_tells_what_went_meanwhile(kind: tuple[CalendarFake, Open]) -> None:
    fake, made = kind
    fake.put("far", event("far", NOON + 190 * DAY, guests=GUESTS))
    first, cursor = _read(made(fake))
    assert "far" not in _subjects(first)
    fake.remove("demo")
    fake.now.on(days=MOVED_ON.days + 1)  # type: ignore[attr-defined]
    later, _ = _read(made(fake), cursor)
    assert "far" in _subjects(later)
    assert len([one for one in later.values() if one.deleted]) == 1


def test_foreign_cursor_is_too_old_and_sight_is_of_one_calendar(kind: tuple[CalendarFake, Open]) -> None:
    fake, made = kind
    for cursor in ("nonsense", "{}", '{"x": 1}', "[]"):
        with pytest.raises(CursorTooOld):
            _read(made(fake), cursor)
    assert [(one.source, one.holder) for one in made(fake).sight(NOON - DAY, NOON)] == [("calendar", ADA)]
    assert made(fake).get("meetings", "x") is None


@pytest.mark.parametrize(
    ("faults", "state"),
    [(None, State.WELL), (Faults({"dropped": 100}, in_a_row=999), State.UNREACHABLE),
     (Faults({"limit": 100}, in_a_row=999), State.LIMITED)],
)  # fmt: skip
def test_check_says_how_it_stands(kind: tuple[CalendarFake, Open], faults: Faults | None, state: State) -> None:
    fake, made = kind
    health = made(fake, faults).check()
    assert health.state is state
    assert "canary" not in health.said + health.fix


def test_server_that_forgot_is_asked_for_everything_and_compared() -> None:
    fake = diary(Hands())
    _, cursor = _read(_caldav(fake))
    fake.remove("demo")
    fake.put("new", event("new", NOON, guests=GUESTS))
    fake.forgotten = 1000
    found, cursor = _read(_caldav(fake), cursor)
    assert _subjects(found) == ["new"]
    assert len([one for one in found.values() if one.deleted]) == 1
    assert _read(_caldav(fake), cursor)[0] == {}


@pytest.mark.parametrize("most", [1, 2, 3])
def test_server_that_tells_little_at_a_time(most: int) -> None:
    fake = diary(Hands())
    fake.most = most
    found, cursor = _read(_caldav(fake))
    assert len(_subjects(found)) == 8
    fake.put("new", event("new", NOON, guests=GUESTS))
    fake.remove("demo")
    changed, _ = _read(_caldav(fake), cursor)
    assert len(changed) == 2


def test_many_entries_come_in_pages_and_each_can_be_the_last() -> None:
    fake = diary(Hands())
    for one in range(120):
        fake.put(f"x{one}", event(f"x{one}", NOON + one * timedelta(hours=1), guests=GUESTS))
    whole, _ = _read(_caldav(fake))
    found: Found = {}
    cursor: str | None = None
    for _ in range(9):
        pages = _caldav(fake).read("meetings", cursor)
        page = next(pages)
        found |= {one.source_id: one for one in page.records}
        cursor = page.cursor
        if page.complete:
            break
    assert set(found) == set(whole)
    multigets = [one for one in fake.asked if b"multiget" in one.body]
    assert len(multigets) == 6


def test_wrong_password_and_what_is_no_calendar() -> None:
    fake = diary(Hands())
    health = _caldav(fake, password="wrong").check()
    assert health.state is State.NOT_ALLOWED
    with pytest.raises(NotAllowed):
        _read(_caldav(fake, password="wrong"))
    fake.entries[f"{HOME}demo.ics"] = "END:VCALENDAR"
    with pytest.raises(BadAnswer):
        _read(_ics(fake))


def test_entry_that_cannot_be_read_leaves_the_others() -> None:
    fake = diary(Hands())
    fake.put("broken", "canary words\r\n")
    pages = list(_caldav(fake).read("meetings", None))
    assert len([one for page in pages for one in page.records]) == 8
    assert all("canary" not in str(one) for page in pages for one in page.rejected)


def test_answer_that_defines_its_own_words_is_not_read() -> None:
    class Hostile:
        def __init__(self) -> None:
            self.asked: list[Asked] = []

        def answer(self, asked: Asked) -> Answered:
            text = b'<!DOCTYPE x [<!ENTITY a "b">]><d:multistatus xmlns:d="DAV:">&a;</d:multistatus>'
            return Answered(207, text, {})

    opening = Opening(
        {"address": _URL, "user": ADA}, {"password": SecretStr("x")}, NOON, Hands(), still(),
        FakeTransport(Hostile()), closing=ExitStack(),
    )  # fmt: skip
    assert CALDAV.source(opening).check().state is State.UNREACHABLE


def test_file_is_read_and_a_missing_one_told(tmp_path: Path) -> None:
    fake = diary(Hands())
    place = tmp_path / "cal.ics"
    source = _open(fake, ICS, holder=ADA, path=str(place), timezone="Europe/Berlin")
    assert source.check().state is State.UNREACHABLE
    place.write_bytes(fake.answer(Asked("GET", "/", (), {}, b"")).packed())
    assert len(_subjects(_read(source)[0])) == 8
    with pytest.raises(NotAllowed, match="time zone"):
        _open(fake, ICS, holder=ADA, path=str(place), timezone="Nowhere/Else")
    with pytest.raises(NotAllowed, match="neither"):
        _open(fake, ICS, holder=ADA)
