"""The stretch of time that a question names, in English and German."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.assistant.times import Span, span_of

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 17, 7, 40, tzinfo=UTC)


def day(text: str) -> datetime:
    """Midnight in the company's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("What changed since 3 March?", "2026-03-03", None),
        ("What changed since 2026-03-01", "2026-03-01", None),
        ("Was ist seit dem 3. März passiert?", "2026-03-03", None),
        ("Was ist seit dem 12.03. passiert?", "2026-03-12", None),
        ("What did we promise before May?", None, "2025-05-01"),
        ("Was war vor Februar offen?", None, "2026-02-01"),
        ("What was said on 12 March?", "2026-03-12", "2026-03-13"),
        ("What was said in February?", "2026-02-01", "2026-03-01"),
        ("Who called until 10 March 2026?", None, "2026-03-11"),
        ("What happened in the last two weeks?", "2026-03-03", None),
        ("Was geschah in den letzten zwei Wochen?", "2026-03-03", None),
        ("Who called last week?", "2026-03-09", "2026-03-16"),
        ("Who called this month?", "2026-03-01", None),
        ("What happened since Monday?", "2026-03-16", None),
        ("Who called yesterday? From yesterday on.", "2026-03-16", None),
        ("Who owns this account?", None, None),
        ("May I see it?", None, None),
        ("Who called on 31 February?", None, None),
    ],
)
def test_a_named_time_is_read(text: str, since: str | None, until: str | None) -> None:
    span = span_of(text, NOW, ZONE)
    assert (span.since, span.until) == (since and day(since), until and day(until))


def test_a_day_ahead_is_the_next_one() -> None:
    assert span_of("Which renew before 1 June?", NOW, ZONE, ahead=True).until == day("2026-06-01")
    assert span_of("Which renew before 1 February?", NOW, ZONE, ahead=True).until == day("2027-02-01")


@pytest.mark.parametrize(
    "text",
    [
        "What changed since I took over?",
        "Catch me up: what is new since this became mine?",
        "Was ist passiert, seit ich den Kunden übernommen habe?",
    ],
)
def test_since_i_took_over(text: str) -> None:
    assert span_of(text, NOW, ZONE).took_over


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    span = span_of(text, NOW, ZONE)
    assert all(x is None or x.tzinfo for x in (span.since, span.until))


@given(st.integers(0, 10_000))
def test_a_span_has_what_lies_within(hours: int) -> None:
    aware = NOW + timedelta(hours=hours)
    assert Span(aware, aware + timedelta(days=1)).has(aware)
    assert not Span(aware, aware + timedelta(days=1)).has(aware + timedelta(days=1))
