"""Times as people type them, on their own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.errors import BadInput
from agent_runtime.web.when import read_when

BERLIN = ZoneInfo("Europe/Berlin")
# A Tuesday, 8:34 in Berlin.
NOW = datetime(2026, 3, 17, 7, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorrow", "2026-03-18 09:00"), ("tomorrow 9:30", "2026-03-18 09:30"),
        ("next tuesday 9am", "2026-03-24 09:00"), ("Tuesday", "2026-03-24 09:00"),
        ("Friday at 3pm", "2026-03-20 15:00"),
        ("next week", "2026-03-23 09:00"), ("in 3 days", "2026-03-20 08:34"), ("in 2 hours", "2026-03-17 10:34"),
        ("in an hour", "2026-03-17 09:34"), ("2026-05-04 14:00", "2026-05-04 14:00"),
        ("13.4. 8:15", "2026-04-13 08:15"),
        ("13.3.", "2027-03-13 09:00"), ("march 20", "2026-03-20 09:00"), ("20 March 14:00", "2026-03-20 14:00"),
        ("14:30", "2026-03-17 14:30"), ("6:00", "2026-03-18 06:00"), ("12am", "2026-03-18 00:00"),
        ("morgen 9 uhr", "2026-03-18 09:00"), ("nächsten montag", "2026-03-23 09:00"),
        ("in 2 wochen", "2026-03-31 09:34"),
    ],
)  # fmt: skip
def test_what_is_typed_means_a_moment(typed: str, meant: str) -> None:
    found = read_when(typed, NOW, BERLIN)
    assert f"{found.at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == meant
    assert not found.reply


def test_until_they_reply_is_an_event_with_an_end() -> None:
    found = read_when("until they reply", NOW, BERLIN)
    assert found.reply
    assert found.at == NOW + timedelta(days=7)


@pytest.mark.parametrize("typed", ["", "soon", "99:99", "31 february", "5", "in many days", "2026-13-40", "25pm"])
def test_what_is_no_time_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(BadInput, match="next tuesday"):
        read_when(typed, NOW, BERLIN)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(typed: str) -> None:
    try:
        found = read_when(typed, NOW, BERLIN)
    except BadInput:
        return
    assert found.at.tzinfo is not None
