"""Recall itself: reads one account, ranks, and packs the best passages with their sources and reasons."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from memory.embed import Embedder, EmbedderFault
from memory.recall.corpus import Corpus, read
from memory.recall.prepared import code
from memory.recall.ranker import Ranker, shipped
from memory.recall.ranking import Ranked, rank
from memory.scope import AccountScope

BUDGET = 12_000
# Below this, a reason is not worth being named.
WORTH_SAYING = 0.25


class Result(NamedTuple):
    """One passage: `quote` is verbatim, `start` its first character in the episode's text, `at` aware UTC.

    `source` and `source_id` name the record that it came from. `score`: higher is better, within one question only.
    """

    episode_id: str
    source: str
    source_id: str
    at: datetime
    speaker: str
    score: float
    quote: str
    start: int
    why: tuple[str, ...]


class Recalled(NamedTuple):
    """Results, best first, at most one an episode; none where it `abstained`: the account's memory holds no answer.

    `warning`: what a person should know, such as an embedder that cannot be used; else empty.
    """

    results: tuple[Result, ...]
    abstained: bool
    warning: str = ""


def recall(
    connection: Connection,
    scope: AccountScope,
    query: str,
    *,
    as_of: datetime | None = None,
    k: int = 10,
    embedder: Embedder | None = None,
    budget: int = BUDGET,
) -> Recalled:
    """The `k` best passages of one account for a question, of what was known at `as_of` (aware; None: now).

    Works by words alone where there is no embedder or nothing is embedded yet. `budget`: the most characters that
    all quotes have together.
    """
    return recall_from(read(connection, scope, as_of, embedder), query, k=k, embedder=embedder, budget=budget)


def recall_from(
    corpus: Corpus,
    query: str,
    *,
    k: int = 10,
    embedder: Embedder | None = None,
    ranker: Ranker | None = None,
    budget: int = BUDGET,
) -> Recalled:
    """The same out of a corpus that was read before, for several questions; `ranker` None: the shipped one."""
    ranker, warning = ranker or shipped(), ""
    try:
        ranked = rank(corpus, query, embedder, ranker)
    except EmbedderFault as fault:
        ranked, warning = rank(corpus, query, None, ranker), str(fault)
    if ranked.abstained:
        return Recalled((), True, warning)
    return Recalled(tuple(_packed(corpus, ranked, k, budget)), False, warning)


def _packed(corpus: Corpus, ranked: Ranked, k: int, budget: int) -> list[Result]:
    results: list[Result] = []
    seen: set[int] = set()
    for place, score in zip(ranked.places.tolist(), ranked.scores.tolist(), strict=True):
        if len(results) >= k or budget <= 0:
            break
        said = corpus.said[place]
        if said.episode in seen:
            continue
        seen.add(said.episode)
        quote = corpus.text(place)[:budget]
        budget -= len(quote)
        row = corpus.episodes[said.episode]
        results.append(
            Result(
                row.id, row.source, row.source_id, row.at, row.speaker, round(score, 4), quote, said.start,
                _why(corpus, ranked, place),
            )
        )  # fmt: skip
    return results


def _why(corpus: Corpus, ranked: Ranked, place: int) -> tuple[str, ...]:
    found, having = ranked.signals, set(corpus.told.codes_of(place))
    shared = [word for word in dict.fromkeys(ranked.question.asked) if code(word) in having]
    reasons = [
        (bool(shared), f"words: {', '.join(shared)}"),
        (found.meaning[place] >= 1 - WORTH_SAYING, f"near in meaning ({found.cosine[place]:.2f})"),
        (found.speaker[place] > 0, f"said by {corpus.speakers[place]}"),
        (found.day[place] > 0, "of the time that was asked for"),
        (found.fact[place] >= WORTH_SAYING, "a recorded fact was read here"),
        (_beside_good(corpus, ranked, place), "next to a passage that fits"),
        (ranked.learned, "order judged by the learned ranker"),
    ]
    return tuple(reason for holds, reason in reasons if holds)


def _beside_good(corpus: Corpus, ranked: Ranked, place: int) -> bool:
    own = ranked.signals.own
    return any(beside >= 0 and own[beside] > own[place] for beside in (corpus.before[place], corpus.after[place]))
