"""Entries become meetings: series with their exceptions, answers, time zones; floods and private ones do not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.tools.calendars.diary import ADA, DAY, GUESTS, KIM
from tests.unit.tools.hands import NOON
from tools.base import SourceRecord
from tools.calendars.entries import Unreadable, Window, meetings_in
from tools.fakes.calendars import event

BERLIN = ZoneInfo("Europe/Berlin")
WINDOW = Window(NOON - 365 * DAY, NOON + 180 * DAY, BERLIN)


def _meetings(*events: str, head: str = "") -> list[SourceRecord]:
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{head}{''.join(events)}END:VCALENDAR\r\n"
    found, rejected = meetings_in(text.encode(), WINDOW, NOON, "test")
    assert rejected == []
    return sorted(found.values(), key=lambda one: one.occurred_at)


def test_meeting_tells_who_takes_part_and_what_they_answered() -> None:
    organizer = f"ORGANIZER:mailto:{ADA}"
    (one,) = _meetings(event("a", NOON, organizer, guests=((KIM, "DECLINED"), ("bo@x.example", "NEEDS-ACTION"))))
    assert one.fields["attendees"] == [
        {"email": ADA, "answer": "accepted"}, {"email": KIM, "answer": "declined"},
        {"email": "bo@x.example", "answer": "none"},
    ]  # fmt: skip
    assert (one.fields["ical_uid"], one.fields["status"]) == ("a", "scheduled")
    assert (one.occurred_at, one.fields["ends_at"]) == (NOON, (NOON + timedelta(minutes=30)).isoformat())


def test_series_with_a_moved_a_cancelled_and_a_left_out_one() -> None:
    def at(weeks: int) -> str:
        return f"{NOON + 7 * weeks * DAY:%Y%m%dT%H%M%SZ}"

    series = event("w", NOON, "RRULE:FREQ=WEEKLY;COUNT=5", f"EXDATE:{at(1)}", guests=GUESTS)
    moved = event("w", NOON + 15 * DAY, f"RECURRENCE-ID:{at(2)}", subject="moved")
    cancelled = event("w", NOON + 21 * DAY, f"RECURRENCE-ID:{at(3)}", "STATUS:CANCELLED")
    found = _meetings(series, moved, cancelled)
    told = [((one.occurred_at - NOON).days, one.fields["subject"], one.fields["status"]) for one in found]
    assert told == [(0, "w", "scheduled"), (15, "moved", "scheduled"), (21, "w", "canceled"), (28, "w", "scheduled")]
    # An exception that does not name them has those of the series.
    assert all(one.fields["attendees"][0]["email"] == KIM for one in found)
    whole = _meetings(event("w", NOON, "RRULE:FREQ=WEEKLY;COUNT=5", guests=GUESTS))
    assert {one.source_id for one in found} < {one.source_id for one in whole}


def test_single_meeting_keeps_its_key_when_it_is_moved() -> None:
    (before,) = _meetings(event("a", NOON, guests=GUESTS))
    (after,) = _meetings(event("a", NOON + 3 * DAY, guests=GUESTS))
    assert before.source_id == after.source_id
    assert before.occurred_at != after.occurred_at


def test_times_of_every_kind() -> None:
    def one(start: str, head: str = "") -> datetime:
        text = f"BEGIN:VEVENT\r\nUID:z\r\nDTSTAMP:20260101T000000Z\r\n{start}\r\nSUMMARY:z\r\nEND:VEVENT\r\n"
        return _meetings(text, head=head)[0].occurred_at

    assert one("DTSTART;TZID=America/New_York:20260302T090000") == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert one("DTSTART:20260302T090000") == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert one("DTSTART:20260302T090000", "X-WR-TIMEZONE:Asia/Tokyo\r\n") == datetime(2026, 3, 2, tzinfo=UTC)
    assert one("DTSTART;VALUE=DATE:20260302") == datetime(2026, 3, 1, 23, tzinfo=UTC)


def test_weekly_meeting_keeps_its_hour_over_the_change_of_clocks() -> None:
    series = (
        "BEGIN:VEVENT\r\nUID:d\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20260323T100000\r\n"
        "RRULE:FREQ=WEEKLY;COUNT=2\r\nSUMMARY:d\r\nEND:VEVENT\r\n"
    )
    assert [one.occurred_at.hour for one in _meetings(series)] == [9, 8]


def test_private_entries_are_not_told() -> None:
    assert _meetings(event("p", NOON, "CLASS:PRIVATE"), event("c", NOON, "CLASS:CONFIDENTIAL")) == []


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=HOURLY;INTERVAL=2", "FREQ=DAILY;BYMINUTE=1,2,3"])
def test_flood_is_left_out_and_the_rest_is_read(rule: str) -> None:
    text = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event('f', NOON, f'RRULE:{rule}')}{event('a', NOON)}"
        "END:VCALENDAR\r\n"
    )
    found, rejected = meetings_in(text.encode(), WINDOW, NOON, "test")
    assert [one.fields["ical_uid"] for one in found.values()] == ["a"]
    assert [(one.field, one.file) for one in rejected] == [("RRULE", "test")]


@pytest.mark.parametrize("text", [b"", b"<html>canary</html>", b"BEGIN:VCALENDAR", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_told_without_its_words(text: bytes) -> None:
    with pytest.raises(Unreadable) as told:
        meetings_in(text, WINDOW, NOON, "test")
    assert "canary" not in str(told.value)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "UID:a", "DTSTART:20260302T090000Z", "DTSTART:nonsense", "RRULE:FREQ=WEEKLY;COUNT=3",
    "RRULE:FREQ=NEVER", "RRULE:FREQ=YEARLY;UNTIL=19000101T000000Z", "EXDATE:x", "ATTENDEE:kim", "ORGANIZER:mailto:",
    "DTEND:20200101T000000Z", "RECURRENCE-ID:20260302T090000Z", "SUMMARY:s", "CLASS:PRIVATE", "DURATION:PT",
]), max_size=14))  # fmt: skip
def test_whatever_stands_in_it_it_is_read_or_refused(lines: list[str]) -> None:
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])
    try:
        found, _ = meetings_in(text.encode(), WINDOW, NOON, "test")
    except Unreadable:
        return
    assert all(one.occurred_at.tzinfo is not None for one in found.values())
