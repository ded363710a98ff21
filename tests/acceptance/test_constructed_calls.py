"""More than three hundred constructed calls of sixty kinds, with their truth, through one replay."""

import pytest

from evals.phone.constructed import constructed
from evals.phone.score import Score, replayed, score
from evals.phone.telling import KINDS


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Score:
    history = constructed()
    return score(replayed(history, tmp_path_factory.mktemp("calls")), history.truth)


def test_the_set_is_large_and_varied(found: Score) -> None:
    assert found.cases >= 300
    assert len(KINDS) >= 25


def test_every_call_is_told_as_it_was(found: Score) -> None:
    assert found.missed >= 0.98
    assert found.resolution >= 0.95
    assert found.callback >= 0.97
    assert found.latency == 1.0
    assert not found.wrong, "\n".join(found.wrong)


def test_nobody_is_guessed_and_nothing_counts_twice(found: Score) -> None:
    assert (found.guessed, found.doubled) == (0, 0)
