"""What the learned ranker sees of a passage: how it, its neighbours and its conversation fit the question."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from memory.recall.corpus import Corpus
from memory.recall.fusion import Asked, Signals, beside, covered
from memory.recall.index import Scores
from memory.recall.prepared import code
from memory.recall.question import Question

Places = NDArray[np.intp]
_TIME = re.compile(
    r"\b(yesterday|today|tomorrow|tonight|ago|last|next|week|month|year|weekend|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december"
    r"|gestern|heute|morgen|woche|monat|jahr|montag|dienstag|mittwoch|donnerstag|freitag|\d{4}|\d{1,2}(st|nd|rd|th)"
    r"|\d{1,2}:\d\d)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|once|twice|zwei|drei|vier|zehn)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(i|i'm|i've|my|me|we|our|us|ich|mein\w*|wir|unser\w*)\b", re.IGNORECASE)
_PLACE = re.compile(r"\b(in|at|from|to|near|aus|nach|bei)\s+(the\s+)?[A-Z]\w+")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z]\w+")
_REASON = re.compile(r"\b(because|since|so that|due to|reason|weil|damit|deshalb|wegen)\b", re.IGNORECASE)
_FITTING = {"when": _TIME, "where": _PLACE, "who": _NAME, "count": _NUMBER, "why": _REASON}


class _Seen(NamedTuple):
    """Everything that the features are made of; `top`: the candidates, best first."""

    corpus: Corpus
    question: Question
    found: Signals
    top: Places
    texts: list[str]
    covered: Scores
    near: Scores
    pairs: Scores
    cosines: NDArray[np.float64]


def features(corpus: Corpus, question: Question, asked: Asked | None, found: Signals, top: Places) -> Scores:
    """One row a candidate, one column a name of NAMES, each within about -1..2 however large the account is."""
    share = covered(corpus.told, question.asked)
    seen = _Seen(
        corpus, question, found, top, [corpus.text(int(place)) for place in top], share,
        _with_neighbours(corpus, share), _pairs(corpus, question, top), _cosines(corpus, asked, top),
    )  # fmt: skip
    return np.column_stack([make(seen) for make in _MAKERS.values()])


def _with_neighbours(corpus: Corpus, share: Scores) -> Scores:
    return share + (beside(share, corpus.before) + beside(share, corpus.after)) / 2


def _pairs(corpus: Corpus, question: Question, top: Places) -> Scores:
    """Which share of the question's neighbouring words stands near each other, in any order."""
    asked = [code(word) for word in question.asked]
    wanted = {frozenset(pair) for pair in pairwise(asked) if len(set(pair)) == 2}
    if not wanted:
        return np.zeros(len(top))
    shared = [len(wanted & _near_pairs(corpus.told.codes_of(int(place)), set(asked))) for place in top]
    return np.array(shared) / len(wanted)


def _near_pairs(text: list[int], asked: set[int]) -> set[frozenset[int]]:
    having = [(place, word) for place, word in enumerate(text) if word in asked]
    return {frozenset((one, other)) for (at, one), (then, other) in pairwise(having) if then - at <= 4 and one != other}


def _cosines(corpus: Corpus, asked: Asked | None, top: Places) -> NDArray[np.float64]:
    """Plain and prefixed vectors against the question and its voice: four columns."""
    if asked is None or corpus.plain is None or corpus.prefixed is None:
        return np.zeros((len(top), 4))
    both = np.stack([asked.question, asked.voice], axis=1)
    return np.hstack([corpus.plain[top] @ both, corpus.prefixed[top] @ both]).astype(np.float64)


def _rank(scores: Scores, top: Places) -> Scores:
    """1 for the best passage of the account, then 1/2, 1/3: only the order counts."""
    place = np.empty(len(scores))
    place[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return 1 / (1 + place[top])


def _gap(seen: _Seen, scores: Scores) -> Scores:
    """How far below the best of the account."""
    gap: Scores = scores[seen.top] - scores.max(initial=0.0)
    return gap


def _rarest(seen: _Seen) -> Scores:
    """1 where the passage has the rarest word of the question that the account knows."""
    known = [word for word in seen.question.asked if seen.corpus.told.knows(word)]
    if not known:
        return np.zeros(len(seen.top))
    rarest = max(known, key=seen.corpus.told.rarity)
    return np.isin(seen.top, seen.corpus.told.having(rarest)).astype(np.float64)


def _pattern(seen: _Seen, pattern: re.Pattern[str]) -> Scores:
    return np.array([float(bool(pattern.search(text))) for text in seen.texts])


def _fits(seen: _Seen, kind: str) -> Scores:
    """Whether the passage has the shape of an answer to this kind of question; zero where it is not asked."""
    return _pattern(seen, _FITTING[kind]) if kind in seen.question.kinds else np.zeros(len(seen.top))


def _asks(seen: _Seen, places: Places) -> Scores:
    return np.array([float(place >= 0 and "?" in seen.corpus.text(int(place))[-80:]) for place in places])


def _other_named(seen: _Seen) -> Scores:
    """The question names somebody, and this was said by somebody else."""
    return (1 - seen.found.speaker[seen.top]) * float(bool(seen.question.named))


def _beside_top(seen: _Seen, scores: Scores, neighbour: Places) -> Scores:
    return beside(scores, neighbour)[seen.top]


def _long(seen: _Seen) -> Scores:
    """The passage's length: 1 at 100 words."""
    return np.asarray(np.log1p(seen.corpus.told.lengths[seen.top]) / np.log(101))


_MAKERS: dict[str, Callable[[_Seen], Scores]] = {
    "total": lambda seen: seen.found.total[seen.top],
    "total_gap": lambda seen: _gap(seen, seen.found.total),
    "total_rank": lambda seen: _rank(seen.found.total, seen.top),
    "own": lambda seen: seen.found.own[seen.top],
    "own_gap": lambda seen: _gap(seen, seen.found.own),
    "own_rank": lambda seen: _rank(seen.found.own, seen.top),
    "own_before": lambda seen: _beside_top(seen, seen.found.own, seen.corpus.before),
    "own_after": lambda seen: _beside_top(seen, seen.found.own, seen.corpus.after),
    "words": lambda seen: seen.found.words[seen.top],
    "words_rank": lambda seen: _rank(seen.found.words, seen.top),
    "words_before": lambda seen: _beside_top(seen, seen.found.words, seen.corpus.before),
    "words_after": lambda seen: _beside_top(seen, seen.found.words, seen.corpus.after),
    "meaning": lambda seen: seen.found.meaning[seen.top],
    "meaning_rank": lambda seen: _rank(seen.found.meaning, seen.top),
    "meaning_before": lambda seen: _beside_top(seen, seen.found.meaning, seen.corpus.before),
    "meaning_after": lambda seen: _beside_top(seen, seen.found.meaning, seen.corpus.after),
    "cosine_plain_question": lambda seen: seen.cosines[:, 0],
    "cosine_plain_voice": lambda seen: seen.cosines[:, 1],
    "cosine_prefixed_question": lambda seen: seen.cosines[:, 2],
    "cosine_prefixed_voice": lambda seen: seen.cosines[:, 3],
    "covered": lambda seen: seen.covered[seen.top],
    "covered_near": lambda seen: seen.near[seen.top],
    "covered_before": lambda seen: _beside_top(seen, seen.covered, seen.corpus.before),
    "covered_gap": lambda seen: _gap(seen, seen.covered),
    "pairs": lambda seen: seen.pairs,
    "rarest": _rarest,
    "conversation": lambda seen: seen.found.conversation[seen.top],
    "conversation_gap": lambda seen: _gap(seen, seen.found.conversation),
    "speaker": lambda seen: seen.found.speaker[seen.top],
    "other_named": _other_named,
    "day": lambda seen: seen.found.day[seen.top],
    "fact": lambda seen: seen.found.fact[seen.top],
    "long": _long,
    "asks": lambda seen: _asks(seen, seen.top),
    "asked_before": lambda seen: _asks(seen, seen.corpus.before[seen.top]),
    "first_person": lambda seen: _pattern(seen, _FIRST_PERSON),
    "first_of_named": lambda seen: _pattern(seen, _FIRST_PERSON) * seen.found.speaker[seen.top],
    "has_time": lambda seen: _pattern(seen, _TIME),
    "has_number": lambda seen: _pattern(seen, _NUMBER),
    "has_name": lambda seen: _pattern(seen, _NAME),
    **{f"fits_{kind}": partial(_fits, kind=kind) for kind in _FITTING},
}
NAMES = tuple(_MAKERS)
