"""One account's passages made ready for search: their words, who said them when, and what stands beside what."""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from memory.embed import Embedder
from memory.embed.port import Vectors
from memory.recall.index import Index
from memory.recall.prepared import PreparedTexts, line_begin
from memory.recall.rows import EpisodeRow, Pointer, episodes, map_file, pointers
from memory.scope import AccountScope
from memory.telling import day_of, prefixed
from memory.vectors import of_account, unpacked

# A longer silence ends what we take for one conversation, where the source knows no threads.
SILENCE = timedelta(hours=4)
_TEXTS = PreparedTexts()


class Said(NamedTuple):
    """One passage: `episode` is its place in the list of episodes, `start` and `end` its characters in the text."""

    episode: int
    start: int
    end: int


class Corpus(NamedTuple):
    """Everything of one account that recall looks through, in the order of time.

    `plain` and `prefixed`: one row a passage, zero where it is not embedded yet; None without an embedder.
    `conversation`: a number a passage; `before` and `after`: the neighbour in it, or -1.
    """

    episodes: list[EpisodeRow]
    said: list[Said]
    told: Index
    speakers: list[str]
    moments: list[datetime]
    conversation: NDArray[np.intp]
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    plain: Vectors | None
    prefixed: Vectors | None
    pointers: list[Pointer]

    def text(self, place: int) -> str:
        """The verbatim text of a passage."""
        one = self.said[place]
        return self.episodes[one.episode].text[one.start : one.end]


def read(
    connection: Connection, scope: AccountScope, as_of: datetime | None = None, embedder: Embedder | None = None
) -> Corpus:
    """Reads one account as it is known now, or was at `as_of` (aware); vectors are those of this embedder's model."""
    map_file(connection)
    rows = episodes(connection, scope, as_of)
    prepared = [_TEXTS.of(row.text_hash, row.text) for row in rows]
    said = [Said(at, one.start, one.end) for at, made in enumerate(prepared) for one in made.passages]
    of = [rows[one.episode] for one in said]
    begin = [line_begin(row.speaker, day_of(row.at)) for row in rows]
    told = [(begin[at], codes) for at, made in enumerate(prepared) for codes in made.codes]
    conversation = _conversations(of)
    plain, with_prefix = _vectors(connection, scope, rows, said, embedder)
    return Corpus(
        rows, said, Index(told), [row.speaker for row in of], [row.at for row in of], conversation,
        *_neighbours(conversation), plain, with_prefix, pointers(connection, scope, as_of),
    )  # fmt: skip


def embedded(corpus: Corpus, embedder: Embedder, most: int) -> Corpus:
    """The corpus with vectors also for up to `most` passages that have none stored yet; stores nothing."""
    if corpus.plain is None or corpus.prefixed is None:
        return corpus
    missing = np.flatnonzero(~corpus.plain.any(axis=1))[-most:]
    texts = [corpus.text(place) for place in missing.tolist()]
    told = zip(missing.tolist(), texts, strict=True)
    corpus.plain[missing] = embedder.embed(texts)
    corpus.prefixed[missing] = embedder.embed(
        [prefixed(corpus.speakers[place], corpus.moments[place], text) for place, text in told]
    )
    return corpus


def _conversations(of: list[EpisodeRow]) -> NDArray[np.intp]:
    """Threads by their name; what has none belongs together until it was silent for SILENCE."""
    numbers = np.zeros(len(of), dtype=np.intp)
    threads: dict[str, int] = {}
    last: EpisodeRow | None = None
    count = current = -1
    for place, row in enumerate(of):
        if row.thread:
            if row.thread not in threads:
                count += 1
                threads[row.thread] = count
            numbers[place] = threads[row.thread]
            continue
        if last is None or row.at - last.at > SILENCE:
            count += 1
            current = count
        numbers[place], last = current, row
    return numbers


def _neighbours(conversation: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    before = np.full(len(conversation), -1, dtype=np.intp)
    after = before.copy()
    last: dict[int, int] = {}
    for place, number in enumerate(conversation.tolist()):
        if number in last:
            before[place] = last[number]
            after[last[number]] = place
        last[number] = place
    return before, after


def _vectors(
    connection: Connection, scope: AccountScope, rows: list[EpisodeRow], said: list[Said], embedder: Embedder | None
) -> tuple[Vectors | None, Vectors | None]:
    if embedder is None:
        return None, None
    stored = of_account(connection, scope, embedder.model)
    number: dict[int, int] = {}
    places, pairs = [], []
    for place, one in enumerate(said):
        at = number[one.episode] = number.get(one.episode, -1) + 1
        if pair := stored.get((rows[one.episode].id, at)):
            places.append(place)
            pairs.append(pair)
    found = np.zeros((2, len(said), embedder.dimension), dtype=np.float32)
    if pairs:
        for kind, vectors in enumerate(zip(*pairs, strict=True)):
            found[kind, places] = unpacked(vectors, embedder.dimension)
    return found[0], found[1]
