"""Whatever order things become known in, the same end state: outcomes, and each breach that was one, once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import EndState, cut, end_state, extended, late, run, shuffled, table, twice

A_DAY = timedelta(days=1)


def replayed(world: Path, folder: Path, **options: Any) -> EndState:
    """The end state of a replay in which no item is made: that is not what is looked at here."""
    run(world, folder, daily_cap=0, **options)
    state = end_state(folder / "replay.db")
    assert state.doubled == []
    return state


@pytest.fixture(scope="module")
def plain(world: Path, tmp_path_factory: pytest.TempPathFactory) -> EndState:
    state = replayed(world, tmp_path_factory.mktemp("plain"))
    assert len(state.chains) > 60
    assert len(state.breaches) > 30
    return state


def test_every_record_twice(world: Path, plain: EndState, tmp_path: Path) -> None:
    assert replayed(twice(world, tmp_path / "world"), tmp_path).differences(plain) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_records_of_one_second_in_another_order(world: Path, plain: EndState, tmp_path: Path, seed: int) -> None:
    assert replayed(shuffled(world, tmp_path / "world", seed), tmp_path).differences(plain) == []


def test_three_days_of_paused_sweeps(world: Path, plain: EndState, tmp_path: Path) -> None:
    settings = open_world(world).settings
    middle = settings.start + (settings.end - settings.start) / 2
    assert replayed(world, tmp_path, pause=(middle, middle + 3 * A_DAY)).differences(plain) == []


def test_records_known_a_day_late(world: Path, tmp_path: Path) -> None:
    longer = extended(world, tmp_path / "longer", A_DAY)
    in_time = replayed(longer, tmp_path / "in-time")
    assert replayed(late(longer, tmp_path / "late", A_DAY), tmp_path / "out").differences(in_time) == []


def test_some_records_known_a_day_late(world: Path, tmp_path: Path) -> None:
    """Answers overtake questions. People whom nobody knows are left out: a mail to one of them that comes before the
    call that makes them known is, by design, not kept."""
    accounts = {x["id"] for x in table(world, "accounts")}
    known = cut(world, tmp_path / "known", accounts, table(world, "contacts"), strangers=False)
    longer = extended(known, tmp_path / "longer", A_DAY)
    in_time = replayed(longer, tmp_path / "in-time")
    mixed = late(longer, tmp_path / "late", A_DAY, lambda _, record: crc32(record["id"].encode()) % 3 == 0)
    assert replayed(mixed, tmp_path / "out").differences(in_time) == []


def test_the_end_state_sees_a_difference(world: Path, plain: EndState, tmp_path: Path) -> None:
    until = datetime.fromisoformat("2026-02-01T00:00:00+00:00")
    assert replayed(world, tmp_path, until=until).differences(plain)
