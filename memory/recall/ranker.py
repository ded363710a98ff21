"""The learned ranker: boosted trees over the features of the best passages, read from a file and run with numpy."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from memory.recall.features import NAMES
from memory.recall.index import Scores

FILE = Path(__file__).with_name("ranker.npz")
CANDIDATES = 80


class Ranker(NamedTuple):
    """Trees of equal depth laid out as arrays: at node i of a tree, `feature` ≤ `threshold` goes to 2i+1, else 2i+2.

    `feature` and `threshold`: one row a tree, 2^depth - 1 columns; `leaf`: one row a tree, 2^depth columns.
    """

    feature: NDArray[np.intp]
    threshold: Scores
    leaf: Scores

    def scores(self, rows: Scores) -> Scores:
        """One score a row of features; only their order within one question means anything."""
        depth = int(np.log2(self.leaf.shape[1]))
        node = np.zeros((len(rows), len(self.leaf)), dtype=np.intp)
        trees = np.arange(len(self.leaf))
        for _ in range(depth):
            right = rows[np.arange(len(rows))[:, None], self.feature[trees, node]] > self.threshold[trees, node]
            node = 2 * node + 1 + right
        found: Scores = self.leaf[trees, node - (2**depth - 1)].sum(axis=1)
        return found


@lru_cache(maxsize=1)
def shipped() -> Ranker | None:
    """The ranker that comes with the package; None where its file is missing or knows other features."""
    if not FILE.is_file():
        return None
    with np.load(FILE, allow_pickle=False) as arrays:
        if tuple(arrays["names"]) != NAMES:
            return None
        return Ranker(
            arrays["feature"].astype(np.intp), arrays["threshold"].astype(float), arrays["leaf"].astype(float)
        )
