"""The chance that an open opportunity is lost: a logistic model of few factors, learned from own history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self

import numpy as np

from agent_runtime.watchtower.risk.readings import FACTORS, Matrix, Reading, Usual, features, words
from agent_runtime.watchtower.risk.samples import Sample

PRIOR_WEIGHTS = np.array([0.0, 1.0, -1.0, 1.0, 1.0, 1.0, -0.5, 0.0])
"""Before any history: a constant of 0, the stage is taken at its word, an answer lowers the log odds by one
and our own turn by a half more, silence raises them by one for each power of e of the usual time and
once more beyond it, and the number of people says nothing. Round figures; own history soon overrules them.
"""
PRIOR_WORTH = np.array([0.5, *[4.0] * len(FACTORS)])
"""How many ended opportunities of the company's own the prior value of each weight is worth."""
ENDED_NEEDED = 30
"""With fewer ended opportunities than this the prior stands; what ends first is not typical of the rest."""
OPEN_WORTH = 0.5
"""An open opportunity counts as this part of an ended one, as lost and as not lost by its present risk;
without it what ends fast would pass for the whole."""
LEARN_EVERY = timedelta(days=7)
ROUNDS = 3
STEPS = 25
HALVINGS = 12
WIDEST = 6.0
"""Log odds are held within these bounds: nothing is ever certain."""


NOTHING_KNOWN = Usual()


class Factor(NamedTuple):
    """One reason: its key, the plain words, and by how much it moves the log odds against the usual case."""

    name: str
    words: str
    weight: float


class Risk(NamedTuple):
    """Probability that it ends lost, and the signed reasons, strongest first; `base` is the usual case's."""

    probability: float
    base: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class Model:
    """Weights of the constant and of `FACTORS`, what is usual, and how many ended opportunities it knows."""

    weights: tuple[float, ...] = tuple(PRIOR_WEIGHTS.tolist())
    typical: tuple[float, ...] = (0.0,) * len(FACTORS)
    usual: Usual = NOTHING_KNOWN
    ended: int = 0

    @property
    def learned(self) -> bool:
        """Whether own history speaks here, or still the prior."""
        return self.ended >= ENDED_NEEDED

    @classmethod
    def fit(cls, ended: Sequence[Sample], still_open: Sequence[Sample] = ()) -> Self:
        """Learns from samples of ended opportunities, and a little from those still open.

        The samples of one opportunity come together, oldest first; only what was known before the moment of
        learning may be given. Too few ended ones give the prior, with the company's own usual times.
        Maximum a posteriori under a Gaussian prior, by Newton's method; the same samples give the same model.
        """
        last = {sample.opportunity_id: sample.reading for sample in (*ended, *still_open)}
        usual, count = Usual.of(list(last.values())), len({sample.opportunity_id for sample in ended})
        if count < ENDED_NEEDED:
            return cls(usual=usual, ended=count)
        past = features([sample.reading for sample in ended], usual)
        present = features([sample.reading for sample in still_open], usual)
        days = np.array([sample.days for sample in ended])
        unit = days.sum() / count
        told = _Evidence(past, np.array([float(bool(sample.lost)) for sample in ended]), days / unit)
        stretch = np.array([sample.days for sample in still_open]) * (OPEN_WORTH / unit)
        weights = _learn(told, present, stretch, _newest_rows(still_open))
        typical = np.average(past, axis=0, weights=days)
        return cls(tuple(weights.tolist()), tuple(typical.tolist()), usual, count)

    def probabilities(self, readings: Sequence[Reading]) -> Matrix:
        """The risk of each reading, 0 to 1, in their order."""
        return _probability(features(readings, self.usual), np.array(self.weights))

    def risk(self, reading: Reading) -> Risk:
        """The risk of one opportunity with its reasons; base and factor weights add up to its log odds."""
        row, weights = features([reading], self.usual)[0], np.array(self.weights)
        typical = np.array(self.typical)
        moved = weights[1:] * (row - typical)
        factors = [
            Factor(name, words(name, reading, self.usual), round(float(weight), 3))
            for name, weight in zip(FACTORS, moved, strict=True)
        ]
        factors.sort(key=lambda factor: -abs(factor.weight))
        base = float(_probability(typical[None, :], weights)[0])
        probability = float(_probability(row[None, :], weights)[0])
        return Risk(probability, base, tuple(factor for factor in factors if abs(factor.weight) >= 0.01))

    def to_json(self) -> dict[str, Any]:
        return {
            "factors": list(FACTORS),
            "weights": list(self.weights),
            "typical": list(self.typical),
            "usual": list(self.usual),
            "ended": self.ended,
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> Self:
        """The model as stored; one learned on other factors gives the prior until the next learning."""
        if tuple(state["factors"]) != FACTORS:
            return cls()
        return cls(tuple(state["weights"]), tuple(state["typical"]), Usual(*state["usual"]), state["ended"])


def due(model: Model, ended: int, learned_at: datetime | None, now: datetime) -> bool:
    """Whether to learn again: weekly, and at once when history is first large enough.

    `ended` counts the ended opportunities that have samples.
    """
    if learned_at is None or now - learned_at >= LEARN_EVERY:
        return True
    return not model.learned and ended >= ENDED_NEEDED


class _Evidence(NamedTuple):
    rows: Matrix
    lost: Matrix
    worth: Matrix


def _newest_rows(still_open: Sequence[Sample]) -> list[int]:
    """For each open sample the index of the newest sample of its opportunity: what is believed today."""
    newest = {sample.opportunity_id: index for index, sample in enumerate(still_open)}
    return [newest[sample.opportunity_id] for sample in still_open]


def _learn(told: _Evidence, present: Matrix, stretch: Matrix, newest: list[int]) -> Matrix:
    weights = PRIOR_WEIGHTS
    for _ in range(ROUNDS if newest else 1):
        belief = _probability(present[newest], weights) if newest else stretch
        both = _Evidence(
            np.vstack([told.rows, present, present]),
            np.concatenate([told.lost, np.ones(len(present)), np.zeros(len(present))]),
            np.concatenate([told.worth, stretch * belief, stretch * (1 - belief)]),
        )
        weights = _most_likely(both, weights)
    return weights


def _most_likely(evidence: _Evidence, start: Matrix) -> Matrix:
    """Newton's method on the penalised likelihood, which is convex: it ends at the one best point."""
    rows, weights = np.column_stack([np.ones(len(evidence.rows)), evidence.rows]), start
    for _ in range(STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (evidence.worth * (fitted - evidence.lost)) + PRIOR_WORTH * (weights - PRIOR_WEIGHTS)
        spread = evidence.worth * fitted * (1 - fitted)
        step = np.linalg.solve((rows * spread[:, None]).T @ rows + np.diag(PRIOR_WORTH), slope)
        weights = _go(rows, evidence, weights, step)
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def _go(rows: Matrix, evidence: _Evidence, weights: Matrix, step: Matrix) -> Matrix:
    """As much of the step as improves the fit: a full one overshoots where history contradicts the prior."""
    here = _misfit(rows, evidence, weights)
    for _ in range(HALVINGS):
        if _misfit(rows, evidence, weights - step) <= here:
            return weights - step
        step = step / 2
    return weights


def _misfit(rows: Matrix, evidence: _Evidence, weights: Matrix) -> float:
    odds = rows @ weights
    misses = evidence.worth @ (np.logaddexp(0, odds) - evidence.lost * odds)
    return float(misses + PRIOR_WORTH @ (weights - PRIOR_WEIGHTS) ** 2 / 2)


def _probability(rows: Matrix, weights: Matrix) -> Matrix:
    odds = np.clip(weights[0] + rows @ weights[1:], -WIDEST, WIDEST)
    chance: Matrix = 1 / (1 + np.exp(-odds))
    return chance


def priority(
    probability: float,
    value: float,
    usual_value: float,
    *,
    k: float = 0.15,
    changeable: float = 1.0,
    urgency: float = 1.0,
) -> float:
    """What the inbox ranks by, ≥ 0: odds, (value over usual value)^k, what an action can
    change and urgency, multiplied.

    An unknown value (0) counts as the usual one. Higher comes first; `k` is the playbook's: 0 ranks by risk
    alone, 1 by money at risk.
    """
    odds = probability / (1 - min(probability, 0.9999))
    size = (value / usual_value) ** k if value > 0 and usual_value > 0 else 1.0
    return odds * size * changeable * urgency
