"""The shipped ranker fits the features, and its trees are walked as they were grown."""

import numpy as np
import pytest

from memory.recall.features import NAMES
from memory.recall.ranker import Ranker, shipped


def test_a_tree_is_walked_left_up_to_its_threshold() -> None:
    tree = Ranker(np.array([[0, 1, 1]]), np.array([[0.5, 0.2, 0.8]]), np.array([[1.0, 2.0, 3.0, 4.0]]))
    rows = np.array([[0.5, 0.2], [0.4, 0.3], [0.6, 0.8], [0.6, 0.9]])
    assert tree.scores(rows).tolist() == [1, 2, 3, 4]


def test_the_shipped_ranker_knows_these_features_and_likes_what_fits() -> None:
    ranker = shipped()
    assert ranker is not None
    assert ranker.feature.max() < len(NAMES)
    poor = np.zeros((1, len(NAMES)))
    rising = [place for place, name in enumerate(NAMES) if name.startswith(("words", "covered", "meaning"))]
    good = poor.copy()
    good[0, rising] = 1
    assert ranker.scores(good)[0] > ranker.scores(poor)[0]


@pytest.mark.parametrize("seed", range(3))
def test_a_better_fit_is_never_judged_worse(seed: int) -> None:
    ranker = shipped()
    assert ranker is not None
    rows = np.random.default_rng(seed).random((200, len(NAMES)))
    for name in ("total", "words", "meaning", "covered", "cosine_plain_question"):
        better = rows.copy()
        better[:, NAMES.index(name)] += 0.3
        assert (ranker.scores(better) >= ranker.scores(rows) - 1e-9).all()
