"""Times and amounts as people say them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.web.words import amount_words, due_words, initials_of, moment_words, range_words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 17, 7, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(seconds=10), "in 10 s"), (timedelta(seconds=-5), "now"), (timedelta(minutes=12), "in 12 min"),
        (timedelta(minutes=-12), "12 min ago"), (timedelta(hours=6), "today 14:34"),
        (timedelta(hours=-12), "yesterday 20:34"),
        (timedelta(days=1), "tomorrow 8:34"), (timedelta(days=3), "Friday 8:34"), (timedelta(days=-20), "25 February"),
        (timedelta(days=-90), "17 December 2025"),
    ],
)  # fmt: skip
def test_a_moment_is_said_on_the_readers_clock(ahead: timedelta, said: str) -> None:
    assert moment_words(NOW + ahead, NOW, BERLIN) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=-4), ("4 min late", "late")), (timedelta(days=-3), ("3 days late", "late")),
        (timedelta(hours=-30), ("30 h late", "late")), (timedelta(hours=6), ("due 14:34", "soon")),
        (timedelta(days=1), ("due tomorrow", "calm")),
    ],
)  # fmt: skip
def test_what_is_left_is_said_in_words(ahead: timedelta, said: tuple[str, str]) -> None:
    assert due_words(NOW + ahead, NOW, BERLIN) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(950, "950"), (4_200, "4.2k"), (4_000, "4k"), (120_400, "120k"), (1_300_000, "1.3m"), (2_000_000, "2m")],
)
def test_an_amount_has_two_or_three_figures(value: float, said: str) -> None:
    assert amount_words(value) == said


def test_a_range_says_both_ends_and_nothing_where_nothing_is_known() -> None:
    assert range_words({"low": 4_200, "high": 9_800, "currency": "EUR"}) == "EUR 4.2k to 9.8k"
    assert range_words({"low": 0.0, "high": 0.0, "currency": "EUR"}) == ""
    assert range_words(None) == ""


@pytest.mark.parametrize(("name", "letters"), [("Lea Hartmann", "LH"), ("desk", "D"), ("", "?"), ("Ana-Maria", "AM")])
def test_a_person_in_two_letters(name: str, letters: str) -> None:
    assert initials_of(name) == letters
