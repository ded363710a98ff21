"""Which topic a caller's words are about: a linear model over words, pieces of words and, where there is one, a vector.

The weights come with the product; evals/topics/train.py made them, and NOTICE names the texts. They are numbers, out of
which no text can be read. Without the embedding model the same classifier goes by words alone.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from agent_runtime.calls.models import Topic
from agent_runtime.calls.topic_words import PIECES, TOPIC_WORDS, gist, named_topics, pieces_of
from agent_runtime.errors import BadInput
from memory.embed import Embedder

MODEL: Final = "topics-1"
TOPICS: Final[tuple[Topic, ...]] = (
    "buy_or_upgrade", "cancel_risk", "billing", "technical", "security", "scheduling", "other",
)  # fmt: skip
EMBEDDER: Final = "all-MiniLM-L6-v2-onnx-int8"
VECTOR_WEIGHT: Final = 1.5
READ_CHARACTERS: Final = 1000
"""So much of a text is read: people say what they want at the beginning."""

WEIGHTS: Final = Path(__file__).with_name("topics.npz")
_SHA256: Final = "5c4f93df61836cc597236995b0dafd3260a33eb82c9cbabf89a95d744b4c4e82"
_FOLDED: Final = 512
Numbers = NDArray[np.float32]


class TopicReading(NamedTuple):
    """The most probable topic with its probability; `topic` is "unknown" where that is too low to be said."""

    topic: Topic
    probability: float


class Correction(Protocol):
    """What people's labels change: how texts lie and their logits (one row each) in, logits out."""

    def applied(self, nearness: Numbers, logits: Numbers) -> Numbers: ...


class Head(NamedTuple):
    """One linear model over vectors (None: it goes without), words, and a bias; rows are TOPICS.

    It speaks where the probability, softened by `temperature`, is at least `least`.
    """

    vector: Numbers | None
    words: Numbers
    bias: Numbers
    temperature: float
    least: float


class TopicReader:
    """Reads topics; `embedder` is used only where it is the one that the weights were made with."""

    def __init__(self, embedder: Embedder | None = None, correction: Correction | None = None) -> None:
        self._embedder = embedder if embedder is not None and embedder.model == EMBEDDER else None
        self._correction = correction
        self._head = heads()["words" if self._embedder is None else "both"]

    def read(self, texts: Sequence[str]) -> list[TopicReading]:
        """One reading a text, in their order; a text without a word is "unknown"."""
        found = self.probabilities(texts)
        return [self._reading(text, row) for text, row in zip(texts, found, strict=True)]

    def probabilities(self, texts: Sequence[str]) -> Numbers:
        """How probable each of TOPICS is (columns) for each text (rows)."""
        if not texts:
            return np.zeros((0, len(TOPICS)), dtype=np.float32)
        nearness, logits = self.lie(texts)
        if self._correction is not None:
            logits = self._correction.applied(nearness, logits)
        found = np.exp((logits - logits.max(axis=1, keepdims=True)) / self._head.temperature)
        shares: Numbers = found / found.sum(axis=1, keepdims=True)
        return shares

    def lie(self, texts: Sequence[str]) -> tuple[Numbers, Numbers]:
        """How texts lie to each other (rows of length 1) and the logits of TOPICS for each, not corrected."""
        vectors = self._vectors(texts)
        return folded(texts) if vectors is None else vectors, self._logits(texts, vectors)

    def _vectors(self, texts: Sequence[str]) -> Numbers | None:
        return (
            None if self._embedder is None else self._embedder.embed([gist(text[:READ_CHARACTERS]) for text in texts])
        )

    def _logits(self, texts: Sequence[str], vectors: Numbers | None) -> Numbers:
        head = self._head
        found = np.tile(head.bias, (len(texts), 1))
        for row, text in enumerate(texts):
            places, values = word_features(text)
            found[row] += head.words[:, places] @ values
        if vectors is not None and head.vector is not None:
            found += VECTOR_WEIGHT * vectors @ head.vector.T
        return found

    def _reading(self, text: str, row: Numbers) -> TopicReading:
        best = int(row.argmax())
        sure = bool(text.strip()) and float(row[best]) >= self._head.least
        return TopicReading(TOPICS[best] if sure else "unknown", float(row[best]))


def word_features(text: str) -> tuple[NDArray[np.int64], Numbers]:
    """Places and values of a text's words: first the catalogue's topics, then pieces of words, these of length 1."""
    lower = gist(text[:READ_CHARACTERS]).lower()
    named = list(named_topics(lower).values())
    pieces = pieces_of(lower)
    values = np.fromiter(pieces.values(), dtype=np.float32, count=len(pieces))
    spread = values / max(float(np.linalg.norm(values)), 1e-9)
    places = np.fromiter(pieces, dtype=np.int64, count=len(pieces)) + len(named)
    counted = np.minimum(np.array(named, dtype=np.float32), 2) / 2
    return np.concatenate([np.arange(len(named)), places]), np.concatenate([counted, spread])


def folded(texts: Sequence[str]) -> Numbers:
    """Rows of length 1 by which texts are near each other where there is no embedder."""
    found = np.zeros((len(texts), _FOLDED), dtype=np.float32)
    for row, text in enumerate(texts):
        for place, value in pieces_of(gist(text[:READ_CHARACTERS]).lower()).items():
            found[row, place % _FOLDED] += value
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return (found / np.where(lengths == 0, 1, lengths)).astype(np.float32)


@cache
def heads() -> dict[str, Head]:
    """The two models of the package: "both" with vectors, "words" without. BadInput where the file was changed."""
    content = WEIGHTS.read_bytes()
    if sha256(content).hexdigest() != _SHA256:
        raise BadInput(
            f"The weights {WEIGHTS.name} are not what was published: their sha256 differs.",
            fix="Install the packages again: make setup.",
        )
    with np.load(BytesIO(content)) as stored:
        return {name: _head(stored, name) for name in ("both", "words")}


def _head(stored: Any, name: str) -> Head:
    vector = stored["both_vector"].astype(np.float32) if name == "both" else None
    words = stored[f"{name}_words"].astype(np.float32)
    if words.shape != (len(TOPICS), len(TOPIC_WORDS) + PIECES):
        raise BadInput(f"The weights {WEIGHTS.name} are of another version.", fix="Train them again.")
    temperature, least = (float(x) for x in stored[f"{name}_says"])
    return Head(vector, words, stored[f"{name}_bias"].astype(np.float32), temperature, least)
