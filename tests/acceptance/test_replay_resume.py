"""Stopped and resumed, or dead between two transactions: the same bytes as if nothing had happened."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from agent_runtime.replay import Approval
from agent_runtime.replay.setting import open_world
from tests.acceptance.worlds import Died, outputs, run

STOPS = 20
# How often a replay dies at each point, chosen so that each point is met several times.
RISKS = {"taken": 0.002, "evaluated": 0.003, "delivered": 0.05, "approved": 0.05, "claimed": 0.1, "executed": 0.1}
PERSON: dict[str, Any] = {"approval": Approval.parse("first:2"), "daily_scores": True}


@pytest.fixture(scope="module")
def unbroken(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("unbroken")
    run(world, folder, **PERSON)
    return outputs(folder / "out")


def test_stopped_and_resumed_at_twenty_random_points(world: Path, unbroken: dict[str, bytes], tmp_path: Path) -> None:
    settings, chance = open_world(world).settings, Random(11)
    length = settings.end - settings.start
    stops = sorted(settings.start + length * chance.random() for _ in range(STOPS))
    for number, until in enumerate([*stops, None]):
        run(world, tmp_path, until=until, resume=number > 0, **PERSON)
    assert outputs(tmp_path / "out") == unbroken


def test_dead_between_two_transactions(world: Path, unbroken: dict[str, bytes], tmp_path: Path) -> None:
    chance, died = Random(4), set()

    def passing(point: str) -> None:
        if chance.random() < RISKS.get(point, 0.05):
            died.add(point)
            raise Died(point)

    started = False
    while True:
        try:
            run(world, tmp_path, resume=started, passing=passing, **PERSON)
            break
        except Died:
            started = True
    assert died == {*RISKS, "planned"}
    assert outputs(tmp_path / "out") == unbroken


def test_a_replay_with_a_budget_goes_on_in_the_middle_of_a_round(world: Path, capped: Path, tmp_path: Path) -> None:
    seen = 0

    def passing(point: str) -> None:
        nonlocal seen
        seen += point == "delivered"
        if point == "delivered" and seen % 8 == 0:
            raise Died(point)

    started = False
    while True:
        try:
            run(world, tmp_path, resume=started, passing=passing, daily_cap=3, daily_scores=True)
            break
        except Died:
            started = True
    assert seen >= 16
    assert outputs(tmp_path / "out") == outputs(capped / "out")
