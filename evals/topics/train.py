"""Trains the classifier of call topics and says how good it is: python -m evals.topics.train --data FOLDER [--write].

Measured by five folds over groups of texts that say nearly the same, so that no test text has a twin among those that
were learned from; then on texts of ours that were never learned from. "unknown" counts as a miss of the true topic.
"""

import argparse
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from agent_runtime.calls.topic_words import PIECES, TOPIC_WORDS
from agent_runtime.calls.topics import TOPICS, VECTOR_WEIGHT, WEIGHTS, word_features
from evals.topics.data import Labelled, groups, made, ours, public, texts_of
from memory.embed import MiniLmEmbedder

FOLDS = 5
STRENGTH = 10.0
# A text of ours stands for how callers of companies speak: it counts for so many public ones.
OURS_COUNT = 3.0
TEMPERATURES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2)
Matrix = NDArray[np.float32]


class Kind(NamedTuple):
    """One of the two models: with vectors, or by words alone."""

    name: str
    features: csr_matrix


def features(texts: Sequence[str], vectors: Matrix) -> dict[str, csr_matrix]:
    """The features of each model, one row a text."""
    starts, places, values = [0], [], []
    for text in texts:
        where, what = word_features(text)
        places.append(where)
        values.append(what)
        starts.append(starts[-1] + len(where))
    shape = (len(texts), len(TOPIC_WORDS) + PIECES)
    words = csr_matrix((np.concatenate(values), np.concatenate(places), starts), shape=shape)
    return {"both": hstack([csr_matrix(vectors * VECTOR_WEIGHT), words]).tocsr(), "words": words}


def fit(given: csr_matrix, rows: Sequence[Labelled]) -> LogisticRegression:
    """The model learned from these rows; every topic counts alike."""
    count = np.array([OURS_COUNT if row.source == "ours" else 1.0 for row in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=400, class_weight="balanced")
    return model.fit(given, [row.topic for row in rows], sample_weight=count)


def logits(model: LogisticRegression, given: csr_matrix) -> Matrix:
    """One row a text, columns in the order of TOPICS."""
    order = [list(model.classes_).index(topic) for topic in TOPICS]
    found: Matrix = model.decision_function(given)[:, order].astype(np.float32)
    return found


def folded(given: csr_matrix, rows: Sequence[Labelled], parts: Sequence[int]) -> Matrix:
    """The logits of every row by a model that saw neither it nor one that says nearly the same."""
    topics = [row.topic for row in rows]
    found = np.zeros((len(rows), len(TOPICS)), dtype=np.float32)
    for learn, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=7).split(topics, topics, parts):
        found[test] = logits(fit(given[learn], [rows[place] for place in learn]), given[test])
    return found


def shares(found: Matrix, temperature: float) -> Matrix:
    """Logits as probabilities."""
    soft = np.exp((found - found.max(axis=1, keepdims=True)) / temperature)
    result: Matrix = soft / soft.sum(axis=1, keepdims=True)
    return result


def calibrated(found: Matrix, truth: NDArray[np.int64]) -> tuple[float, float]:
    """The temperature with the least surprise, and the probability below which guesses are mostly wrong."""
    rows = np.arange(len(truth))
    surprise = {t: -np.log(shares(found, t)[rows, truth] + 1e-9).mean() for t in TEMPERATURES}
    temperature = min(surprise, key=lambda t: surprise[t])
    best = shares(found, temperature)
    right, sure = best.argmax(axis=1) == truth, best.max(axis=1)
    for least in np.arange(0.60, 0.20, -0.05):
        near = (sure < least) & (sure >= least - 0.1)
        if near.sum() >= 5 and right[near].mean() < 0.4:
            return temperature, float(round(least, 2))
    return temperature, 0.25


def said(found: Matrix, temperature: float, least: float) -> list[str]:
    """What the model would say of each text."""
    best = shares(found, temperature)
    return [TOPICS[row.argmax()] if row.max() >= least else "unknown" for row in best]


def told(name: str, rows: Sequence[Labelled], answers: Sequence[str]) -> str:
    """One line: macro-F1 over the seven topics, and the F1 of each."""
    truth = [row.topic for row in rows]
    each = f1_score(truth, answers, labels=list(TOPICS), average=None, zero_division=0)
    unknown = sum(answer == "unknown" for answer in answers)
    parts = ", ".join(f"{topic} {value:.2f}" for topic, value in zip(TOPICS, each, strict=True))
    return f"{name}: macro-F1 {each.mean():.3f} on {len(rows)} texts, {unknown} unknown ({parts})"


def stored(
    models: dict[str, LogisticRegression], says: dict[str, tuple[float, float]]
) -> dict[str, NDArray[np.floating]]:
    """The arrays of the file that the product reads; half precision, small weights as nothing."""
    arrays: dict[str, NDArray[np.floating]] = {}
    for name, model in models.items():
        order = [list(model.classes_).index(topic) for topic in TOPICS]
        weights, bias = model.coef_[order], model.intercept_[order]
        words = len(TOPIC_WORDS) + PIECES
        spread = weights[:, -words:]
        arrays[f"{name}_words"] = np.where(np.abs(spread) < 1e-3, 0, spread).astype(np.float16)
        arrays[f"{name}_bias"] = bias.astype(np.float32)
        arrays[f"{name}_says"] = np.array(says[name], dtype=np.float32)
        if name == "both":
            arrays["both_vector"] = weights[:, :-words].astype(np.float16)
    return arrays


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, and with --write writes the weights and says their sha256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public texts and topics.csv")
    parser.add_argument("--write", action="store_true", help="write the weights into the product")
    chosen = parser.parse_args(arguments)
    rows, apart = [*public(chosen.data), *ours("train"), *made()], ours("held_out")
    embedder = MiniLmEmbedder()
    vectors, vectors_apart = embedder.embed(texts_of(rows)), embedder.embed(texts_of(apart))
    given, given_apart = features(texts_of(rows), vectors), features(texts_of(apart), vectors_apart)
    parts = groups(vectors)
    print(f"{len(rows)} texts in {len(set(parts))} groups")
    truth = np.array([TOPICS.index(row.topic) for row in rows])
    models, says = {}, {}
    for name in ("both", "words"):
        found = folded(given[name], rows, parts)
        says[name] = calibrated(found, truth)
        print(f"{name}: temperature {says[name][0]}, speaks from {says[name][1]}")
        public_rows = [place for place, row in enumerate(rows) if row.source in ("banking77", "clinc150")]
        print(told(f"{name}, public", [rows[x] for x in public_rows], said(found[public_rows], *says[name])))
        own = [place for place, row in enumerate(rows) if row.source == "ours"]
        print(told(f"{name}, ours", [rows[x] for x in own], said(found[own], *says[name])))
        models[name] = fit(given[name], rows)
        print(told(f"{name}, held out", apart, said(logits(models[name], given_apart[name]), *says[name])))
    if chosen.write:
        np.savez_compressed(WEIGHTS, allow_pickle=False, **stored(models, says))
        print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes, sha256 {sha256(WEIGHTS.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
