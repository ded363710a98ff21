"""Embedding in the background: resumable, never twice, one model beside another, nothing lost."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Connection, func, select, text

from memory import timeline, vectors
from memory.embed import EmbedderFault, HashingEmbedder
from memory.embed.port import Vectors
from memory.vectors import Progress, Vector
from tests.unit.memory.recall.house import SCOPE, empty, one, said

ONE = HashingEmbedder()


class AnotherModel(HashingEmbedder):
    """The same under another name."""

    model = "another"


class Failing(HashingEmbedder):
    """Fails whenever it is asked."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbedderFault("The embedding service was not reached.", fix="Check the address.")


@pytest.fixture
def connection() -> Iterator[Connection]:
    with empty().begin() as opened:
        timeline.add(opened, said())
        yield opened


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(Vector)) or 0


def test_it_goes_on_where_it_stopped(connection: Connection) -> None:
    assert vectors.embed_pending(connection, ONE, 5) == 5
    assert vectors.progress(connection, ONE.model) == Progress(5, 8)
    assert vectors.embed_pending(connection, ONE, 5) == 3
    assert vectors.embed_pending(connection, ONE, 5) == 0
    assert vectors.progress(connection, ONE.model) == Progress(8, 8)


def test_the_latest_are_embedded_first(connection: Connection) -> None:
    vectors.embed_pending(connection, ONE, 1)
    query = "SELECT a.source_id FROM tenure_vector v JOIN tenure_activity a ON v.episode_id = 'ep_' || substr(a.id, 5)"
    assert connection.scalars(text(query)).all() == ["a1-7"]


def test_another_model_is_embedded_beside_and_the_old_one_dropped(connection: Connection) -> None:
    vectors.embed_pending(connection, ONE, 10)
    assert vectors.embed_pending(connection, AnotherModel(), 10) == 8
    assert count(connection) == 16
    assert vectors.drop_other_models(connection, "another") == 8
    assert vectors.of_account(connection, SCOPE, ONE.model) == {}


def test_a_failing_embedder_stores_nothing(connection: Connection) -> None:
    with pytest.raises(EmbedderFault):
        vectors.embed_pending(connection, Failing(), 5)
    assert count(connection) == 0
    assert vectors.embed_pending(connection, ONE, 10) == 8


def test_a_blank_text_is_done_once_and_a_long_one_in_passages(connection: Connection) -> None:
    timeline.add(connection, [one(50, 99_000, "Nora", "  "), one(51, 99_001, "Nora", "word " * 200_000)])
    assert vectors.embed_pending(connection, ONE, 2) == 2
    assert vectors.embed_pending(connection, ONE, 10) == 8
    assert vectors.embed_pending(connection, ONE, 10) == 0
    assert count(connection) == 8 + 1 + vectors.MOST_PASSAGES
    assert len(vectors.of_account(connection, SCOPE, ONE.model)) == 8 + vectors.MOST_PASSAGES


def test_vectors_come_back_as_they_went_in(connection: Connection) -> None:
    vectors.embed_pending(connection, ONE, 10)
    stored = vectors.of_account(connection, SCOPE, ONE.model)
    plain = vectors.unpacked([pair[0] for pair in stored.values()], ONE.dimension)
    texts = timeline.texts(connection, SCOPE, [f"act_{episode[3:]}" for episode, _ in stored])
    given = ONE.embed([texts[f"act_{episode[3:]}"] for episode, _ in stored])
    assert abs(plain - given).max() < 1e-3
