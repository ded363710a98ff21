"""Trains the model of replies: python -m evals.replies.train [--out FILE].

It learns from our templates beside this file, from the sentences in `written/`, from the families in `templates/`, and
from five families of sayings of the tests; `thresholds` holds each of these out in turn. The families in `unseen/`, and
of the sayings the fifth, the sixth and those from the eighth on, are never read here.
"""

import hashlib
from argparse import ArgumentParser
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agent_runtime.ingest.saying import BUCKETS, FILE, HOLDS, TELLS, Weights, buckets
from evals.replies.corpus import Taught, generate, of_families, questions, written
from tests.unit.agent_runtime.ingest import sayings, sayings_fourth, sayings_second, sayings_seventh, sayings_third

FAMILIES = (sayings, sayings_second, sayings_third, sayings_fourth, sayings_seventh)
# How many sentences are made of each template, and as how many of these a written one counts: those vary more, and of
# texts of another hand the more is read rightly the more they count beside the made ones.
COPIES, WEIGHT_OF_WRITTEN = 20, 8.0
# Of a template that another hand wrote, which counts as what is written does.
COPIES_OF_FAMILIES = 2
STRENGTH = 8.0
# One model alone hangs on which sentences chance made: on texts of another hand it read a tenth of all answers wrong
# with one seed and none with another. The mean of eight is one table again.
MODELS = 8
WRITTEN_DIGITS = 127


def sources() -> dict[str, list[Taught]]:
    """The sentences that somebody wrote, by the file in which they stand."""
    families = {
        family.__name__.rpartition(".")[2]: [
            *(Taught(text, HOLDS, None) for text in family.HOLDING),
            *(Taught(text, TELLS, None) for text in family.ANSWERS),
            *(Taught(one.text, None, True) for one in family.promised()),
            *(Taught(one.text, None, False) for one in family.not_promised()),
        ]
        for family in FAMILIES
    }
    return families | written() | of_families(COPIES_OF_FAMILIES)


def train(by_hand: Sequence[Taught], models: int = MODELS) -> tuple[Weights, Weights]:
    """The table of weights, (BUCKETS, 4), and the bias of 4: the mean over models that saw different sentences."""
    with ProcessPoolExecutor() as pool:
        parts = list(pool.map(_one, range(models), repeat(by_hand)))
    return np.mean([table for table, _ in parts], axis=0), np.mean([bias for _, bias in parts], axis=0)


def _one(seed: int, by_hand: Sequence[Taught]) -> tuple[Weights, Weights]:
    made = [*generate(COPIES, seed), *questions()]
    weights = [1.0] * len(made) + [WEIGHT_OF_WRITTEN] * len(by_hand)
    given = list(zip((*made, *by_hand), weights, strict=True))
    replies = [(one.text, one.reply, weight) for one, weight in given if one.reply is not None]
    promises = [(one.text, int(one.promise), weight) for one, weight in given if one.promise is not None]
    (of_replies, bias_of_replies), (of_promises, bias_of_promises) = _fitted(replies), _fitted(promises)
    return np.hstack([of_replies, of_promises]), np.hstack([bias_of_replies, bias_of_promises])


def _fitted(given: Sequence[tuple[str, int, float]]) -> tuple[Weights, Weights]:
    texts, taught, weights = zip(*given, strict=True)
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(features(texts), taught, sample_weight=weights)
    return model.coef_.T, model.intercept_


def features(texts: Sequence[str]) -> csr_matrix:
    """One row a text over the buckets, each touch worth one part of the root of their number."""
    touched = [buckets(text) for text in texts]
    ends = np.cumsum([0, *(len(one) for one in touched)])
    values = np.repeat([1 / np.sqrt(max(len(one), 1)) for one in touched], np.diff(ends))
    columns = np.fromiter((bucket for one in touched for bucket in one), dtype=np.int32, count=int(ends[-1]))
    return csr_matrix((values, columns, ends), shape=(len(texts), BUCKETS))


def write(table: Weights, bias: Weights, out: Path) -> None:
    """Writes the weights in one byte each, and the digest of the file beside it."""
    scale = np.abs(table).max(axis=0) / WRITTEN_DIGITS
    np.savez_compressed(out, table=np.rint(table / scale).astype(np.int8), scale=scale, bias=bias)
    out.with_suffix(".sha256").write_text(f"{hashlib.sha256(out.read_bytes()).hexdigest()}\n")


def main() -> None:
    """Trains on the templates and all that was written to learn from, and writes the table."""
    parser = ArgumentParser(prog="python -m evals.replies.train", description="Trains the model of replies.")
    parser.add_argument("--out", type=Path, default=FILE)
    write(*train([one for source in sources().values() for one in source]), parser.parse_args().out)


if __name__ == "__main__":
    main()
