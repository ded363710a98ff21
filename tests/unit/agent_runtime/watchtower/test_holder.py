"""Who has a part of an interaction: each part goes to whom its own step of the ladder names."""

import pytest

from agent_runtime.watchtower.evaluate import holder_of
from tests.unit.agent_runtime.watchtower.detector_cases import Told
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, MANAGER


def committed() -> Told:
    """A deal in commit of which nobody has heard since Monday."""
    story = Told()
    story.deal("mon 09:00", "offer")
    story.crm("mon 10:00", "opportunity.updated", forecast_category="commit", user_id=ANNA)
    return story


def holders(story: Told, now: str) -> dict[str, str]:
    view = story.view(now)
    book = story.ledger(now)
    (row,) = book.interactions
    return {x.rule: holder_of(view, row, x) for x in book.expectations[row.id] if x.state == "breached"}


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("mon2 12:00", {"next_step": ANNA}),
        ("mon4 12:00", {"stage_age": ANNA, "next_step": MANAGER, "commit_without_evidence": MANAGER}),
        ("tue5 12:00", {"stage_age": MANAGER, "next_step": MANAGER, "commit_without_evidence": MANAGER}),
    ],
)
def test_a_part_that_climbed_to_the_manager_is_the_managers(now: str, found: dict[str, str]) -> None:
    assert holders(committed(), now) == found


def test_to_whom_a_person_gave_it_has_it_until_the_next_step() -> None:
    story = committed()
    story.crm("mon4 11:00", "interaction.assigned", to_user_id=BELA)
    assert set(holders(story, "mon4 12:00").values()) == {BELA}
