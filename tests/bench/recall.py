"""Recall of one account among many, beside Chroma with a filter and plain FTS5; and how fast texts are embedded."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from sqlite3 import connect
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sqlalchemy import Connection, Engine, insert

from agent_runtime import db
from agent_runtime.permissions import agent_scope
from memory import timeline
from memory.embed import HashingEmbedder, MiniLmEmbedder
from memory.embed.port import Vectors, normalised
from memory.portfolio import Portfolio
from memory.recall import read, recall
from memory.recall.ranking import rank
from memory.timeline import NewActivity
from memory.vectors import Vector
from tests.bench.figures import Figure, p95

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = 25
ASKED = 200
_SOUNDS = tuple(
    "ba de fi go lu ma ne pi ro su ta ve wi xo zu kra ble stri plo gan".split()  # noqa: SIM905
)


class Stored:
    """Vectors that were made before, so that only recall itself is measured: the query's own is always the same."""

    model, dimension = MiniLmEmbedder.model, MiniLmEmbedder.dimension

    def __init__(self, vector: Vectors) -> None:
        self._vector = vector

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The same vector for each text."""
        return np.repeat(self._vector[None, :], len(texts), axis=0)


def recalling(runs: int, *, items: int = 100_000, accounts: int = 2_000) -> list[Figure]:
    """p95 over ASKED questions to random accounts."""
    random = Random(7)
    with TemporaryDirectory() as scratch:
        engine = db.make_engine(f"sqlite:///{Path(scratch) / 'recall.db'}")
        db.create_schema(engine)
        vectors = normalised(np.random.default_rng(7).standard_normal((items, Stored.dimension)).astype(np.float32))
        texts = [_text(random) for _ in range(items)]
        _fill(engine, texts, vectors, accounts)
        ways = _ways(engine, Path(scratch), texts, vectors, accounts)
        found = {name: tuple(_p95(way, random, texts, accounts) for _ in range(runs)) for name, way in ways.items()}
        engine.dispose()
    over = f"{items:,} items, {accounts:,} accounts"
    targets = {"recall without query embedding and ranker": 5.0, "recall with both": 60.0}
    return [Figure(f"{name}, {over}, p95", "ms", samples, targets.get(name)) for name, samples in found.items()]


def embedding(runs: int, *, texts: int = 300) -> list[Figure]:
    """Texts of 25 words a second on one core, with the model and with the fallback."""
    random = Random(7)
    some = [_text(random, _COMMON) for _ in range(texts)]
    model, fallback = MiniLmEmbedder(), HashingEmbedder()
    return [
        Figure("embedding, texts of 25 words", "/s", tuple(_rate(model.embed, some) for _ in range(runs)), 60, True),
        Figure("hashing instead of the model", "/s", tuple(_rate(fallback.embed, some) for _ in range(runs))),
    ]


_COMMON = tuple(
    "the press broke again so we lost a whole shift and the offer must wait until your manager signs it".split()  # noqa: SIM905
)
Way = Callable[[str, str], object]


def _rate(embed: Callable[[list[str]], Vectors], texts: list[str]) -> float:
    begun = perf_counter()
    embed(texts)
    return len(texts) / (perf_counter() - begun)


def _ways(engine: Engine, scratch: Path, texts: list[str], vectors: Vectors, accounts: int) -> dict[str, Way]:
    stored, model = Stored(vectors[0]), MiniLmEmbedder()
    connection = engine.connect()
    portfolio = Portfolio(scratch / "portfolio", Stored.model)
    portfolio.rebuild(connection)
    full_text = _full_text(scratch / "fts.db", texts, accounts)
    return {
        "recall without query embedding and ranker": lambda account, query: rank(
            read(connection, agent_scope(account), embedder=stored), query, stored, None
        ),
        "recall with both": lambda account, query: recall(connection, agent_scope(account), query, embedder=model),
        "Chroma with a filter, vector given": lambda account, query: portfolio.search(
            connection, vectors[len(query)], [agent_scope(account)], 10
        ),
        "SQLite FTS5 with a filter": lambda account, query: full_text(account, query),
    }


def _full_text(place: Path, texts: list[str], accounts: int) -> Way:
    plain = connect(place)
    plain.execute("CREATE VIRTUAL TABLE said USING fts5(account UNINDEXED, text)")
    rows = ((_account(number, accounts), text) for number, text in enumerate(texts))
    plain.executemany("INSERT INTO said VALUES (?, ?)", rows)
    plain.commit()
    ask = "SELECT rowid FROM said WHERE said MATCH ? AND account = ? ORDER BY rank LIMIT 10"
    return lambda account, query: plain.execute(ask, (" OR ".join(query.split()), account)).fetchall()


def _p95(way: Way, random: Random, texts: list[str], accounts: int) -> float:
    samples = []
    for _ in range(ASKED):
        account, query = _account(random.randrange(accounts), accounts), " ".join(random.choice(texts).split()[:8])
        begun = perf_counter()
        way(account, query)
        samples.append((perf_counter() - begun) * 1000)
    return p95(samples)


def _fill(engine: Engine, texts: list[str], vectors: Vectors, accounts: int) -> None:
    for start in range(0, len(texts), 5_000):
        part = range(start, min(start + 5_000, len(texts)))
        with engine.begin() as connection:
            added = timeline.add(connection, [_activity(number, texts[number], accounts) for number in part])
            _store(connection, [one.activity_id for one in added], vectors[start : start + 5_000])


def _store(connection: Connection, activities: list[str], vectors: Vectors) -> None:
    rows: Iterator[dict[str, object]] = (
        {
            "episode_id": f"ep_{activity[4:]}", "model": Stored.model, "passage": 0, "dimension": Stored.dimension,
            "plain": half.tobytes(), "prefixed": half.tobytes(),
        }
        for activity, half in zip(activities, vectors.astype("<f2"), strict=True)
    )  # fmt: skip
    connection.execute(insert(Vector), list(rows))


def _activity(number: int, text: str, accounts: int) -> NewActivity:
    at = START + timedelta(minutes=number)
    speaker = ("Nora Berg", "Elias Roth")[number // accounts % 2]
    return NewActivity(
        "bench", "chat", str(number), "message", at, at, _account(number, accounts), text=text, speaker=speaker
    )


def _account(number: int, accounts: int) -> str:
    return f"account-{number % accounts:05}"


def _text(random: Random, words: Sequence[str] = ()) -> str:
    return " ".join(random.choice(words) if words else _word(random) for _ in range(WORDS))


def _word(random: Random) -> str:
    # Few words are common and many are rare, as in speech.
    code = min(int(random.paretovariate(0.6)), 200_000)
    return "".join(_SOUNDS[code // 20**place % 20] for place in range(3))
