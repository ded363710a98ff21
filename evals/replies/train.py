"""Trains the model of replies: python -m evals.replies.train [--copies N] [--out FILE].

It learns from the templates beside this file, from the sentences in `written/`, and from the first four families of
sayings of the tests and the seventh; `thresholds` holds each of them out in turn. The fifth, the sixth and those from the
eighth on are never read here.
"""

import hashlib
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from agent_runtime.ingest.saying import BUCKETS, FILE, HOLDS, TELLS, Weights, buckets
from evals.replies.corpus import Taught, generate, handwritten
from tests.unit.agent_runtime.ingest import sayings, sayings_fourth, sayings_second, sayings_seventh, sayings_third

FAMILIES = (sayings, sayings_second, sayings_third, sayings_fourth, sayings_seventh)
# A sentence that was written counts as much as so many that were made.
WEIGHT_OF_WRITTEN = 5.0
STRENGTH = 8.0
# How many sentences are made of each template. Promises are better learnt from fewer: the written ones, which vary
# more, count the more beside them.
COPIES, COPIES_FOR_PROMISES = 40, 30
# One model alone hangs on which sentences chance made: on texts of another hand it read a tenth of all answers wrong
# with one seed and none with another. The mean of eight is one table again.
MODELS = 8
WRITTEN_DIGITS = 127


def written(families: Sequence[ModuleType] = FAMILIES) -> list[Taught]:
    """The sentences in `written/` and the sayings of the tests, to learn from."""
    found = list(handwritten())
    for family in families:
        found += [Taught(text, HOLDS, None) for text in family.HOLDING]
        found += [Taught(text, TELLS, None) for text in family.ANSWERS]
        found += [Taught(one.text, None, True) for one in family.promised()]
        found += [Taught(one.text, None, False) for one in family.not_promised()]
    return found


def train(by_hand: Sequence[Taught], copies: int = COPIES, models: int = MODELS) -> tuple[Weights, Weights]:
    """The table of weights, (BUCKETS, 4), and the bias of 4: the mean over models that saw different sentences."""
    with ProcessPoolExecutor() as pool:
        parts = list(pool.map(_one, range(models), repeat(by_hand), repeat(copies)))
    return np.mean([table for table, _ in parts], axis=0), np.mean([bias for _, bias in parts], axis=0)


def _one(seed: int, by_hand: Sequence[Taught], copies: int) -> tuple[Weights, Weights]:
    table, bias = np.zeros((BUCKETS, 4)), np.zeros(4)
    promised = copies * COPIES_FOR_PROMISES // COPIES
    for made, columns, taught in (
        ([*generate(copies, seed)], slice(0, 3), lambda one: one.reply),
        ([*generate(promised, seed)], slice(3, 4), lambda one: one.promise),
    ):
        table[:, columns], bias[columns] = _fitted(made, by_hand, taught)
    return table, bias


def _fitted(
    made: Sequence[Taught], by_hand: Sequence[Taught], taught: Callable[[Taught], int | None]
) -> tuple[Weights, Weights]:
    given = [one for one in (*made, *by_hand) if taught(one) is not None]
    of_made = sum(taught(one) is not None for one in made)
    weights = np.array([1.0] * of_made + [WEIGHT_OF_WRITTEN] * (len(given) - of_made))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(features([one.text for one in given]), [int(taught(one) or 0) for one in given], sample_weight=weights)
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
    """Trains on the templates and all families of FAMILIES, and writes the table."""
    parser = ArgumentParser(prog="python -m evals.replies.train", description="Trains the model of replies.")
    parser.add_argument("--copies", type=int, default=COPIES)
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    write(*train(written(), chosen.copies), chosen.out)


if __name__ == "__main__":
    main()
