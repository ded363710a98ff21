"""Trains the ranker of recall: python -m evals.ranker.train [--conversations N] [--out FILE].

Conversations are generated from themes; a fold of the themes is held out in turn, so that what is measured was asked
about other subjects in other words. The file is written from all of them.
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from evals.ranker.conversations import Conversation, generate, load
from evals.ranker.scratch import scratch_corpus
from memory.embed import Embedder, MiniLmEmbedder
from memory.recall.features import NAMES, features
from memory.recall.fusion import Asked, signals
from memory.recall.index import Scores
from memory.recall.question import understand
from memory.recall.ranker import CANDIDATES, FILE, Ranker

FOLDS = 4
DEPTH = 4
# More of these never makes a passage worse; without that the trees learn the accidents of generated texts.
RISING = (
    "total", "own", "words", "meaning", "cosine", "covered", "pairs", "rarest", "conversation", "speaker", "day",
    "fact",
)  # fmt: skip


class Example(NamedTuple):
    """One question: the features of its candidates, which of them answer it, and how many turns do in all."""

    fold: int
    rows: Scores
    answers: NDArray[np.bool_]
    wanted: int


def examples(conversation: Conversation, embedder: Embedder, fold: int) -> list[Example]:
    """What one conversation has to teach."""
    corpus = scratch_corpus(conversation, embedder)
    found = []
    for asking in conversation.askings:
        if not asking.answers:
            continue
        question = understand(asking.question, corpus.speakers)
        asked = Asked(*embedder.embed([question.text, question.voice]))
        seen = signals(corpus, question, asked)
        top = np.argsort(-seen.total, kind="stable")[:CANDIDATES]
        rows = features(corpus, question, asked, seen, top)
        found.append(Example(fold, rows, np.isin(top, asking.answers), len(asking.answers)))
    return found


def train(given: Sequence[Example]) -> Ranker:
    """Boosted trees on whether a candidate answers, as the arrays that the package runs."""
    teaching = [one for one in given if one.answers.any()]
    rows, answers = np.vstack([one.rows for one in teaching]), np.concatenate([one.answers for one in teaching])
    model = HistGradientBoostingClassifier(
        max_iter=120, max_depth=DEPTH, max_leaf_nodes=None, learning_rate=0.06, l2_regularization=10,
        min_samples_leaf=80, random_state=0, monotonic_cst=[int(name.startswith(RISING)) for name in NAMES],
    ).fit(rows, answers)  # fmt: skip
    return exported(model)


def exported(model: HistGradientBoostingClassifier) -> Ranker:
    """The model's trees, each filled up to full depth."""
    trees = [_complete(predictor[0].nodes) for predictor in model._predictors]
    features_, thresholds, leaves = (np.array(part) for part in zip(*trees, strict=True))
    return Ranker(features_.astype(np.intp), thresholds, leaves)


def _complete(nodes: NDArray[Any]) -> tuple[list[int], list[float], list[float]]:
    inner = 2**DEPTH - 1
    feature, threshold, leaf = [0] * inner, [np.inf] * inner, [0.0] * (inner + 1)

    def fill(place: int, node: int) -> None:
        one = nodes[node]
        if place >= inner:
            leaf[place - inner] = float(one["value"])
            return
        left = right = node  # a leaf above the bottom stands below itself
        if not one["is_leaf"]:
            feature[place], threshold[place] = int(one["feature_idx"]), float(one["num_threshold"])
            left, right = int(one["left"]), int(one["right"])
        fill(2 * place + 1, left)
        fill(2 * place + 2, right)

    fill(0, 0)
    return feature, threshold, leaf


def recall_at_ten(given: Sequence[Example], ranker: Ranker | None) -> float:
    """The mean share of a question's answers among the first ten, with the fusion alone or with the ranker."""
    shares = []
    for one in given:
        scores = _normal(one.rows[:, NAMES.index("total")])
        if ranker:
            scores = scores + _normal(ranker.scores(one.rows))
        shares.append(one.answers[np.argsort(-scores, kind="stable")[:10]].sum() / one.wanted)
    return 100 * float(np.mean(shares))


def _normal(scores: Scores) -> Scores:
    normal: Scores = (scores - scores.mean()) / (float(scores.std()) or 1.0)
    return normal


def write(ranker: Ranker, out: Path) -> None:
    """Writes the arrays without pickle."""
    np.savez_compressed(
        out, names=np.array(NAMES), feature=ranker.feature.astype(np.int16),
        threshold=ranker.threshold.astype(np.float32), leaf=ranker.leaf.astype(np.float32),
    )  # fmt: skip


def main() -> None:
    """Generates, measures on held-out themes, trains on all, writes."""
    parser = ArgumentParser(prog="python -m evals.ranker.train", description="Trains the ranker of recall.")
    parser.add_argument("--conversations", type=int, default=36)
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    texts, embedder = load(), MiniLmEmbedder()
    names = [theme["name"] for theme in texts["themes"]]
    given: list[Example] = []
    for number in range(chosen.conversations):
        fold = number % FOLDS
        given += examples(generate(texts, names[fold::FOLDS], seed=number), embedder, fold)
        print(f"conversation {number + 1} of {chosen.conversations}: {len(given)} questions", flush=True)
    for fold in range(FOLDS):
        held_out = [one for one in given if one.fold == fold]
        ranker = train([one for one in given if one.fold != fold])
        print(
            f"held-out themes {fold + 1}: {len(held_out)} questions, recall@10"
            f" {recall_at_ten(held_out, None):.1f} by fusion, {recall_at_ten(held_out, ranker):.1f} with the ranker"
        )
    write(train(given), chosen.out)


if __name__ == "__main__":
    main()
