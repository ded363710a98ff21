"""What the risk model learns from invented companies whose way of losing is known, and its prior."""

import json
import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.watchtower.risk import Model, Reading, Sample, due, priority
from agent_runtime.watchtower.risk.readings import stage_odds

NOW = datetime(2031, 4, 7, tzinfo=UTC)
Company = Callable[[random.Random, str], list[Sample]]


def reading(answered: float = 0, theirs: float = 1, days: float = 0, chance: float = 0.5, delay: float = 0) -> Reading:
    return Reading(1.0, answered, theirs, days, 1.0, stage_odds(chance), delay, 1000.0)


def losing_by_silence(dice: random.Random, name: str) -> list[Sample]:
    """Those who mean to buy answer after about four days and sign ten later; the others just never answer."""
    lost, delay, given_up = dice.random() < 0.4, dice.expovariate(1 / 4), 12 + dice.expovariate(1 / 10)
    life = given_up if lost else delay + 10
    return [
        Sample(
            name,
            1.0,
            lost,
            reading(days=day) if lost or day < delay else reading(1, 0, day - delay, delay=delay),
        )
        for day in range(math.ceil(life))
    ]


def losing_by_chance(dice: random.Random, name: str) -> list[Sample]:
    """No proposals, no calls: three of ten are lost at any moment, for reasons that nobody can see."""
    lost, still = dice.random() < 0.3, Reading(0.0, 0.0, 1.0, 0.0, 1.0, stage_odds(0.5), 0.0, 0.0)
    life = math.ceil(dice.expovariate(1 / 20))
    return [Sample(name, 1.0, lost, still._replace(turn_days=float(day))) for day in range(life)]


def losing_by_talking(dice: random.Random, name: str) -> list[Sample]:
    """Who answers only wants a price to show to somebody else; who is quiet signs."""
    talks, life = dice.random() < 0.5, dice.randint(8, 20)
    lost = dice.random() < (0.8 if talks else 0.1)
    return [
        Sample(name, 1.0, lost, reading(1, 0, day - 2, delay=2) if talks and day > 2 else reading(days=day))
        for day in range(life)
    ]


def history(company: Company, seed: int, size: int = 400) -> list[Sample]:
    dice = random.Random(seed)
    return [row for number in range(size) for row in company(dice, f"o{number}")]


def judged(model: Model, rows: list[Sample]) -> tuple[float, float, float]:
    """Brier score, the same for the base rate, and the gap between mean forecast and truth."""
    forecast = model.probabilities([row.reading for row in rows])
    truth = np.array([float(bool(row.lost)) for row in rows])
    base = float(truth.mean())
    return float(((forecast - truth) ** 2).mean()), base * (1 - base), abs(float(forecast.mean()) - base)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_silence_means_loss_it_is_learned(seed: int) -> None:
    brier, base, gap = judged(Model.fit(history(losing_by_silence, seed)), history(losing_by_silence, seed + 50))
    assert brier < 0.55 * base
    assert gap < 0.06


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_losses_are_chance_it_falls_back_to_the_base_rate(seed: int) -> None:
    model = Model.fit(history(losing_by_chance, seed))
    brier, base, gap = judged(model, history(losing_by_chance, seed + 50))
    assert brier < base + 0.015
    assert gap < 0.08
    quiet, usual = losing_by_chance(random.Random(0), "o")[0].reading, 20.0
    assert 0.15 < model.risk(quiet._replace(turn_days=usual)).probability < 0.45


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_history_overrules_the_prior_where_it_says_the_opposite(seed: int) -> None:
    rows = history(losing_by_talking, seed)
    talking, quiet = reading(1, 0, 5), reading(days=7)
    prior, model = Model(), Model.fit(rows)
    assert prior.risk(talking).probability < prior.risk(quiet).probability
    assert model.risk(talking).probability > model.risk(quiet).probability + 0.4


def test_before_any_history_the_stage_is_taken_at_its_word_and_silence_adds_to_it() -> None:
    model = Model()
    untouched = reading(theirs=0, chance=0.4)
    assert model.risk(untouched).probability == pytest.approx(0.4)  # two thirds of the 0.6 not won
    assert model.risk(reading(days=7, chance=0.4)).probability == pytest.approx(0.4)
    assert model.risk(reading(days=2, chance=0.4)).probability < 0.4 < model.risk(reading(days=20)).probability
    assert model.risk(reading(1, 0, chance=0.4)).probability < 0.15


def test_a_small_history_leaves_the_prior_but_teaches_the_usual_time() -> None:
    few = [row for row in history(losing_by_silence, 1, 29)]
    model = Model.fit(few)
    assert not model.learned
    assert model.weights == Model().weights
    assert 1 <= model.usual.response_days < 7


def test_one_sided_history_still_gives_probabilities() -> None:
    rows = [row._replace(lost=False) for row in history(losing_by_silence, 1, 60)]
    forecast = Model.fit(rows).probabilities([row.reading for row in rows])
    assert 0 < forecast.min() <= forecast.max() < 0.4


def test_open_opportunities_keep_what_ends_fast_from_passing_for_the_whole() -> None:
    """Sixty signed within two days and thirty were lost; two hundred have been silent for three weeks."""
    signed = [Sample(f"w{n}", 1.0, False, reading(days=day)) for n in range(60) for day in range(2)]
    lost = [Sample(f"l{n}", 1.0, True, reading(days=day)) for n in range(30) for day in range(20)]
    still = [Sample(f"s{n}", 1.0, None, reading(days=day)) for n in range(200) for day in range(21)]
    fresh = reading(days=1)
    assert Model.fit(signed + lost, still).risk(fresh).probability > Model.fit(signed + lost).risk(fresh).probability


def test_reasons_add_up_to_the_risk_and_carry_their_sign() -> None:
    model = Model.fit(history(losing_by_silence, 1))
    risk = model.risk(reading(days=30))
    odds = math.log(risk.base / (1 - risk.base)) + sum(factor.weight for factor in risk.factors)
    assert 1 / (1 + math.exp(-min(odds, 6))) == pytest.approx(risk.probability, abs=0.01)
    strongest = risk.factors[0]
    assert strongest.weight > 0
    assert "no answer for 30 days" in {factor.words for factor in risk.factors}
    answered = model.risk(reading(1, 0, 2))
    assert {factor.name: factor.weight for factor in answered.factors}["answered"] < 0


def test_the_same_history_gives_the_same_model_and_it_survives_storage() -> None:
    model = Model.fit(history(losing_by_silence, 1, 80))
    assert Model.fit(history(losing_by_silence, 1, 80)) == model
    assert Model.from_json(json.loads(json.dumps(model.to_json()))) == model


def test_a_model_of_other_factors_is_not_used() -> None:
    stored = Model.fit(history(losing_by_silence, 1, 80)).to_json() | {"factors": ["weather"]}
    assert Model.from_json(stored) == Model()


def test_it_learns_at_first_sight_then_as_soon_as_there_is_enough_then_weekly() -> None:
    day = timedelta(days=1)
    learned = Model.fit(history(losing_by_silence, 1, 40))
    assert due(Model(), 0, None, NOW)
    assert not due(Model(), 29, NOW - day, NOW)
    assert due(Model(), 30, NOW - day, NOW)
    assert not due(learned, 90, NOW - 6 * day, NOW)
    assert due(learned, 40, NOW - 7 * day, NOW)


READINGS = st.builds(
    Reading,
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([0.0, 1.0]),
    st.floats(0, 5000),
    st.floats(1, 16),
    st.floats(-3, 3),
    st.floats(0, 400),
    st.floats(0, 1e9),
)


@given(st.lists(READINGS, max_size=20))
def test_a_risk_is_a_probability_and_one_by_one_equals_all_at_once(readings: list[Reading]) -> None:
    model = Model()
    together = model.probabilities(readings)
    assert len(together) == len(readings)
    assert all(0 < chance < 1 for chance in together)
    assert [model.risk(one).probability for one in readings] == pytest.approx(list(together))


@given(st.floats(0.01, 0.98), st.floats(1, 1e8), st.floats(0, 1))
def test_priority_rises_with_risk_and_with_value(probability: float, value: float, k: float) -> None:
    here = priority(probability, value, 1000, k=k)
    assert here >= 0
    assert priority(probability + 0.01, value, 1000, k=k) > here
    assert priority(probability, value * 2, 1000, k=k) >= here


def test_an_unknown_value_counts_as_the_usual_one() -> None:
    assert priority(0.5, 0, 1000) == priority(0.5, 1000, 1000) == pytest.approx(1)
    assert priority(0.5, 4000, 1000, k=0.5) == pytest.approx(2)
    assert priority(0.5, 1000, 1000, changeable=0.5, urgency=3) == pytest.approx(1.5)
