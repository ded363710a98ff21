"""The vectors of episodes: what was embedded with which model, and what still is to be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, and_, bindparam, delete, func, select, text
from sqlmodel import Field, SQLModel

from memory.embed import Embedder
from memory.embed.port import Vectors
from memory.passages import passages
from memory.records import Activity, Contact, Episode, User
from memory.scope import AccountScope
from memory.telling import prefixed, speaker_of

# Of a text longer than an hour of talk, what comes later is found by its words alone.
MOST_PASSAGES = 64
_HALF = np.dtype("<f2")


class Vector(SQLModel, table=True):
    """The two vectors of one passage of an episode: of its text, and of "speaker (date): text".

    Little-endian half floats, `dimension` each. An episode without text has one row with empty vectors.
    """

    __tablename__ = "tenure_vector"

    episode_id: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    passage: int = Field(primary_key=True)
    dimension: int
    plain: bytes
    prefixed: bytes


class Progress(NamedTuple):
    """How many episodes have vectors of a model, of how many."""

    embedded: int
    episodes: int


_vector: Any = Vector.__table__  # type: ignore[attr-defined]
_episode: Any = Episode.__table__  # type: ignore[attr-defined]
_activity: Any = Activity.__table__  # type: ignore[attr-defined]
_contact: Any = Contact.__table__  # type: ignore[attr-defined]
_user: Any = User.__table__  # type: ignore[attr-defined]
_has = and_(_vector.c.episode_id == _episode.c.id, _vector.c.model == bindparam("model"))
_WAITING = (
    select(_episode.c.id)
    .where(~select(_vector.c.episode_id).where(_has).exists())
    # What was said last is asked about first.
    .order_by(_episode.c.occurred_at.desc(), _episode.c.id)
    .limit(bindparam("most"))
)
_TOLD = (
    select(
        _episode.c.id,
        _episode.c.text,
        _episode.c.occurred_at,
        _episode.c.speaker,
        _activity.c.direction,
        _contact.c.name,
        _user.c.name,
    )
    .outerjoin(_activity, _activity.c.id == _episode.c.activity_id)
    .outerjoin(_contact, _contact.c.id == _activity.c.contact_id)
    .outerjoin(_user, _user.c.id == _activity.c.user_id)
    .where(_episode.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_episode.c.occurred_at.desc(), _episode.c.id)
)
# Another worker may have embedded the same meanwhile, and an erased text must not come back as its vector.
_ADD = text(
    "INSERT INTO tenure_vector (episode_id, model, passage, dimension, plain, prefixed)"
    " SELECT episode.id, :model, :passage, :dimension, :plain, :prefixed"
    " FROM tenure_episode episode WHERE episode.id = :episode_id ON CONFLICT DO NOTHING"
)
_OF_ACCOUNT = (
    select(_vector.c.episode_id, _vector.c.passage, _vector.c.plain, _vector.c.prefixed)
    .join(_episode, _episode.c.id == _vector.c.episode_id)
    .where(_episode.c.account_id == bindparam("account_id"), _vector.c.model == bindparam("model"))
)


class Told(NamedTuple):
    """An episode as it is embedded: its text, who spoke, when (aware)."""

    id: str
    text: str
    at: datetime
    speaker: str


class Making:
    """The vectors of some episodes in the making: a few texts at a time, so that it can rest between any two.

    `episodes`: how many there are.
    """

    def __init__(self, embedder: Embedder, episodes: Sequence[Told]) -> None:
        self.episodes = len(episodes)
        self._embedder = embedder
        self._places: list[tuple[str, int]] = []
        self._texts: list[str] = []
        self._vectors: list[bytes] = []
        self._rows: list[dict[str, Any]] = []
        for one in episodes:
            self._cut(one)

    @property
    def done(self) -> bool:
        """Whether every text has its vector."""
        return len(self._vectors) == len(self._texts)

    def go_on(self, texts: int) -> None:
        """Embeds the next `texts` texts, of which each passage has two. EmbedderFault."""
        at = len(self._vectors)
        vectors = self._embedder.embed(self._texts[at : at + texts]).astype(_HALF)
        self._vectors += [one.tobytes() for one in vectors]

    def store(self, connection: Connection) -> None:
        """Writes the vectors; only when done."""
        pairs = zip(self._places, self._vectors[::2], self._vectors[1::2], strict=True)
        rows = [*self._rows, *(_row(self._embedder, *one) for one in pairs)]
        if rows:
            connection.execute(_ADD, rows)

    def _cut(self, one: Told) -> None:
        cut = passages(one.text)[:MOST_PASSAGES]
        if not cut:
            self._rows.append(_row(self._embedder, (one.id, 0), b"", b""))
        for passage in cut:
            said = one.text[passage.start : passage.end]
            self._places.append((one.id, passage.number))
            self._texts += [said, prefixed(one.speaker, one.at, said)]


def waiting(connection: Connection, model: str, most: int) -> list[str]:
    """The ids of up to `most` episodes without vectors of this model, the latest first; it looks at every episode."""
    return list(connection.scalars(_WAITING, {"model": model, "most": most}))


def told(connection: Connection, episode_ids: Sequence[str]) -> list[Told]:
    """Those of the episodes that are there, as they are embedded, the latest first."""
    rows = connection.execute(_TOLD, {"ids": list(episode_ids)})
    return [Told(row[0], row[1], row[2], speaker_of(*row[3:])) for row in rows]


def embed_pending(connection: Connection, embedder: Embedder, limit: int) -> int:
    """Embeds up to `limit` episodes that have no vectors of this model yet; gives how many it did.

    Zero: nothing is left. Call it in transactions of its own until then; what is done stays done. EmbedderFault.
    """
    return embed(connection, embedder, waiting(connection, embedder.model, limit))


def embed(connection: Connection, embedder: Embedder, episode_ids: Sequence[str]) -> int:
    """Embeds these episodes at once, those that are still there; gives how many. EmbedderFault."""
    episodes = told(connection, episode_ids)
    making = Making(embedder, episodes)
    making.go_on(len(episodes) * 2 * MOST_PASSAGES)
    making.store(connection)
    return len(episodes)


def progress(connection: Connection, model: str) -> Progress:
    """How far the embedding with this model has come."""
    done = select(func.count(func.distinct(_vector.c.episode_id))).where(_vector.c.model == model)
    episodes = select(func.count()).select_from(_episode)
    return Progress(connection.scalar(done) or 0, connection.scalar(episodes) or 0)


def drop_other_models(connection: Connection, model: str) -> int:
    """Deletes the vectors of every model but this one; gives how many rows it deleted."""
    return connection.execute(delete(_vector).where(_vector.c.model != model)).rowcount


def of_account(connection: Connection, scope: AccountScope, model: str) -> dict[tuple[str, int], tuple[bytes, bytes]]:
    """The plain and the prefixed vector of the account's passages, by episode id and number of the passage."""
    rows = connection.execute(_OF_ACCOUNT, {"account_id": scope.account_id, "model": model}).fetchall()
    return {(row[0], row[1]): (row[2], row[3]) for row in rows if row[2]}


def unpacked(stored: Sequence[bytes], dimension: int) -> Vectors:
    """Stored vectors as rows of float32."""
    return np.frombuffer(b"".join(stored), dtype=_HALF).reshape(-1, dimension).astype(np.float32)


def _row(embedder: Embedder, place: tuple[str, int], plain: bytes, with_prefix: bytes) -> dict[str, Any]:
    episode_id, number = place
    return {
        "episode_id": episode_id, "passage": number, "model": embedder.model, "dimension": embedder.dimension,
        "plain": plain, "prefixed": with_prefix,
    }  # fmt: skip
