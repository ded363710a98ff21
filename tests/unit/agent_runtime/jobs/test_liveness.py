"""Who is alive: locks that nobody else can take, heartbeats, and who is taken out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from agent_runtime.jobs import liveness
from agent_runtime.jobs.liveness import lock_for

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FROZEN = timedelta(minutes=1)


def test_a_lock_is_free_when_its_holder_let_go(engine: Engine, tmp_path: Path) -> None:
    mine, other = lock_for(engine, tmp_path / "locks"), lock_for(engine, tmp_path / "locks")
    assert (mine.held(), other.is_free("me")) == (False, True)
    mine.take("me")
    assert (mine.held(), other.is_free("me"), other.is_free("somebody else")) == (True, False, True)
    mine.release()
    assert (mine.held(), other.is_free("me")) == (False, True)


def test_a_lock_of_a_broken_session_is_free(postgres_engine: Engine, tmp_path: Path) -> None:
    mine, other = lock_for(postgres_engine, tmp_path), lock_for(postgres_engine, tmp_path)
    mine.take("me")
    ending = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    )
    with postgres_engine.connect() as connection:
        assert connection.scalars(ending).all() == [True]
    assert other.is_free("me")
    assert not mine.held()
    mine.release()


def test_a_worker_shows_itself_until_it_signs_off(engine: Engine) -> None:
    with engine.begin() as connection:
        liveness.register(connection, "me", NOW)
        assert liveness.beat(connection, "me", NOW + FROZEN)
        assert liveness.workers(connection) == {"me": NOW + FROZEN}
        liveness.sign_off(connection, "me")
        assert not liveness.beat(connection, "me", NOW)


def test_the_dead_and_the_frozen_are_taken_out_and_the_living_are_not(engine: Engine, tmp_path: Path) -> None:
    held = {name: lock_for(engine, tmp_path) for name in ("me", "moving", "frozen")}
    for name, lock in held.items():
        lock.take(name)
    with engine.begin() as connection:
        for name in ("me", "dead", "frozen"):
            liveness.register(connection, name, NOW)
        liveness.register(connection, "moving", NOW + FROZEN)
    lost = liveness.strike_off_lost(engine, held["me"], "me", NOW + FROZEN, FROZEN)
    with engine.connect() as connection:
        assert (sorted(lost), sorted(liveness.workers(connection))) == (["dead", "frozen"], ["me", "moving"])
    for lock in held.values():
        lock.release()


def test_a_worker_that_moves_meanwhile_stays(engine: Engine) -> None:
    with engine.begin() as connection:
        liveness.register(connection, "me", NOW)
        assert not liveness.strike_off(connection, "me", unless_after=NOW - FROZEN)
        assert liveness.strike_off(connection, "me", unless_after=NOW)


def test_transactions_in_which_nothing_happens_are_ended(postgres_engine: Engine, sqlite_engine: Engine) -> None:
    fresh = create_engine(postgres_engine.url)
    for engine in (fresh, sqlite_engine):
        liveness.end_idle_transactions(engine)
    with fresh.connect() as connection:
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "30s"
    fresh.dispose()
