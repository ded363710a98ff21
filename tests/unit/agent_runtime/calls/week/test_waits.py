"""Percentiles of waits: exact where all have ended, and never better for a growing backlog."""

from datetime import UTC, datetime, timedelta
from math import ceil, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.calls.week.waits import SHARES, Wait, first_after, needed, tail, wait

NOW = datetime(2026, 6, 1, tzinfo=UTC)
seconds = st.integers(0, 100_000).map(float)
waits = st.lists(st.builds(Wait, seconds, st.booleans()), min_size=40, max_size=120)


def shown(found: list[Wait], share: float) -> float:
    """The percentile, or more than everything where it is not reached."""
    value = tail(found).at(share).seconds
    return inf if value is None else value


@settings(deadline=None, max_examples=60)
@given(st.lists(seconds, min_size=40, max_size=200))
def test_without_open_ones_it_is_the_smallest_wait_that_covers_the_share(lengths: list[float]) -> None:
    found = tail([Wait(one, True) for one in lengths])
    for share in SHARES:
        assert found.at(share).seconds == sorted(lengths)[ceil(round(share * len(lengths), 6)) - 1]


@settings(deadline=None, max_examples=60)
@given(waits, st.lists(seconds, min_size=1, max_size=60))
def test_unreturned_misses_never_make_a_percentile_better(known: list[Wait], backlog: list[float]) -> None:
    grown = [*known, *(Wait(one, False) for one in backlog)]
    for share in SHARES:
        assert shown(grown, share) >= shown(known, share)


@settings(deadline=None, max_examples=60)
@given(waits)
def test_the_interval_holds_the_percentile(found: list[Wait]) -> None:
    for one in tail(found).percentiles:
        if one.seconds is not None:
            assert one.low is not None
            assert one.low <= one.seconds <= (inf if one.high is None else one.high)


def test_hand_computed_estimate_of_kaplan_and_meier() -> None:
    # Of ten, one leaves unseen at 2: S(1)=.9, S(3)=.9·7/8, S(4)=·6/7 … so half have ended at 6.
    lengths = [Wait(1, True), Wait(2, False), *(Wait(float(x), True) for x in range(3, 11))]
    assert tail(lengths, (0.5,)).at(0.5).seconds == 6
    assert tail([Wait(float(x), True) for x in range(1, 11)], (0.5,)).at(0.5).seconds == 5


@pytest.mark.parametrize(("share", "count"), [(0.5, 10), (0.9, 20), (0.95, 40)])
def test_a_percentile_wants_enough_beyond_it(share: float, count: int) -> None:
    assert needed(share) == count
    lengths = [Wait(float(x), True) for x in range(count)]
    assert tail(lengths).at(share).seconds is not None
    assert tail(lengths[1:]).at(share).too_few


def test_where_most_still_wait_only_the_least_is_known() -> None:
    found = tail([*(Wait(60, True) for _ in range(5)), *(Wait(7200, False) for _ in range(35))]).at(0.9)
    assert (found.seconds, found.at_least, found.too_few) == (None, 7200, False)


def test_a_wait_that_ends_later_than_now_still_waits() -> None:
    begun = NOW - timedelta(hours=2)
    assert wait(begun, NOW + timedelta(minutes=1), NOW) == Wait(7200, False)
    assert wait(begun, NOW, NOW) == Wait(7200, True)
    assert wait(begun, None, NOW, longest=timedelta(hours=1)) == Wait(3600, False)


def test_the_first_end_after_each_beginning_counts() -> None:
    ends = {"a": [NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=3)]}
    begun = [("a", NOW), ("a", NOW + timedelta(hours=2)), ("b", NOW)]
    found = first_after(begun, ends, NOW + timedelta(hours=4))
    assert found == [Wait(3600, True), Wait(3600, True), Wait(4 * 3600, False)]
