"""Trains the classifier of questions and says how good it is: python -m evals.questions.train [--write].

Measured by leaving out whole patterns: no test text has a brother of the same pattern among those that were learned
from. How well whole questions are answered is what the suite `assistant` measures.
"""

import argparse
import re
import tomllib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from agent_runtime.assistant.kinds import PIECES, VECTOR_WEIGHT, WEIGHTS, pieces_of
from memory.embed import MiniLmEmbedder
from memory.words import words

SECTIONS = ("account", "portfolio")
SEARCHED = frozenset({"said", "told", "asked"})
TEXTS = Path(__file__).with_name("texts.toml")
FOLDS, STRENGTH, OF_A_PATTERN, SEED = 5, 30.0, 20, 7
_GROUP = re.compile(r"\(([^()]*)\)(\?(?!$))?")
Matrix = NDArray[np.float32]


class Text(NamedTuple):
    """A way of asking: its words, its kind, and the pattern that it comes from."""

    words: str
    kind: str
    pattern: int


def texts(section: str) -> list[Text]:
    """The texts of a section, each once."""
    read = tomllib.loads(TEXTS.read_text(encoding="utf-8"))[section]
    found: dict[str, Text] = {}
    patterns = ((kind, x) for kind, said in read.items() for language in ("en", "de") for x in said[language])
    for place, (kind, pattern) in enumerate(patterns):
        for said in spelled(pattern):
            found.setdefault(said, Text(said, kind, place))
    return list(found.values())


def spelled(pattern: str) -> Iterator[str]:
    """Some of what a pattern stands for, the same ones each time; a group with a space at its edge may be left out."""
    rng = Random(pattern)
    seen: set[str] = set()
    for _ in range(OF_A_PATTERN * 2):
        text = " ".join(_GROUP.sub(lambda found: _chosen(found, rng), pattern).split())
        if text not in seen and len(seen) < OF_A_PATTERN:
            seen.add(text)
            yield text


def _chosen(found: re.Match[str], rng: Random) -> str:
    said: list[str] = found[1].split("|")
    if found[2] or found[1].startswith(" ") or found[1].endswith(" "):
        said.append("")
    return rng.choice(said)


def asked_with() -> list[str]:
    """The stems with which is asked of how things stand; those of what is searched for are its matter."""
    stems = {stem for section in SECTIONS for x in texts(section) if x.kind not in SEARCHED for stem in words(x.words)}
    return sorted(stems)


def features(found: Sequence[Text], vectors: Matrix) -> dict[str, csr_matrix]:
    """The features of both models, one row a text."""
    starts, places, values = [0], [], []
    for one in found:
        where, what = pieces_of(one.words)
        places.append(where)
        values.append(what)
        starts.append(starts[-1] + len(where))
    words = csr_matrix((np.concatenate(values), np.concatenate(places), starts), shape=(len(found), PIECES))
    return {"both": hstack([csr_matrix(vectors * VECTOR_WEIGHT), words]).tocsr(), "words": words}


def fit(given: csr_matrix, found: Sequence[Text]) -> LogisticRegression:
    """The model learned from these texts; every kind counts alike."""
    return LogisticRegression(C=STRENGTH, max_iter=300, class_weight="balanced").fit(given, [x.kind for x in found])


def left_out(given: csr_matrix, found: Sequence[Text]) -> tuple[float, float]:
    """Which share is right when its pattern was not learned from, and of those read with a probability of a half."""
    kinds, parts = np.array([x.kind for x in found]), [x.pattern for x in found]
    right, sure = np.zeros(len(found), bool), np.zeros(len(found), bool)
    for learn, test in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(kinds, kinds, parts):
        model = fit(given[learn], [found[x] for x in learn])
        shares = model.predict_proba(given[test])
        right[test] = model.classes_[shares.argmax(axis=1)] == kinds[test]
        sure[test] = shares.max(axis=1) >= 0.5
    return float(right.mean()), float(right[sure].mean())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures, and with --write writes the weights and says their sha256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights into the product")
    chosen = parser.parse_args(arguments)
    embedder = MiniLmEmbedder()
    arrays: dict[str, Any] = {}
    for section in SECTIONS:
        found = texts(section)
        given = features(found, embedder.embed([x.words for x in found]))
        for form, rows in given.items():
            if not chosen.write:
                whole, sure = left_out(rows, found)
                print(f"{section}, {form}: {len(found)} texts, right {whole:.3f}, where sure {sure:.3f}")
            model = fit(rows, found)
            name = f"{section}_{form}"
            arrays[f"{section}_names"] = np.array(model.classes_, dtype=np.str_)
            arrays[f"{name}_words"] = model.coef_[:, -PIECES:].astype(np.float16)
            arrays[f"{name}_bias"] = model.intercept_.astype(np.float32)
            if form == "both":
                arrays[f"{name}_vector"] = model.coef_[:, :-PIECES].astype(np.float16)
    arrays["asked_with"] = np.array(" ".join(asked_with()))
    if chosen.write:
        np.savez_compressed(WEIGHTS, allow_pickle=False, **arrays)
        print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes, sha256 {sha256(WEIGHTS.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
