"""Google's calendar is read by what changed: nothing is missed or told twice, and private entries never come."""

from datetime import timedelta
from typing import Any

import pytest

from tests.unit.tools.hands import NOON, Hands
from tests.unit.tools.mail.mailbox import ADA, KIM, gmail, gmail_source, google_calendar
from tools.base import CursorTooOld, NotAllowed, Page, SourceRecord, State
from tools.fakes.gmail import GmailFake
from tools.fakes.google_calendar import meeting
from tools.mail.gmail.calendar_map import meeting_record

Found = dict[str, SourceRecord]
GUESTS = ((KIM, "accepted"), (ADA, "needsAction"))
ALL = {"google-e1", "google-s1_0", "google-s1_1", "google-s1_2"}


@pytest.fixture
def fake() -> GmailFake:
    return gmail(Hands())


def _read(fake: GmailFake, cursor: str | None = None) -> tuple[Found, str]:
    found: Found = {}
    last: Page | None = None
    for last in gmail_source(fake).read("meetings", cursor):
        found |= {one.source_id: one for one in last.records}
    assert last is not None
    assert last.complete
    return found, last.cursor


def test_meetings_are_told_with_answers_and_series_and_private_ones_are_not(fake: GmailFake) -> None:
    found, cursor = _read(fake)
    assert set(found) == ALL
    assert found["google-e1"].fields["attendees"] == [
        {"email": ADA, "answer": "accepted"}, {"email": KIM, "answer": "accepted"},
    ]  # fmt: skip
    assert (found["google-e1"].fields["organizer"], found["google-e1"].fields["calendar"]) == (ADA, ADA)
    assert len({one.fields["occurrence"] for one in found.values()}) == 4
    assert "canary" not in cursor + str(found)


@pytest.mark.parametrize("page", [1, 2, 3])
def test_every_page_can_be_the_last(fake: GmailFake, page: int) -> None:
    fake.calendar.page = page
    found: Found = {}
    cursor: str | None = None
    for number in range(20):
        one = next(iter(gmail_source(fake).read("meetings", cursor)))
        found |= {record.source_id: record for record in one.records}
        cursor = one.cursor
        if number == 1:
            fake.calendar.put("new", meeting("New", NOON + timedelta(days=1), GUESTS))
            fake.calendar.remove("e1")
        if one.complete:
            break
    last, _ = _read(fake, cursor)
    assert {key for key, one in (found | last).items() if not one.deleted} == (ALL | {"google-new"}) - {"google-e1"}


def test_only_what_changed_is_told_again(fake: GmailFake) -> None:
    _, cursor = _read(fake)
    assert _read(fake, cursor)[0] == {}
    fake.calendar.put("e1", {"status": "cancelled"})
    fake.calendar.remove("s1_2")
    fake.calendar.put("s1_1", {"start": {"dateTime": (NOON + timedelta(days=8)).isoformat()}})
    fake.calendar.put("e2", {"summary": "canary"})
    found, cursor = _read(fake, cursor)
    assert set(found) == {"google-e1", "google-s1_2", "google-s1_1"}
    assert (found["google-e1"].fields["status"], found["google-s1_2"].deleted) == ("canceled", True)
    assert found["google-s1_1"].occurred_at == NOON + timedelta(days=8)
    fake.calendar.put("s1_1", {"visibility": "private"})
    assert _read(fake, cursor)[0]["google-s1_1"].deleted


def test_a_token_that_is_too_old_lists_everything_and_tells_what_is_gone(fake: GmailFake) -> None:
    _, cursor = _read(fake)
    fake.calendar.remove("e1")
    fake.calendar.put("new", meeting("New", NOON + timedelta(days=1), GUESTS))
    fake.calendar.forgotten = 10_000
    found, cursor = _read(fake, cursor)
    assert {key for key, one in found.items() if one.deleted} == {"google-e1"}
    assert "google-new" in found
    fake.calendar.forgotten = -1
    assert _read(fake, cursor)[0] == {}


def test_the_window_moves_on_and_misses_nothing_meanwhile(fake: GmailFake) -> None:
    fake.calendar.put("far", meeting("Far", NOON + timedelta(days=190), GUESTS))
    fake.calendar.put("late", meeting("Late", NOON + timedelta(days=60), GUESTS))
    first, cursor = _read(fake)
    assert "google-far" not in first
    fake.calendar.remove("late")
    fake.now.on(days=31)  # type: ignore[attr-defined]
    found, _ = _read(fake, cursor)
    assert found["google-late"].deleted
    assert "google-far" in found


def test_foreign_cursors_are_too_old(fake: GmailFake) -> None:
    for one in ("{}", "nonsense", "[]", '{"begun": "x", "coming": {"given": {}, "seen": null}}'):
        with pytest.raises(CursorTooOld):
            _read(fake, one)


def test_without_the_scope_it_is_told_what_helps(fake: GmailFake) -> None:
    fake.granted = frozenset(one for one in fake.granted if "calendar" not in one)
    health = gmail_source(fake).check()
    assert health.state is State.NOT_ALLOWED
    assert "calendar" in health.said
    assert "streams=emails" in health.fix
    with pytest.raises(NotAllowed):
        google_calendar(fake).look()


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"start": {"date": "2026-03-02"}}, "2026-03-01T23:00:00+00:00"),
        ({"start": {"dateTime": "2026-03-02T09:00:00-05:00"}}, "2026-03-02T14:00:00+00:00"),
        ({"start": {"dateTime": "2026-03-02T09:00:00"}}, "2026-03-02T08:00:00+00:00"),
    ],
)
def test_times_of_every_kind(values: dict[str, Any], at: str) -> None:
    record = meeting_record({"id": "x", **values}, ADA, "Europe/Berlin", NOON)
    assert record is not None
    assert record.occurred_at.isoformat() == at
    assert meeting_record({"id": "x", "start": {"date": "soon"}}, ADA, "Nowhere", NOON) is None


def test_rooms_do_not_take_part_and_copies_are_known_as_one() -> None:
    room = {"email": "room@resource.example", "resource": True}
    told = meeting("Demo", NOON, GUESTS) | {"id": "a"}
    told["attendees"] = [*told["attendees"], room]
    mine, theirs = (
        meeting_record(told | {"id": key}, who, "UTC", NOON) for key, who in (("a", ADA), ("b", "bo@x.example"))
    )
    assert mine is not None
    assert theirs is not None
    assert [one["email"] for one in mine.fields["attendees"]] == [KIM, ADA]
    assert mine.source_id != theirs.source_id
    assert mine.fields["occurrence"] == theirs.fields["occurrence"]
