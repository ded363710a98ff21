"""What is gone from a calendar is told once, whichever way it is read; what is there is never told as gone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.tools.hands import NOON
from tools.base import SourceRecord
from tools.calendars.coming import Coming, gone

KEYS = st.sets(st.sampled_from("abcdefgh"))


def _told(keys: set[str], days: int = 3) -> list[SourceRecord]:
    at = NOON + timedelta(days=days)
    return [SourceRecord("calendar", "meetings", key, NOON, at) for key in sorted(keys)]


@given(st.lists(KEYS, min_size=1, max_size=5), st.integers(1, 3))
def test_a_list_of_everything_tells_what_is_not_in_it_any_more(states: list[set[str]], page: int) -> None:
    coming, before = Coming(), set[str]()
    for present in states:
        records = _told(present)
        coming = coming.anew()
        for start in range(0, len(records), page):
            coming = coming.behind(records[start : start + page])
        coming, ended = coming.closed(NOON)
        assert {one.source_id for one in ended} == before - present
        assert all(one.deleted for one in ended)
        assert set(coming.given) == present
        before = present


def test_changes_add_and_take_away_and_say_nothing_of_the_rest() -> None:
    coming, _ = Coming().behind(_told({"a", "b"})).closed(NOON)
    coming, ended = coming.behind([gone("a", NOON), *_told({"c"})]).closed(NOON)
    assert (set(coming.given), ended) == ({"b", "c"}, [])


def test_what_is_long_over_is_let_go_and_never_told_as_gone() -> None:
    coming, _ = Coming().behind([*_told({"old"}, days=-8), *_told({"new"}, days=-6)]).closed(NOON)
    assert set(coming.given) == {"new"}
    later, ended = coming.anew().closed(NOON + timedelta(days=3))
    assert (later.given, ended) == ({}, [])


@pytest.mark.parametrize("told", [{}, {"given": {}}, {"given": 1, "seen": None}])
def test_a_foreign_cursor_is_refused(told: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError)):
        Coming.read(told)
