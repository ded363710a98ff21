"""BM25 over lists of numbered words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from memory.recall.prepared import Codes, code

Scores = NDArray[np.float64]
K1, B = 1.2, 0.75


class _Posting(NamedTuple):
    places: NDArray[np.intp]
    times: NDArray[np.intp]


class Index:
    """BM25 (Robertson and Zaragoza 2009) over texts; the rarity of a word is that within these texts.

    Each text is a run of lists of words. Only the words that are asked for are ever looked up.
    """

    def __init__(self, texts: Sequence[Sequence[Codes]]) -> None:
        self.lengths = np.array([sum(map(len, one)) for one in texts], dtype=np.float64)
        self._codes = np.concatenate([part for one in texts for part in one] or [np.zeros(0, dtype=np.uint32)])
        whole = self.lengths.astype(np.intp)
        self._place = np.repeat(np.arange(len(texts)), whole)
        self._ends = np.cumsum(whole)
        self._postings: dict[str, _Posting] = {}
        self._weight = K1 * (1 - B + B * self.lengths / max(1.0, float(self.lengths.mean()) if len(texts) else 1.0))

    def __len__(self) -> int:
        return len(self.lengths)

    def codes_of(self, place: int) -> list[int]:
        """The numbers of one text's words in their order."""
        end = int(self._ends[place])
        found: list[int] = self._codes[end - int(self.lengths[place]) : end].tolist()
        return found

    def rarity(self, word: str) -> float:
        """The inverse document frequency; highest for a word that occurs nowhere."""
        having = len(self.having(word))
        return float(np.log(1 + (len(self) - having + 0.5) / (having + 0.5)))

    def knows(self, word: str) -> bool:
        """Whether any text has the word."""
        return len(self.having(word)) > 0

    def having(self, word: str) -> NDArray[np.intp]:
        """The places of the texts that have the word."""
        return self._posting(word).places

    def bm25(self, asked: set[str]) -> Scores:
        """One score a text."""
        scores = np.zeros(len(self))
        for word in asked:
            places, times = self._posting(word)
            scores[places] += self.rarity(word) * times * (K1 + 1) / (times + self._weight[places])
        return scores

    def _posting(self, word: str) -> _Posting:
        if (found := self._postings.get(word)) is None:
            counts = np.bincount(self._place[self._codes == code(word)], minlength=len(self))
            places = np.flatnonzero(counts)
            found = self._postings[word] = _Posting(places, counts[places])
        return found
