"""The index across accounts, in Chroma: which accounts speak of something. Never the truth, rebuilt out of SQL."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, bindparam, select
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

from memory.embed.port import Vectors
from memory.records import Activity, Episode
from memory.scope import AccountScope
from memory.vectors import Vector, unpacked

COLLECTION = "episodes"
BATCH = 1_000
_CURRENT = "current"
_REBUILD = "Run: tenure memory rebuild."
_vector: Any = Vector.__table__  # type: ignore[attr-defined]
_episode: Any = Episode.__table__  # type: ignore[attr-defined]
_activity: Any = Activity.__table__  # type: ignore[attr-defined]
_ALL = (
    select(_vector.c.episode_id, _vector.c.passage, _episode.c.account_id, _vector.c.plain, _vector.c.dimension)
    .join(_episode, _episode.c.id == _vector.c.episode_id)
    .join(_activity, _activity.c.id == _episode.c.activity_id)
    .where(_vector.c.model == bindparam("model"), _vector.c.plain != b"", _episode.c.account_id.is_not(None))
    .where(_activity.c.current, ~_activity.c.deleted)
    .order_by(_vector.c.episode_id, _vector.c.passage)
)
_TRUE = (
    select(_episode.c.id, _episode.c.account_id, _activity.c.source_id, _episode.c.text)
    .join(_activity, _activity.c.id == _episode.c.activity_id)
    .where(_episode.c.id.in_(bindparam("episodes", expanding=True)))
    .where(_episode.c.account_id.in_(bindparam("accounts", expanding=True)))
    .where(_activity.c.current, ~_activity.c.deleted)
)


class PortfolioFault(Exception):
    """The index cannot be read; nothing is lost, because all of it stands in SQL. `fix` says what to do."""

    def __init__(self, what: str, *, fix: str = _REBUILD) -> None:
        super().__init__(f"{what} {fix}")
        self.what = what
        self.fix = fix


class Mention(NamedTuple):
    """An episode of some account; `nearness` is the cosine with what was asked, higher is nearer."""

    account_id: str
    episode_id: str
    source_id: str
    nearness: float
    text: str


class Portfolio:
    """The index in `folder`, of one model's vectors. It holds ids and vectors, no text.

    Each rebuild makes a folder of its own beside the one in use, so that readers never see half an index.
    """

    def __init__(self, folder: Path, model: str) -> None:
        self._folder = folder
        self._model = model
        self._opened: tuple[Path, Any] | None = None

    def rebuild(self, connection: Connection) -> int:
        """Makes the index anew of everything that has vectors; gives how many passages it holds."""
        self._folder.mkdir(parents=True, exist_ok=True)
        old = list(self._folder.glob("index-*"))
        # Chroma keeps what it opened by its path for as long as the process lives: a path is never used again.
        place = self._folder / f"index-{token_hex(4)}"
        collection = _client(place).create_collection(
            COLLECTION, embedding_function=None, metadata={"model": self._model}, configuration=_COSINE
        )
        count = 0
        for ids, accounts, vectors in _batches(connection, self._model):
            collection.add(ids=ids, embeddings=vectors, metadatas=[{"account_id": account} for account in accounts])
            count += len(ids)
        (self._folder / f"{_CURRENT}.new").write_text(place.name, encoding="utf-8")
        (self._folder / f"{_CURRENT}.new").replace(self._folder / _CURRENT)
        self._opened = (place, collection)
        for path in old:
            _remove(path)
        _blank_unused(place)
        return count

    def search(
        self, connection: Connection, vector: Vectors, allowed: Sequence[AccountScope], k: int = 20
    ) -> list[Mention]:
        """The nearest passages of the allowed accounts, best first, at most one an episode, checked against SQL.

        What SQL no longer has is left out, whatever the index says. Raises PortfolioFault.
        """
        accounts = sorted({scope.account_id for scope in allowed})
        if not accounts:
            return []
        with self._reading() as collection:
            found = collection.query(
                query_embeddings=[vector.tolist()], n_results=k, where={"account_id": {"$in": accounts}},
                include=["distances"],
            )  # fmt: skip
        nearest: dict[str, float] = {}
        for key, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            nearest.setdefault(key.rsplit("#", 1)[0], 1 - distance)
        return _checked(connection, nearest, accounts)

    def remove(self, episode_ids: Sequence[str]) -> None:
        """Takes all passages of these episodes out of the index; what is not in it is no error.

        Nothing finds them any more, but their vectors stay in the files until `renew`.
        """
        if not self.is_there:
            return
        with self._reading() as collection:
            wanted = set(episode_ids)
            keys = [key for key in collection.get(include=[])["ids"] if key.rsplit("#", 1)[0] in wanted]
            for start in range(0, len(keys), BATCH):
                collection.delete(ids=keys[start : start + BATCH])

    def renew(self, connection: Connection) -> int:
        """Where there is an index, makes it anew in a new folder, so that no file holds what SQL has no more."""
        return self.rebuild(connection) if self.is_there else 0

    @property
    def is_there(self) -> bool:
        """Whether an index was ever built here."""
        return (self._folder / _CURRENT).is_file()

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        place = self._place()
        if not (place / "chroma.sqlite3").is_file():
            self._opened = None
            raise PortfolioFault(f"The index across accounts in {self._folder} is gone or was never built.")
        from chromadb.errors import ChromaError

        try:
            if self._opened is None or self._opened[0] != place:
                self._opened = (place, _client(place).get_collection(COLLECTION, embedding_function=None))
            yield self._opened[1]
        except (ChromaError, OSError) as error:
            raise PortfolioFault(f"The index across accounts cannot be read ({type(error).__name__}).") from error

    def _place(self) -> Path:
        try:
            return self._folder / (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return self._folder / "none"


@retry(retry=retry_if_exception_type(OSError), stop=stop_after_attempt(40), wait=wait_fixed(0.05), reraise=True)
def _remove(folder: Path) -> None:
    """Empties it again where Chroma still wrote into it meanwhile: nothing that was erased may stay there."""
    if folder.exists():
        shutil.rmtree(folder)


def _blank_unused(place: Path) -> None:
    """Zeroes what the index keeps free for later elements: it writes that part from memory as it finds it, where a text
    that was just erased may still stand."""
    for path in place.glob("*/data_level0.bin"):
        _version, _offset, _most, used, size = _HEADER.unpack_from((path.parent / "header.bin").read_bytes())
        with path.open("r+b") as file:
            end = file.seek(0, 2)
            file.seek(used * size)
            file.write(bytes(max(0, end - used * size)))


# The head of hnswlib's header.bin: a version, then offset, most elements, elements in use, bytes of an element.
_HEADER = Struct("<i4Q")
_COSINE: Any = {"hnsw": {"space": "cosine"}}


def _client(place: Path) -> Any:
    import chromadb  # 2 s, and only who asks across accounts needs it
    from chromadb.config import Settings

    place.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(path=str(place), settings=Settings(anonymized_telemetry=False))


def _batches(connection: Connection, model: str) -> Iterator[tuple[list[str], list[str], Vectors]]:
    rows = connection.execute(_ALL, {"model": model})
    for part in rows.partitions(BATCH):
        keys = [f"{row[0]}#{row[1]}" for row in part]
        yield keys, [row[2] for row in part], unpacked([row[3] for row in part], part[0][4])


def _checked(connection: Connection, nearest: dict[str, float], accounts: list[str]) -> list[Mention]:
    rows = connection.execute(_TRUE, {"episodes": list(nearest), "accounts": accounts}) if nearest else ()
    found = [Mention(row[1], row[0], row[2], float(np.float32(nearest[row[0]])), row[3]) for row in rows]
    return sorted(found, key=lambda mention: (-mention.nearness, mention.episode_id))
