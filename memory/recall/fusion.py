"""Scores of all passages of an account for one question: by words, by meaning, by neighbours, speaker and day."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from memory.embed.port import Vectors
from memory.recall.corpus import Corpus
from memory.recall.index import Index, Scores
from memory.recall.prepared import codes
from memory.recall.question import Question, on_day

# Round numbers: the ranking changes little when any of them is halved or doubled. docs/log.md has the measurements.
MEANING, NEIGHBOUR, SPEAKER, CONVERSATION, DAY, FACT = 1.5, 0.3, 0.25, 0.3, 0.2, 0.3
BEST_OF_CONVERSATION = 3


class Asked(NamedTuple):
    """The vectors of a question and of its words in the speaker's voice."""

    question: Vectors
    voice: Vectors


class Signals(NamedTuple):
    """One number a passage of each kind. `words` and `meaning` lie in 0..1; `total` is what ranks.

    `cosine`: the mean cosine of the passage's vectors with the question's, zero without vectors.
    """

    words: Scores
    meaning: Scores
    cosine: Scores
    own: Scores
    conversation: Scores
    speaker: Scores
    day: Scores
    fact: Scores
    total: Scores


def signals(corpus: Corpus, question: Question, asked: Asked | None) -> Signals:
    """Every signal of every passage; a weighted sum of normalised scores, never of ranks."""
    by_words = _by_best(corpus.told.bm25(set(question.asked)))
    cosine, meaning = _meaning(corpus, asked)
    own = by_words + MEANING * meaning
    near = own + NEIGHBOUR * (beside(own, corpus.before) + beside(own, corpus.after))
    speaker = np.array([float(name in question.named) for name in corpus.speakers])
    day = np.array([float(on_day(question, moment)) for moment in corpus.moments])
    fact = _pointed_at(corpus, question)
    bonus = SPEAKER * speaker + DAY * day + FACT * fact
    conversation = _of_conversation(corpus, near + bonus)
    total = near + bonus + CONVERSATION * conversation
    return Signals(by_words, meaning, cosine, own, conversation, speaker, day, fact, total)


def beside(scores: Scores, neighbour: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Scores:
    """The score of each passage's neighbour, zero where there is none."""
    return np.where(neighbour >= 0, scores[neighbour], 0.0) if len(scores) else scores


def covered(index: Index, asked: Iterable[str]) -> Scores:
    """Which share of the question's words, weighted by rarity, each passage has."""
    share = np.zeros(len(index))
    whole = 0.0
    for word in set(asked):
        weight = index.rarity(word)
        whole += weight
        share[index.having(word)] += weight
    return share / whole if whole else share


def _by_best(scores: Scores) -> Scores:
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores


def _meaning(corpus: Corpus, asked: Asked | None) -> tuple[Scores, Scores]:
    if asked is None or corpus.plain is None or corpus.prefixed is None or not len(corpus.said):
        return np.zeros(len(corpus.said)), np.zeros(len(corpus.said))
    cosine = ((corpus.plain + corpus.prefixed) @ (asked.question + asked.voice)).astype(np.float64) / 4
    embedded = corpus.plain.any(axis=1)
    if not embedded.any():
        return cosine, np.zeros(len(cosine))
    low, high = cosine[embedded].min(), cosine[embedded].max()
    spread = (cosine - low) / (high - low) if high > low else np.ones(len(cosine))
    return cosine, np.where(embedded, spread, 0.0)


def _pointed_at(corpus: Corpus, question: Question) -> Scores:
    """How well the facts that were read in an episode cover the question."""
    points = np.zeros(len(corpus.said))
    if not corpus.pointers or not question.asked:
        return points
    share = covered(Index([(codes(pointer.words),) for pointer in corpus.pointers]), question.asked)
    best: dict[str, float] = {}
    for pointer, one in zip(corpus.pointers, share.tolist(), strict=True):
        best[pointer.activity_id] = max(one, best.get(pointer.activity_id, 0.0))
    return np.array([best.get(corpus.episodes[one.episode].activity_id, 0.0) for one in corpus.said])


def _of_conversation(corpus: Corpus, scores: Scores) -> Scores:
    """The mean of the best passages of the conversation that each stands in."""
    best: dict[int, list[float]] = {}
    for place in np.argsort(-scores, kind="stable").tolist():
        of = best.setdefault(int(corpus.conversation[place]), [])
        if len(of) < BEST_OF_CONVERSATION:
            of.append(float(scores[place]))
    return np.array([sum(of) / len(of) for of in (best[one] for one in corpus.conversation.tolist())])
