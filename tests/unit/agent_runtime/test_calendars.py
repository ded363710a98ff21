"""Opening hours, windows and what a clock change or a holiday does to them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.calendars import (
    BadCalendar,
    BusinessCalendar,
    WeeklyInterval,
    Window,
    holiday_dates,
    parse_hours,
    zone_named,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
SPLIT = "Mon-Fri 08:30-12:15, Mon-Fri 13:00-17:30, Sat 09:00-12:00"
OFFICE = BusinessCalendar(BERLIN, parse_hours(SPLIT), holiday_dates("DE", range(2024, 2028)))
ALWAYS = BusinessCalendar(BERLIN, parse_hours("Mon-Sun 00:00-24:00"))
NIGHT = BusinessCalendar(BERLIN, parse_hours("Mon-Sun 00:00-06:00, Fri 22:00-24:00"))

moments = st.datetimes(datetime(2024, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
minutes = st.integers(1, 60_000)
calendars = st.sampled_from([OFFICE, ALWAYS, NIGHT])


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[arg-type,misc]


def new_york(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[arg-type,misc]


@given(calendars, moments, minutes)
def test_open_time_added_is_the_open_time_between(calendar: BusinessCalendar, start: datetime, length: int) -> None:
    assert calendar.minutes_between(start, calendar.add(start, length)) == length


@given(calendars, moments, moments, minutes)
def test_what_starts_later_is_not_due_earlier(
    calendar: BusinessCalendar, one: datetime, other: datetime, length: int
) -> None:
    first, second = sorted([one, other])
    assert calendar.add(first, length) <= calendar.add(second, length)
    assert calendar.add(first, length) < calendar.add(first, length + 1)
    assert calendar.minutes_between(first, second) >= 0


@given(moments, moments, st.integers(0, 30))
def test_business_days_keep_the_order_and_end_in_opening_hours(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted([one, other])
    assert OFFICE.add_days(first, days) <= OFFICE.add_days(second, days)
    assert OFFICE.is_open(OFFICE.add_days(first, days))


@given(calendars, moments)
def test_the_next_opening_is_open_and_nothing_opens_before_it(calendar: BusinessCalendar, moment: datetime) -> None:
    opening = calendar.next_open(moment)
    assert calendar.is_open(opening)
    assert calendar.minutes_between(moment, opening) == 0
    assert (opening == moment) == calendar.is_open(moment)


@given(moments, moments, moments)
def test_open_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    whole = OFFICE.minutes_between(a, c)
    assert OFFICE.minutes_between(a, b) + OFFICE.minutes_between(b, c) == pytest.approx(whole, abs=1e-6)
    assert OFFICE.minutes_between(c, a) == -whole


@given(moments, moments)
def test_round_the_clock_all_time_counts_also_across_clock_changes(a: datetime, b: datetime) -> None:
    assert ALWAYS.minutes_between(a, b) == pytest.approx((b - a).total_seconds() / 60, abs=1e-6)


def test_friday_late_goes_on_on_monday() -> None:
    calendar = BusinessCalendar(NEW_YORK, parse_hours("Mon-Fri 09:00-17:00"))
    due = calendar.add(new_york(2025, 6, 6, 16, 30), 60)
    assert due == new_york(2025, 6, 9, 9, 30)
    assert due.tzinfo is UTC


def test_lunch_does_not_count() -> None:
    assert OFFICE.add(berlin(2025, 6, 3, 12, 0), 30) == berlin(2025, 6, 3, 13, 15)
    assert not OFFICE.is_open(berlin(2025, 6, 3, 12, 15))
    assert OFFICE.is_open(berlin(2025, 6, 3, 13, 0))
    assert not OFFICE.is_open(berlin(2025, 6, 3, 17, 30))


def test_a_window_that_fills_the_day_ends_when_the_day_ends() -> None:
    assert OFFICE.add(berlin(2025, 6, 3, 17, 0), 30) == berlin(2025, 6, 3, 17, 30)


def test_holidays_and_sundays_are_closed() -> None:
    before_easter = berlin(2025, 4, 17, 17, 0)
    assert OFFICE.add(before_easter, 60) == berlin(2025, 4, 19, 9, 30)
    assert OFFICE.add_days(before_easter, 2) == berlin(2025, 4, 22, 17, 0)


def test_a_night_shift_is_as_long_as_the_clock_change_makes_it() -> None:
    spring, autumn = berlin(2025, 3, 30, 0, 0), berlin(2025, 10, 26, 0, 0)
    assert NIGHT.minutes_between(spring, berlin(2025, 3, 30, 7, 0)) == 5 * 60
    assert NIGHT.minutes_between(autumn, berlin(2025, 10, 26, 7, 0)) == 7 * 60


def test_office_hours_stay_at_the_same_wall_time_across_the_clock_change() -> None:
    assert OFFICE.add(berlin(2025, 3, 28, 17, 0), 30 + 180 + 15) == berlin(2025, 3, 31, 8, 45)
    assert OFFICE.add_days(berlin(2025, 10, 24, 9, 0), 2) == berlin(2025, 10, 27, 9, 0)


def test_both_turns_of_a_repeated_hour_are_open() -> None:
    calendar = BusinessCalendar(BERLIN, parse_hours("Sun 02:00-03:00"))
    midnight = berlin(2025, 10, 26, 0, 0)
    assert calendar.minutes_between(midnight, midnight + timedelta(days=1)) == 120


def test_what_comes_while_closed_counts_from_the_next_opening() -> None:
    assert OFFICE.add_days(berlin(2025, 6, 1, 11, 0), 1) == berlin(2025, 6, 3, 8, 30)
    assert OFFICE.add_days(berlin(2025, 6, 3, 12, 30), 1) == berlin(2025, 6, 4, 13, 0)
    assert OFFICE.add(berlin(2025, 6, 1, 11, 0), 0) == berlin(2025, 6, 2, 8, 30)


def test_a_time_after_closing_on_a_shorter_day_moves_on() -> None:
    assert OFFICE.add_days(berlin(2025, 6, 6, 16, 0), 1) == berlin(2025, 6, 10, 8, 30)  # Whit Monday between


def test_long_windows_outgrow_what_is_kept() -> None:
    calendar = BusinessCalendar(BERLIN, parse_hours("Mon 09:00-10:00"))
    assert calendar.add(berlin(2025, 6, 2, 9, 0), 60 * 52 * 20 + 1).year == 2045
    assert calendar.minutes_between(berlin(1990, 1, 1, 9, 0), berlin(1990, 1, 1, 9, 30)) == 30


def test_equal_calendars_are_one_value() -> None:
    again = BusinessCalendar(BERLIN, parse_hours(SPLIT), OFFICE.holidays)
    again.is_open(berlin(2025, 6, 2, 9, 0))
    assert again == OFFICE
    assert hash(again) == hash(OFFICE)


def test_hours_are_read_sorted_and_joined() -> None:
    assert parse_hours("Sat 09:00-12:00, Mon 13:00-17:00, mon 8:30-13:00") == (
        WeeklyInterval(0, 8 * 60 + 30, 17 * 60),
        WeeklyInterval(5, 9 * 60, 12 * 60),
    )
    assert [interval.weekday for interval in parse_hours("Fri-Mon 10:00-11:00")] == [0, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Mon-Fri 09:00-17:00, Sat 9-12", '"Sat 9-12"'),
        ("Mon-Fry 09:00-17:00", '"Fry"'),
        ("Mon 17:00-09:00", "ends before it begins"),
        ("Mon 09:00-24:30", '"24:30"'),
        ("Mon 09:75-17:00", '"09:75"'),
        ("", '""'),
        ("Mon 09:00-17:00,", '""'),
    ],
)
def test_hours_that_cannot_be_read_are_named(text: str, named: str) -> None:
    with pytest.raises(BadCalendar, match=named):
        parse_hours(text)


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(BadCalendar, match="no opening time"):
        BusinessCalendar(BERLIN, ())


def test_naive_and_absurd_times_are_refused() -> None:
    with pytest.raises(BadCalendar, match="no time zone"):
        OFFICE.add(datetime(2025, 6, 2, 9), 10)  # noqa: DTZ001
    with pytest.raises(BadCalendar, match="outside the years"):
        OFFICE.is_open(datetime(9999, 12, 31, tzinfo=UTC))
    with pytest.raises(BadCalendar, match="-5 minutes"):
        OFFICE.add(berlin(2025, 6, 2, 9), -5)
    with pytest.raises(BadCalendar, match="no such opening time"):
        BusinessCalendar(BERLIN, parse_hours("Mon 09:00-09:01")).add(berlin(2190, 1, 1), 1e6)


def test_holidays_of_countries_and_regions() -> None:
    assert date(2025, 10, 3) in holiday_dates("DE", [2025])
    assert date(2025, 1, 6) not in holiday_dates("DE", [2025])
    assert date(2025, 1, 6) in holiday_dates("de-by", [2025])
    assert holiday_dates("DE", []) == frozenset()
    with pytest.raises(BadCalendar, match='"Germania"'):
        holiday_dates("Germania", [2025])


def test_a_zone_that_is_spelt_wrong_is_guessed() -> None:
    with pytest.raises(BadCalendar, match="Europe/Berlin"):
        zone_named("Europe/Berln")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("15 min", berlin(2025, 3, 28, 17, 15)),
        ("30 minutes", berlin(2025, 3, 28, 17, 30)),
        ("2 hours", berlin(2025, 3, 28, 19, 0)),
        ("10 days", berlin(2025, 4, 7, 17, 0)),
        ("1 hour", berlin(2025, 3, 28, 18, 0)),
        ("45 business min", berlin(2025, 3, 29, 9, 15)),
        ("1 business hour", berlin(2025, 3, 29, 9, 30)),
        ("1.5 Business Hours", berlin(2025, 3, 29, 10, 0)),
        ("2 business days", berlin(2025, 3, 31, 17, 0)),
        ("0 min", berlin(2025, 3, 28, 17, 0)),
    ],
)
def test_windows_end_when_they_say(text: str, due: datetime) -> None:
    assert Window.parse(text).due(berlin(2025, 3, 28, 17, 0), OFFICE) == due


@pytest.mark.parametrize("text", ["soon", "5", "3 weeks ago", "-1 day", "2 busines days", "1.5 days", "4000 days"])
def test_windows_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(BadCalendar, match=text):
        Window.parse(text)


@given(
    st.integers(1, 500),
    st.sampled_from(["min", "hours", "days", "business min", "business hours", "business days"]),
    moments,
)
def test_any_window_ends_after_it_begins_and_reads_as_it_is_written(amount: int, unit: str, start: datetime) -> None:
    window = Window.parse(f"{amount} {unit}")
    assert window.due(start, OFFICE) > start
    assert Window.parse(str(window)) == window
