"""Which calls a person is asked about, and how little or much their words change the classifier. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from agent_runtime.calls.models import Topic
from agent_runtime.calls.topics import TOPICS, Numbers, TopicReading

SESSION: Final = 50
"""So many calls are twenty minutes of work."""

_STEPS, _PACE = 150, 0.5
# How strongly what the labels teach is held back; the mixture of topics more, for which fifty labels say little.
_PENALTY, _MIXTURE_PENALTY = 0.1, 3.0


class Heard(NamedTuple):
    """One call that somebody may be asked about: what was said in it, and what the classifier made of that."""

    call_id: str
    text: str
    reading: TopicReading


@dataclass(frozen=True)
class LabelCorrection:
    """What is added to the logits: `weights` times how a text lies (see TopicReader.nearness), and `mixture`."""

    weights: Numbers
    mixture: Numbers

    def applied(self, nearness: Numbers, logits: Numbers) -> Numbers:
        """The logits as the labels would have them."""
        moved: Numbers = logits + nearness @ self.weights.T + self.mixture
        return moved


def correction(nearness: Numbers, logits: Numbers, labels: Sequence[Topic]) -> LabelCorrection | None:
    """What labels of texts (rows of `nearness` and of the classifier's `logits`) teach it; None without labels.

    A logistic regression on top of the shipped one, which stays as it is: steps down the gradient from nothing, held
    back, so that a text unlike the labelled ones is read as before.
    """
    if not labels:
        return None
    truth = np.eye(len(TOPICS), dtype=np.float32)[[TOPICS.index(label) for label in labels]]
    weights = np.zeros((len(TOPICS), nearness.shape[1]), dtype=np.float32)
    mixture = np.zeros(len(TOPICS), dtype=np.float32)
    pace = _PACE * len(TOPICS) / len(labels)
    for _ in range(_STEPS):
        off = _shares(logits + nearness @ weights.T + mixture) - truth
        weights -= pace * (off.T @ nearness + _PENALTY * weights)
        mixture -= min(pace, 1 / _MIXTURE_PENALTY) * (off.sum(axis=0) + _MIXTURE_PENALTY * mixture)
    return LabelCorrection(weights, mixture)


def _shares(logits: Numbers) -> Numbers:
    found = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Numbers = found / found.sum(axis=1, keepdims=True)
    return shares


def to_ask(heard: Sequence[Heard], first: Collection[str], most: int = SESSION) -> list[Heard]:
    """At most `most` calls with different texts: those of `first`, then by turns the least sure and any.

    The same calls give the same choice: what is any is drawn by the ids.
    """
    unique: Mapping[str, Heard] = {one.text: one for one in reversed(heard)}
    rows = sorted(unique.values(), key=lambda one: _draw(one.call_id))
    chosen = [one for one in rows if one.call_id in first][:most]
    left = [one for one in rows if one not in chosen]
    unsure = sorted(left, key=lambda one: one.reading.probability)
    by_turns = (one for pair in zip(unsure, left, strict=True) for one in pair)
    return list(dict.fromkeys([*chosen, *by_turns]))[:most]


def _draw(call_id: str) -> bytes:
    return blake2b(call_id.encode(), digest_size=8).digest()
