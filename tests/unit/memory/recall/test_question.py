"""A question's words, names, time and voice."""

from datetime import date

import pytest

from memory.recall.question import on_day, understand

SPEAKERS = ["Anna Weber", "Elias", "otto@example.org"]


def test_the_named_speaker_becomes_i() -> None:
    read = understand("When did Elias move the warehouse?", SPEAKERS)
    assert read.named == {"Elias"}
    assert read.voice == "I move the warehouse"
    assert read.asked == ["mov", "warehous"]
    assert read.kinds == {"when"}
    assert understand("What is Elias's plan?", SPEAKERS).voice == "my plan"


def test_a_speaker_is_named_by_any_part_of_the_name() -> None:
    assert understand("Was hat Weber gesagt?", SPEAKERS).named == {"Anna Weber"}
    assert understand("What did Otto want?", SPEAKERS).named == {"otto@example.org"}
    assert understand("What did Ott want?", SPEAKERS).named == frozenset()


@pytest.mark.parametrize(
    ("question", "inside", "outside"),
    [
        ("What happened in March 2026?", date(2026, 3, 9), date(2025, 3, 9)),
        ("Was war am 5. Mai 2025?", date(2025, 5, 5), date(2025, 5, 6)),
        ("What was said on 2026-01-31?", date(2026, 1, 31), date(2026, 1, 30)),
        ("Who called in may?", date(2024, 5, 2), date(2024, 6, 2)),
        ("What did we do in 2024?", date(2024, 12, 31), date(2025, 1, 1)),
    ],
)
def test_a_named_time_is_understood(question: str, inside: date, outside: date) -> None:
    read = understand(question, SPEAKERS)
    assert on_day(read, inside)
    assert not on_day(read, outside)


def test_may_is_not_always_a_month() -> None:
    assert not on_day(understand("May we send the offer?", SPEAKERS), date(2026, 5, 5))
