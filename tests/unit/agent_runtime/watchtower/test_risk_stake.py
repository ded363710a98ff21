"""The range of what open deals stand to lose: it holds four times of five, and is never one number."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.watchtower.risk import stake

Deals = st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(1, 1e6)), min_size=1, max_size=30)


@given(Deals, st.integers(0, 500))
def test_a_range_lies_within_what_there_is_and_is_always_the_same(deals: list[tuple[float, float]], ended: int) -> None:
    risks, amounts = [x for x, _ in deals], [x for _, x in deals]
    found = stake(risks, amounts, ended)
    assert 0 <= found.low <= found.high <= found.total * 1.000001
    assert found == stake(risks, amounts, ended)


def test_without_open_deals_nothing_is_at_stake() -> None:
    assert stake([], [], 50).total == 0


def test_a_small_history_makes_the_range_wider() -> None:
    risks, amounts = [0.3] * 40, [1000.0] * 40
    few, many = stake(risks, amounts, 10), stake(risks, amounts, 1000)
    assert few.high - few.low > many.high - many.low


def test_four_of_five_pipelines_lie_in_their_range() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        risks = rng.uniform(0.1, 0.7, 25)
        amounts = rng.lognormal(9, 0.8, 25)
        found = stake(risks.tolist(), amounts.tolist(), 2000)
        held += found.low <= float(amounts[rng.random(25) < risks].sum()) <= found.high
    assert 140 <= held <= 180
