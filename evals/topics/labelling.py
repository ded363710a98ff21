"""What a session of fifty labels is worth: python -m evals.topics.labelling --data FOLDER.

A company whose callers speak otherwise than those that the classifier learned from: it is trained on the public texts
alone, and has to read ours, of which some were labelled. Over many draws of what was labelled.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score

from agent_runtime.calls.labelling.policy import SESSION, correction
from agent_runtime.calls.topics import TOPICS
from evals.topics.data import ours, public, texts_of
from evals.topics.train import features, fit, logits
from memory.embed import MiniLmEmbedder

DRAWS = 20


def main() -> None:
    """Trains, labels, prints macro-F1 before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    chosen = parser.parse_args()
    learned, spoken = public(chosen.data), [*ours("train"), *ours("held_out")]
    embedder = MiniLmEmbedder()
    vectors = embedder.embed(texts_of(spoken))
    model = fit(features(texts_of(learned), embedder.embed(texts_of(learned)))["both"], learned)
    found = logits(model, features(texts_of(spoken), vectors)["both"])
    truth = np.array([TOPICS.index(row.topic) for row in spoken])
    rng = np.random.default_rng(3)
    before: list[float] = []
    after: list[float] = []
    for _ in range(DRAWS):
        order = rng.permutation(len(spoken))
        asked, left = order[:SESSION], order[SESSION:]
        learnt = correction(vectors[asked], found[asked], [TOPICS[place] for place in truth[asked]])
        moved = learnt.applied(vectors[left], found[left]) if learnt else found[left]
        for kept, rows in ((before, found[left]), (after, moved)):
            kept.append(f1_score(truth[left], rows.argmax(axis=1), average="macro"))
    better = sum(new > old for new, old in zip(after, before, strict=True))
    print(f"macro-F1 on what was not labelled: {np.mean(before):.3f} before, {np.mean(after):.3f} after")
    print(f"{SESSION} labels each time; better in {better} of {DRAWS} draws")


if __name__ == "__main__":
    main()
