"""Which accounts a dead worker was running, how often that happened to one of them, and when it is held back."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from agent_runtime import jobs
from agent_runtime.jobs import deaths, dispatch
from agent_runtime.jobs.deaths import InHand
from agent_runtime.jobs.dispatch import Run

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_a_killed_process_was_running_is_told_once(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        mine = InHand(tmp_path, threads=3)
        mine.open("dead")
        with mine.holding("ended"):
            pass
        with mine.holding("A"), mine.holding("B ü"):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    living = InHand(tmp_path, threads=1)
    assert sorted(living.left_behind()) == ["A", "B ü"]
    assert living.left_behind() == []
    assert list(tmp_path.iterdir()) == []


def test_who_lives_is_not_read_and_who_ends_leaves_nothing(tmp_path: Path) -> None:
    one, other = InHand(tmp_path, threads=1), InHand(tmp_path, threads=1)
    one.open("one")
    with one.holding("A"):
        assert other.left_behind() == []
    one.close()
    assert other.left_behind() == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_raises_is_no_longer_in_hand(tmp_path: Path) -> None:
    mine = InHand(tmp_path, threads=1)
    mine.open("mine")
    with pytest.raises(ValueError, match="broken"), mine.holding("A"):
        raise ValueError("broken")
    (file,) = tmp_path.iterdir()
    assert b"A" not in file.read_bytes()
    mine.close()


def test_deaths_are_counted_until_a_run_ends_or_a_day_has_passed(engine: Engine) -> None:
    with engine.begin() as connection:
        assert [deaths.note(connection, "A", NOW), deaths.note(connection, "A", NOW + MINUTE)] == [1, 2]
        assert deaths.note(connection, "B", NOW) == 1
        assert deaths.suspects(connection) == {"A", "B"}
        deaths.clear(connection, "A")
        assert deaths.suspects(connection) == {"B"}
        assert deaths.note(connection, "A", NOW) == 1
        assert deaths.note(connection, "B", NOW + timedelta(days=1)) == 1


def test_the_third_death_in_a_row_brings_a_rest_and_each_further_one_twice_as_long() -> None:
    none, again, *rests = [deaths.rest_after("A", count, MINUTE) for count in range(1, 6)]
    assert (none, again) == (None, None)
    first = rests[0]
    assert first is not None
    assert MINUTE <= first < 1.5 * MINUTE
    assert rests == [first, 2 * first, 4 * first]
    assert deaths.rest_after("A", 10_000, MINUTE) == timedelta(days=1)


def test_two_that_died_together_do_not_come_back_together() -> None:
    assert len({deaths.rest_after(f"account-{number}", 3, MINUTE) for number in range(20)}) == 20


def test_an_account_at_rest_is_asked_for_later_under_a_new_number(engine: Engine) -> None:
    with engine.begin() as connection:
        jobs.wake(connection, ["A"])
        assert dispatch.take(connection, NOW, 1) == [Run("A", 1)]
        assert dispatch.rest(connection, "A", 3, NOW + MINUTE) == Run("A", 1)
        assert not jobs.hold(connection, "A", 0)
        assert dispatch.take(connection, NOW, 1) == []
        assert dispatch.take(connection, NOW + MINUTE, 1) == [Run("A", 2)]
