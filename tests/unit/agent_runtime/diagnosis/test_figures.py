"""Spreads count what is open, small samples say so, and a trend is more than chance."""

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.diagnosis.figures import Figure, Row, spread, trend
from agent_runtime.diagnosis.latency import Passed, latencies
from tests.unit.agent_runtime.watchtower.story import at


def test_open_cases_are_longer_than_all_others() -> None:
    found = spread([1.0, 2.0, 3.0, 4.0, None])
    assert (found.n, found.still_open, found.median, found.p90) == (5, 1, 3.0, None)
    assert spread([1.0] * 9 + [30.0]).p90 == 1.0
    assert spread([float(x) for x in range(1, 11)]).p90 == 9.0


def test_fewer_than_five_cases_have_no_figure() -> None:
    found = spread([1.0, 2.0, 3.0, 4.0])
    assert (found.n, found.median, found.tail) == (4, None, None)
    row = Row("a", "x", "y")
    assert Figure("f", 4, (row,)).share is None
    assert Figure("f", 5, (row,)).share == 0.2


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=40))
def test_a_median_never_lies_above_the_slow_tenth(hours: list[float | None]) -> None:
    found = spread(hours)
    if found.p90 is not None:
        assert found.median is not None
        assert found.median <= found.p90


def test_a_trend_is_more_than_chance() -> None:
    before, after = [(2, 100)] * 4, [(40, 100)] * 4
    assert trend(before, after) == "rising"
    assert trend(after, before) == "falling"
    assert trend(before, [(4, 100)] * 4) == "steady"
    assert trend([(0, 2)] * 4, [(2, 2)] * 4) == "too little"
    assert trend([], after) == "too little"
    assert trend([(0, 50)] * 4, [(0, 50)] * 4) == "steady"


def test_two_latencies_for_each_rule_and_blind_ones_left_out() -> None:
    due, seen, acted = at("mon 10:00"), at("mon 12:00"), at("tue 12:00")
    every = [Passed("answer_owed", due, due, seen, acted, came_back=False, blind=False)] * 6
    every += [Passed("answer_owed", due, due, None, None, came_back=False, blind=False)]
    every += [Passed("answer_owed", due, due, seen, None, came_back=True, blind=False)]
    every += [Passed("answer_owed", due, None, None, None, came_back=False, blind=True)]
    [found] = latencies(every)
    assert (found.seen.n, found.seen.still_open, found.seen.median) == (8, 1, 2.0)
    assert (found.acted.n, found.acted.still_open, found.acted.median) == (6, 0, 24.0)
    assert found.unseen == 1
