"""Background embedding: in short steps, one worker at a time, resumed, and never in the way of anything."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from agent_runtime import embedding
from agent_runtime.embedding import Embedding, embedder_of
from agent_runtime.errors import BadSetting
from agent_runtime.settings import Settings
from memory import timeline
from memory.vectors import Vector
from tests.unit.memory.recall.house import START, one, said

LONG = "We spoke of this and that for a long time, and nothing came of it.\n\n" * 100


def settings(folder: Path, **more: object) -> Settings:
    return Settings(data_dir=folder, embedder="hashing", **more)  # type: ignore[arg-type]


def vectors(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count(func.distinct(Vector.episode_id)))) or 0


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    with sqlite_engine.begin() as connection:
        timeline.add(connection, said())
    return sqlite_engine


def test_steps_embed_all_that_waits_and_then_rest(engine: Engine, tmp_path: Path) -> None:
    check_steps(engine, tmp_path)


def test_steps_embed_all_that_waits_on_postgres(postgres_engine: Engine, tmp_path: Path) -> None:
    with postgres_engine.begin() as connection:
        timeline.add(connection, said())
    check_steps(postgres_engine, tmp_path)


def check_steps(engine: Engine, tmp_path: Path) -> None:
    worker, now, done = Embedding(engine, settings(tmp_path)), START, 0
    for second in range(50):
        done += worker.step(now + timedelta(seconds=second))
    assert (done, vectors(engine)) == (8, 8)
    with engine.begin() as connection:
        timeline.add(connection, [one(50, 5, "Elias", "One more thing.")])
    assert sum(worker.step(now + timedelta(seconds=60 + second)) for second in range(30)) == 1


def test_a_long_text_is_made_over_several_steps(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "STEP", 1e-9)
    with sqlite_engine.begin() as connection:
        timeline.add(connection, [one(1, 1, "Elias", LONG)])
    worker = Embedding(sqlite_engine, settings(tmp_path))
    steps = [worker.step(START + timedelta(milliseconds=number)) for number in range(60)]
    assert sum(steps) == 1
    assert steps.index(1) > 10


def test_of_two_workers_one_embeds_until_it_is_gone(engine: Engine, tmp_path: Path) -> None:
    first, second = Embedding(engine, settings(tmp_path)), Embedding(engine, settings(tmp_path))
    first.step(START)
    with engine.begin() as connection:
        timeline.add(connection, [one(50, 5, "Elias", "One more thing.")])
    assert second.step(START + timedelta(seconds=20)) == 0
    assert sum(second.step(START + timedelta(seconds=90 + number)) for number in range(20)) == 1


def test_what_was_erased_meanwhile_gets_no_vectors(engine: Engine, tmp_path: Path) -> None:
    worker = Embedding(engine, settings(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM tenure_episode WHERE text LIKE 'Bluepeak%'"))
    for second in range(30):
        worker.step(START + timedelta(seconds=second))
    assert vectors(engine) == 7


def test_switched_off_it_does_nothing(engine: Engine, tmp_path: Path) -> None:
    off = Settings(data_dir=tmp_path, embedder="none")
    assert embedder_of(off) is None
    assert Embedding(engine, off).step(START) == 0


def test_an_unreachable_service_is_told_and_tried_again(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDER_SECRET", "zq7-secret")
    given = {"embedder_url": "http://127.0.0.1:9/v1", "embedder_model": "m", "embedder_dimension": 8}
    worker = Embedding(engine, settings(tmp_path, **given, embedder_key="env:EMBEDDER_SECRET"))
    assert [worker.step(START), worker.step(START + timedelta(seconds=30))] == [0, 0]
    assert worker.step(START + timedelta(seconds=61)) == 0
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert all("not reached" in one and "zq7" not in one for one in told)
    assert vectors(engine) == 0


def test_a_service_that_is_half_described_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="embedder_model"):
        embedder_of(settings(tmp_path, embedder_url="http://127.0.0.1:9/v1"))
    whole = {"embedder_url": "http://127.0.0.1:9/v2", "embedder_model": "m", "embedder_dimension": 8}
    with pytest.raises(BadSetting, match="key"):
        embedder_of(settings(tmp_path, **whole, embedder_key="env:NO_SUCH_VARIABLE"))
