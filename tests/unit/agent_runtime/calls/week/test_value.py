"""Value at risk: a range that holds as often as it says, or a refusal."""

import random
from datetime import date

import numpy as np
import pytest

from agent_runtime.calls.week.backtest import backtest
from agent_runtime.calls.week.value import DELAYS, Exposed, Past, ValueAtRisk, delay_of, history_of, value_at_risk

WAITS = (900.0, 5000.0, 40_000.0, 200_000.0, 400_000.0)


class Truth:
    """One company with its true chances: what nobody knows in life."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.in_time = self.rng.uniform(0.15, 0.5)
        self.late = sorted((self.in_time * self.rng.uniform(0.1, 1) for _ in DELAYS), reverse=True)
        self.size = self.rng.uniform(7, 10)

    def worth(self) -> float:
        return self.rng.lognormvariate(self.size, 0.8)

    def past(self, in_time: int, late: int) -> list[Past]:
        return [self.one(True) for _ in range(in_time)] + [self.one(False) for _ in range(late)]

    def one(self, in_time: bool) -> Past:
        wait = 60.0 if in_time else self.rng.choice(WAITS)
        chance = self.in_time if in_time else self.late[delay_of(wait)]
        converted = self.rng.random() < chance
        return Past("s", in_time, wait, converted, self.worth() if converted else None, "EUR")

    def lost(self, exposed: list[Exposed]) -> float:
        """What these would have brought if they had been reached in time, and did not: seen by an angel."""
        lots = [(one, self.rng.random()) for one in exposed]
        return sum(self.worth() for one, lot in lots if self.late[delay_of(one.wait_s)] <= lot < self.in_time)


def month(truth: Truth) -> list[Exposed]:
    count = truth.rng.randrange(20, 150)
    return [Exposed(str(x), "s", truth.rng.choice(WAITS), True) for x in range(count)]


def test_four_in_five_simulated_months_lie_in_the_range() -> None:
    inside = 0
    for seed in range(200):
        truth = Truth(seed)
        past = truth.past(truth.rng.randrange(100, 600), truth.rng.randrange(100, 400))
        exposed = month(truth)
        total = value_at_risk(exposed, past).total
        assert total is not None
        inside += total.low <= truth.lost(exposed) <= total.high
    assert 0.7 <= inside / 200 <= 0.9


def test_what_is_predicted_of_past_months_holds_as_often() -> None:
    inside = months = 0
    for seed in range(30):
        truth = Truth(seed + 1000)
        by_month = {date(2026, x, 1): truth.past(60, 50) for x in range(1, 11)}
        judged = backtest(by_month)
        inside, months = inside + judged.inside, months + len(judged.months)
        assert judged.enough
        assert judged.widened >= 1
    assert months >= 200
    assert 0.7 <= inside / months <= 0.9


@pytest.mark.parametrize(
    ("in_time", "late", "words"),
    [(39, 200, "returned in time"), (300, 24, "returned late"), (0, 0, "returned in time")],
)
def test_too_small_a_history_is_refused_with_the_reason(in_time: int, late: int, words: str) -> None:
    found = value_at_risk([Exposed("n", "s", 900, False)], Truth(1).past(in_time, late))
    assert found.total is None
    assert words in found.refused[0].reason
    assert any("is left out" in one for one in found.assumptions)


def test_amounts_in_several_currencies_are_refused() -> None:
    past = Truth(1).past(300, 200)
    mixed = [Past(x.segment, x.in_time, x.wait_s, x.converted, x.value, "USD" if x.value and x.value > 5e3 else "EUR")
             for x in past]  # fmt: skip
    assert "several currencies" in str(history_of("s", mixed))


def test_segments_stand_for_themselves() -> None:
    known, unknown = Exposed("a", "s", 900, True), Exposed("b", "other", 900, True)
    found = value_at_risk([known, unknown], Truth(3).past(300, 300))
    assert [one.segment for one in found.segments] == ["s"]
    assert [one.segment for one in found.refused] == ["other"]
    assert set(found.expected) == {"a"}


def test_a_range_is_never_one_number_and_always_the_same() -> None:
    exposed, past = month(Truth(5)), Truth(5).past(400, 300)
    found = value_at_risk(exposed, past)
    assert found == value_at_risk(exposed, past)
    assert found.total is not None
    assert found.total.low < found.total.base < found.total.high


def test_nobody_can_put_a_multiplier_in() -> None:
    """Only how far the range reaches can be changed from outside, and only because months fell outside of it."""
    exposed, past = month(Truth(6)), Truth(6).past(400, 300)
    plain, widened = value_at_risk(exposed, past), value_at_risk(exposed, past, widened=2)
    assert plain.total is not None
    assert widened.total is not None
    assert widened.total.base == plain.total.base
    assert widened.total.high - widened.total.base == pytest.approx(2 * (plain.total.high - plain.total.base))
    names = set(value_at_risk.__annotations__) | set(ValueAtRisk.__annotations__)
    assert not any("rate" in name or "multipl" in name or "factor" in name for name in names)


def test_small_buckets_join_their_neighbours_and_lose_nobody() -> None:
    truth = Truth(8)
    past = [*truth.past(100, 60), Past("s", False, 900.0, True, 100.0, "EUR")]
    history = history_of("s", past)
    assert not isinstance(history, str)
    assert sum(one.n for one in history.late) == 61
    assert all(one.n >= 25 for one in history.late) or len(history.late) == 1
    assert np.isinf(history.late[-1].until_s)
