"""The engine under kill -9, with two workers, with a frozen one, in a drain: nothing is lost, nothing doubled."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from agent_runtime import jobs
from agent_runtime.clock import SystemClock
from agent_runtime.jobs import dispatch, liveness
from agent_runtime.jobs.queues import SENDS_AT_ONCE
from tests.bench.boundaries import PLACES
from tests.integration import tally
from tests.integration.engine_house import House, open_house
from tests.integration.engine_worker import QUICK, Told
from tests.integration.tally import Count

ACCOUNTS = [f"account-{number}" for number in range(6)]


@pytest.fixture(params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on each kind of database."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    with open_house(make_url(engine.url).render_as_string(hide_password=False), tmp_path) as opened:
        yield opened


def test_what_a_killed_worker_left_is_done_once_wherever_it_died(house: House) -> None:
    for number, place in enumerate(PLACES):
        house.post(ACCOUNTS, 2, f"round-{number}")
        with house.engine.begin() as connection:
            tally.decide(connection, [f"mail-{number}-{x}" for x in range(3)])
        died = house.worker(Told(crash_at=place, crash_on=1 if place == "dispatched" else 3))
        assert house.ended(died) == -signal.SIGKILL, (place, house.logs())
    last = house.worker()
    house.wait_until_done()
    posted = len(PLACES) * len(ACCOUNTS) * 2
    assert tally.tell(house.engine, posted) == Count(posted, 0, 0, 0, 0)
    assert set(tally.sendings(house.engine).values()) == {1}
    assert len(tally.sendings(house.engine)) == len(PLACES) * 3
    last.terminate()
    assert house.ended(last) == 0


def test_two_workers_share_the_work_and_one_takes_over_from_the_other(house: House) -> None:
    workers = [house.worker(Told(graph=0.1)) for _ in range(2)]
    accounts, waves = [f"account-{number}" for number in range(40)], count()

    def both_work() -> bool:
        house.post(accounts, 1, f"wave-{next(waves)}")
        return len(tally.seen_workers(house.engine)) == 2

    house.wait(both_work)
    workers[0].kill()
    house.wait_until_done()
    posted = next(waves) * len(accounts)
    assert tally.tell(house.engine, posted) == Count(posted, 0, 0, 0, 0)
    house.wait(lambda: house.entered() == 1)


def test_a_frozen_worker_loses_its_run_and_writes_nothing_over_the_other_when_it_wakes(house: House) -> None:
    frozen = house.worker(Told(graph=1.5))
    house.post(["account"], 3)
    house.wait(lambda: bool(tally.seen_workers(house.engine)))
    house.freeze(frozen)
    house.worker()
    house.wait_until_done()
    assert house.entered() == 1
    assert tally.tell(house.engine, 3) == Count(3, 0, 0, 0, 0)
    house.thaw(frozen)
    house.wait(lambda: house.entered() == 2)
    house.post(["account", "other"], 2, "later")
    house.wait_until_done()
    assert tally.tell(house.engine, 7) == Count(7, 0, 0, 0, 0)
    for worker in house.started:
        worker.terminate()
    assert [house.ended(worker) for worker in house.started] == [0, 0], house.logs()
    assert house.entered() == 0


def test_a_worker_that_is_told_to_end_finishes_its_runs_and_leaves_the_rest(house: House) -> None:
    worker = house.worker(Told(graph=0.3))
    house.post([f"account-{number}" for number in range(40)], 1)
    house.wait(lambda: bool(tally.seen_workers(house.engine)))
    worker.terminate()
    assert house.ended(worker) == 0, house.logs()
    ended = tally.tell(house.engine, 40)
    assert (ended.unfinished, ended.doubled, ended.overlapping) == (0, 0, 0)
    assert ended.lost > 0
    with house.engine.connect() as connection:
        assert liveness.workers(connection) == {}
    house.worker()
    house.wait_until_done()
    assert tally.tell(house.engine, 40) == Count(40, 0, 0, 0, 0)


def test_a_killed_worker_is_followed_by_another_that_goes_on_with_its_work(house: House) -> None:
    parent = house.worker(Told(graph=1.0, kept=True))
    house.post(ACCOUNTS, 1)
    house.wait(lambda: bool(tally.seen_workers(house.engine)))
    (killed,) = tally.seen_workers(house.engine)
    os.kill(killed, signal.SIGKILL)
    house.wait_until_done()
    assert tally.tell(house.engine, len(ACCOUNTS)) == Count(len(ACCOUNTS), 0, 0, 0, 0)
    assert len(tally.seen_workers(house.engine)) == 2
    parent.terminate()
    assert house.ended(parent) == 0, house.logs()
    assert house.entered() == 0


def test_a_worker_whose_parent_is_killed_finishes_and_ends(house: House) -> None:
    parent = house.worker(Told(kept=True))
    house.wait(lambda: house.entered() == 1)
    parent.kill()
    house.wait(lambda: house.entered() == 0)


def test_an_account_whose_run_kills_every_worker_is_held_back_and_the_others_go_on(house: House) -> None:
    parent = house.worker(Told(kept=True, deadly="account-3", pace=replace(QUICK, rest=timedelta(seconds=4))))
    house.post(ACCOUNTS, 1)
    house.wait(lambda: ("account-3", 3) in tally.held(house.engine))
    house.post(ACCOUNTS, 1, "later")
    others = len(ACCOUNTS) - 1
    house.wait(lambda: tally.tell(house.engine, 2 * others).effects == 2 * others)
    with house.engine.connect() as connection:
        assert jobs.woken(connection) == ["account-3"]
    # Its rest may be over by now, and the next process be killed at this very moment.
    parent.terminate()
    house.ended(parent)


def test_a_run_that_raises_is_tried_again_later(house: House) -> None:
    house.worker(Told(failing="account-1"))
    house.post(ACCOUNTS, 1)
    house.wait(lambda: "the run of account-1 failed" in house.logs())
    house.wait_until_done()
    with house.engine.connect() as connection:
        assert jobs.latest_run(connection, "account-1") == 2
    assert tally.tell(house.engine, len(ACCOUNTS)) == Count(len(ACCOUNTS), 0, 0, 0, 0)


def test_what_the_queue_does_not_have_is_asked_for_anew(house: House) -> None:
    house.post(ACCOUNTS, 1)
    with house.engine.begin() as connection:
        lost = dispatch.take(connection, SystemClock().now(), len(ACCOUNTS))
        assert (len(lost), dispatch.asked(connection)) == (len(ACCOUNTS), False)
    house.worker()
    house.wait_until_done()
    assert tally.tell(house.engine, len(ACCOUNTS)) == Count(len(ACCOUNTS), 0, 0, 0, 0)


def test_no_more_sendings_of_one_provider_at_once_than_its_limit(house: House) -> None:
    for _ in range(2):
        house.worker(Told(sending=0.3))
    mails, at_once = [f"mail-{number}" for number in range(3 * SENDS_AT_ONCE)], set()
    with house.engine.begin() as connection:
        tally.decide(connection, mails)

    def all_are_sent() -> bool:
        at_once.add(tally.claimed(house.engine))
        return tally.is_done(house.engine)

    house.wait(all_are_sent)
    assert max(at_once) <= SENDS_AT_ONCE
    assert tally.sendings(house.engine) == dict.fromkeys(mails, 1)


def test_finished_jobs_are_cleared_away(house: House) -> None:
    house.worker(Told(keep=timedelta()))
    house.post(ACCOUNTS, 1)
    house.wait_until_done()
    table = "workflow_status" if house.engine.dialect.name == "sqlite" else "dbos.workflow_status"

    def kept() -> int:
        with house.engine.connect() as connection:
            return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)

    house.wait(lambda: kept() == 0)
