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

NEAR: Final = 0.25
"""Texts that are less alike (0 to 1) tell nothing of each other."""

PULL: Final = 6.0
TRUST: Final = 40.0
"""Of so many labels, half of what they say of the mixture of topics is believed."""


class Heard(NamedTuple):
    """One call that somebody may be asked about: what was said in it, and what the classifier made of that."""

    call_id: str
    text: str
    reading: TopicReading


@dataclass(frozen=True)
class LabelCorrection:
    """Moves a text towards the labels of texts like it, and all texts towards the mixture of topics of this company.

    `nearness`: one row a labelled text, of length 1. `votes`: its topic, one row of zeros and a one. `mixture`: what is
    added for each topic.
    """

    nearness: Numbers
    votes: Numbers
    mixture: Numbers

    def applied(self, nearness: Numbers, logits: Numbers) -> Numbers:
        """The logits as the labels would have them."""
        alike = np.clip((nearness @ self.nearness.T - NEAR) / (1 - NEAR), 0, 1) ** 2
        moved: Numbers = logits + self.mixture + PULL * (alike @ self.votes)
        return moved


def correction(nearness: Numbers, said: Sequence[Topic], labels: Sequence[Topic]) -> LabelCorrection | None:
    """What labels of texts (`nearness`: a row each) change, where the classifier had `said` so; None without labels."""
    if not labels:
        return None
    votes = np.zeros((len(labels), len(TOPICS)), dtype=np.float32)
    votes[np.arange(len(labels)), [TOPICS.index(label) for label in labels]] = 1
    counts = np.array([[list(x).count(topic) for topic in TOPICS] for x in (labels, said)], dtype=np.float32) + 1
    mixture = np.log(counts[0] / counts[1]) * len(labels) / (len(labels) + TRUST)
    return LabelCorrection(nearness, votes, mixture.astype(np.float32))


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
