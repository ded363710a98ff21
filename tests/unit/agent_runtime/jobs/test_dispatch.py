"""Which accounts go into the queue, under which number, and what comes back out of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from agent_runtime import jobs
from agent_runtime.jobs import dispatch
from agent_runtime.jobs.dispatch import Run

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_woken_account_gets_one_place_until_its_run_begins(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A", "B"])
        assert dispatch.asked(connection)
        assert dispatch.take(connection, NOW, 10) == [Run("A", 1), Run("B", 1)]
        assert (dispatch.asked(connection), dispatch.take(connection, NOW, 10)) == (False, [])
        assert dispatch.queued(connection) == 2
        jobs.begin_run(connection, "A")
        assert dispatch.find_queued(connection) == [Run("B", 1)]
        jobs.wake(connection, ["A"])
        assert dispatch.take(connection, NOW, 10) == [Run("A", 2)]


def test_the_name_in_the_queue_keeps_the_order_of_the_runs() -> None:
    assert Run("A", 7).workflow_id == "A:000000000007"
    assert sorted(Run("A", seq).workflow_id for seq in (10, 9)) == ["A:000000000009", "A:000000000010"]


def test_the_dispatcher_goes_round(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A", "B", "C"])
        assert dispatch.take(connection, NOW, 2) == [Run("A", 1), Run("B", 1)]
        jobs.begin_run(connection, "A")
        jobs.wake(connection, ["A"])
        assert dispatch.take(connection, NOW, 2, after="B") == [Run("C", 1)]
        assert dispatch.take(connection, NOW, 2) == [Run("A", 2)]


def test_two_dispatchers_at_once_give_each_account_one_place(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        jobs.wake(connection, ["A", "B", "C"])
    with postgres_engine.begin() as one, postgres_engine.begin() as other:
        first = dispatch.take(one, NOW, 2)
        assert dispatch.take(other, NOW, 10) == [Run("C", 1)]
        assert first == [Run("A", 1), Run("B", 1)]


def test_a_run_that_holds_its_account_does_not_stop_the_dispatcher(postgres_engine: Engine) -> None:
    with postgres_engine.begin() as connection:
        jobs.wake(connection, ["A", "B"])
    with postgres_engine.begin() as running, postgres_engine.begin() as dispatching:
        jobs.begin_run(running, "A")
        assert dispatch.take(dispatching, NOW, 10) == [Run("B", 1)]


def test_what_the_queue_lost_is_asked_for_under_a_new_number(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A", "B"])
        lost, begun = dispatch.take(connection, NOW, 10)
        jobs.begin_run(connection, "B")
        assert dispatch.give_back(connection, lost)
        assert not dispatch.give_back(connection, begun)
        assert not dispatch.give_back(connection, lost)
        assert dispatch.take(connection, NOW, 10) == [Run("A", 2)]


def test_a_failed_run_waits_longer_each_time(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A"])
        waits, now = [], NOW
        for _ in range(9):
            assert dispatch.take(connection, now, 10)
            retry_at = dispatch.hold_back(connection, "A", now)
            assert dispatch.take(connection, now, 10) == []
            assert not dispatch.waits(connection, now)
            waits.append((retry_at - now).total_seconds())
            now = retry_at
        assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
        now += timedelta(hours=2)
        assert dispatch.waits(connection, now)
        assert dispatch.hold_back(connection, "A", now) - now == timedelta(seconds=5)


def test_a_run_that_fails_after_it_began_is_asked_for_again(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A"])
        dispatch.take(connection, NOW, 10)
        seq = jobs.begin_run(connection, "A")
        retry_at = dispatch.hold_back(connection, "A", NOW)
        assert dispatch.take(connection, retry_at, 10) == [Run("A", seq + 1)]


STEPS = st.lists(
    st.tuples(st.sampled_from(["wake", "take", "begin", "fail", "lose"]), st.sampled_from(["A", "B", "C"])), max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(steps=STEPS)
def test_a_woken_account_always_has_a_place_or_gets_one_and_no_number_comes_twice(
    sqlite_engine: Engine, steps: list[tuple[str, str]]
) -> None:
    given_out: list[Run] = []
    with sqlite_engine.connect() as connection:
        for step, account in steps:
            if step == "wake":
                jobs.wake(connection, [account])
            elif step == "take":
                given_out += dispatch.take(connection, NOW + timedelta(days=1), 2)
            elif step == "begin":
                jobs.begin_run(connection, account)
            elif step == "fail":
                dispatch.hold_back(connection, account, NOW)
            else:
                for run in dispatch.find_queued(connection):
                    dispatch.give_back(connection, run)
        waiting = {run.account_id for run in dispatch.find_queued(connection)}
        given_out += (rest := dispatch.take(connection, NOW + timedelta(days=1), 10))
        assert waiting | {run.account_id for run in rest} == set(jobs.woken(connection))
        assert len(set(given_out)) == len(given_out)
        connection.rollback()
