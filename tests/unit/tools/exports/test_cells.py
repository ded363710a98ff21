"""Single cells of exports, in the manners in which people's spreadsheets write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.exports.cells import amount_of, is_day_first, moment_of, seconds_of, time_of
from tools.world.values import BadValue

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1,234", 1234), ("€ 1.234", 1234), ("USD 120000.0", 120000),
        ("1234.500", 1234.5), ("0.125", 0.125), ("-1,5", -1.5), ("CHF 12'500.00", 12500), ("1,234,567.5", 1234567.5),
        ("12 500,00 €", 12500), ("7", 7),
    ],
)  # fmt: skip
def test_a_sum_is_read_in_either_manner(written: str, read: float) -> None:
    assert amount_of(written, "amount") == read


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=0, max_value=99))
def test_both_manners_of_a_sum_say_the_same(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert amount_of(english, "amount") == amount_of(german, "amount") == pytest.approx(whole + cents / 100)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02 10:15", "2026-03-02T09:15:00+00:00"),
        ("2026-03-02T10:15:00.000Z", "2026-03-02T10:15:00+00:00"),
        ("2026-03-02", "2026-03-02"),
        ("02.03.2026 10:15:30", "2026-03-02T09:15:30+00:00"),
        ("2/3/2026 1:15 PM", "2026-03-02T12:15:00+00:00"),
        ("2/3/26", "2026-03-02"),
        ("1772442900", "2026-03-02T09:15:00+00:00"),
        ("1772442900000", "2026-03-02T09:15:00+00:00"),
    ],
)
def test_a_time_is_a_day_or_a_moment_in_utc(written: str, read: str) -> None:
    assert time_of(written, "at", BERLIN, day_first=True) == read


@pytest.mark.parametrize("written", ["soon", "2026-02-30", "31.02.2026", "13/13/2026", "2026-03-02 25:00"])
def test_what_is_no_time_names_its_field(written: str) -> None:
    with pytest.raises(BadValue) as refused:
        time_of(written, "close_date", BERLIN, day_first=False)
    assert refused.value.field == "close_date"


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_which_comes_first_is_told_by_the_first_date_that_can_tell(day: date) -> None:
    month_first = f"{day.month}/{day.day}/{day.year}"
    told = is_day_first(["", month_first])
    assert told is (False if day.day > 12 else None)
    assert time_of(month_first, "at", BERLIN, day_first=False) == day.isoformat()


def test_a_day_alone_begins_and_ends_in_its_zone() -> None:
    assert moment_of("2026-03-02", BERLIN) == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert moment_of("2026-03-02", BERLIN, ends=True) == datetime(2026, 3, 2, 23, tzinfo=UTC)


def test_a_length_of_time_is_in_seconds() -> None:
    assert [seconds_of(x, "talk") for x in ("95", "1:35", "0:01:35")] == [95, 95, 95]
    with pytest.raises(BadValue):
        seconds_of("long", "talk")
