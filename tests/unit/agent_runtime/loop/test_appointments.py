"""Times to offer: open, two days, with notice, and never where the owner has a meeting already."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.loop.appointments import LENGTH, free_slots
from tests.unit.agent_runtime.watchtower.story import at, company

BERLIN = ZoneInfo("Europe/Berlin")
COMPANY = company()


def offered(now: str, busy: tuple[tuple[str, str], ...] = ()) -> list[str]:
    found = free_slots(COMPANY, [(at(x), at(y)) for x, y in busy], at(now))
    return [f"{x.starts_at.astimezone(BERLIN):%a %H:%M}".lower() for x in found]


def test_two_times_on_two_days_with_some_hours_notice() -> None:
    assert offered("mon 09:30") == ["mon 14:00", "tue 10:00"]
    assert offered("mon 15:00") == ["tue 10:00", "wed 10:00"]


def test_nobody_is_offered_a_weekend_or_the_time_of_a_known_meeting() -> None:
    assert offered("fri 16:30") == ["mon 10:00", "tue 10:00"]
    assert offered("mon 15:00", (("tue 09:45", "tue 10:15"), ("wed 08:00", "wed 16:30"))) == ["tue 14:00", "thu 10:00"]


def test_who_is_never_free_offers_nothing() -> None:
    assert offered("mon 15:00", (("mon 00:00", "sun4 00:00"),)) == []


@given(st.integers(0, 60 * 24 * 13), st.lists(st.tuples(st.integers(0, 20000), st.integers(10, 600)), max_size=12))
def test_what_is_offered_is_open_ahead_and_free(minutes: int, spans: list[tuple[int, int]]) -> None:
    now = at("mon 00:00") + timedelta(minutes=minutes)
    busy = [(at("mon 00:00") + timedelta(minutes=x), at("mon 00:00") + timedelta(minutes=x + y)) for x, y in spans]
    for slot in free_slots(COMPANY, busy, now):
        assert slot.starts_at > now
        assert COMPANY.calendar.minutes_between(slot.starts_at, slot.ends_at) == LENGTH.total_seconds() / 60
        assert all(slot.ends_at <= begins or ends <= slot.starts_at for begins, ends in busy)
