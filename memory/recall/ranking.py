"""The order of all passages of an account for one question, and what it was made of."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from memory.embed import Embedder
from memory.embed.minilm import MODEL as MINILM
from memory.recall.corpus import Corpus
from memory.recall.features import features
from memory.recall.fusion import Asked, Signals, covered, signals
from memory.recall.index import Scores
from memory.recall.question import Question, understand
from memory.recall.ranker import CANDIDATES, Ranker

# No passage among the best has a seventh of the question's words (the rarer the heavier), nor a meaning as near as nine
# in ten answers of the generated conversations: then nothing was found. Cautious: docs/log.md tells what it misses.
LEAST_COVERED = 0.15
LEAST_COSINE = 0.35
LOOKED_AT = 10
# With the ranker: the nearest meaning in the account and the best candidate's score, weighed as a logistic regression
# on generated conversations weighs them; one in ten of their answered questions lies below. Who has a third of the
# question's words is shown all the same: in a short account little is near.
NEARNESS, LEAST_TOGETHER, ENOUGH_COVERED = 28.0, 12.3, 0.35


class Ranked(NamedTuple):
    """All passages, best first; `scores` are those of `places`, falling. `learned`: the ranker had its say."""

    places: NDArray[np.intp]
    scores: Scores
    question: Question
    signals: Signals
    learned: bool
    abstained: bool


def rank(corpus: Corpus, query: str, embedder: Embedder | None, ranker: Ranker | None) -> Ranked:
    """Ranks every passage of the corpus. EmbedderFault where the query cannot be embedded."""
    question = understand(query, corpus.speakers)
    asked = _asked(corpus, question, embedder)
    found = signals(corpus, question, asked)
    places = np.argsort(-found.total, kind="stable")
    scores = found.total[places]
    best: float | None = None
    if ranker is not None and asked is not None and len(places) > 1:
        top = places[:CANDIDATES]
        chances = ranker.scores(features(corpus, question, asked, found, top))
        best = float(chances.max())
        judged = _normal(scores[:CANDIDATES]) + _normal(chances)
        order = np.argsort(-judged, kind="stable")
        # Those that the ranker does not see stay behind it, in their order.
        behind = scores[CANDIDATES:] - scores[CANDIDATES:].max(initial=0.0) + judged.min() - 1
        places = np.concatenate([top[order], places[CANDIDATES:]])
        scores = np.concatenate([judged[order], behind])
    # How near is near differs between models: the bound below was measured with this one alone.
    chance = best if embedder and embedder.model == MINILM else None
    abstained = _nothing_found(corpus, question, found, places, chance)
    return Ranked(places, scores, question, found, best is not None, abstained)


def _asked(corpus: Corpus, question: Question, embedder: Embedder | None) -> Asked | None:
    if embedder is None or corpus.plain is None or not corpus.plain.any() or not question.text.strip():
        return None
    vectors = embedder.embed([question.text, question.voice or question.text])
    return Asked(vectors[0], vectors[1])


def _normal(scores: Scores) -> Scores:
    centred: Scores = scores - scores.mean()
    spread = float(scores.std())
    return centred / spread if spread > 0 else centred


def _nothing_found(
    corpus: Corpus, question: Question, found: Signals, places: NDArray[np.intp], chance: float | None
) -> bool:
    """`chance`: the ranker's score of the best candidate, where it had its say."""
    best = places[:LOOKED_AT]
    if not len(best) or not question.text.strip():
        return True
    if found.fact[best].max() >= LEAST_COVERED or (not question.asked and question.named):
        return False
    share = covered(corpus.told, question.asked)[best].max()
    if chance is not None:
        return bool(share < ENOUGH_COVERED and NEARNESS * found.cosine.max() + chance < LEAST_TOGETHER)
    return bool(share < LEAST_COVERED and found.cosine[best].max() < LEAST_COSINE)
