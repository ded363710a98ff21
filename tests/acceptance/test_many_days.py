"""A company of a hundred accounts over ten days: the budget, the visits, duplicates, and the end whichever way."""

import pytest

from agent_runtime.playbook import default
from tests.acceptance.many_days import Days, Living


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> tuple[Living, Days]:
    company = Living(tmp_path_factory.mktemp("days"), accounts=100, days=10)
    return company, company.live(duplicates=1_000)


def test_nobody_is_asked_for_more_attention_than_the_budget(living: tuple[Living, Days]) -> None:
    budget = default().budget
    assert living[1].shown
    assert max(living[1].shown.values()) <= budget.items_per_person_day + budget.urgent_per_person_day


def test_every_account_is_evaluated_every_day(living: tuple[Living, Days]) -> None:
    assert living[1].unvisited == []


def test_what_comes_a_thousand_times_is_known_and_shown_once(living: tuple[Living, Days]) -> None:
    assert (living[1].added_by_duplicates, living[1].items_by_duplicates) == (0, 0)


def test_ten_days_step_by_step_come_to_what_one_evaluation_says(living: tuple[Living, Days]) -> None:
    company, days = living
    assert days.end is not None
    assert days.end.differences(company.evaluated_at_once()) == []
    assert days.end.doubled == []
