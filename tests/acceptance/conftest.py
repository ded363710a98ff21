"""What the acceptance tests share: a small world, and replays of it that several tests look at."""

from pathlib import Path

import pytest

from agent_runtime.replay import Approval
from tests.acceptance.worlds import run, small_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About ten accounts of the demo world."""
    return small_world(tmp_path_factory.mktemp("small") / "world")


@pytest.fixture(scope="session")
def capped(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay with a daily budget and daily scores, in which nobody decides."""
    folder = tmp_path_factory.mktemp("capped")
    run(world, folder, daily_cap=3, daily_scores=True)
    return folder


@pytest.fixture(scope="session")
def approved(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay in which a scripted person says yes to all."""
    folder = tmp_path_factory.mktemp("approved")
    run(world, folder, approval=Approval.parse("all"), daily_scores=True)
    return folder
