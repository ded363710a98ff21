"""What a run finds owed, and as what it is called."""

import pytest

from agent_runtime.loop.run import Evaluated, open_troubles
from tests.unit.agent_runtime.watchtower.detector_cases import Told


@pytest.mark.parametrize(
    ("mentioned", "now", "classification"),
    [("buying", "mon2 10:00", "opportunity"), ("concern", "mon2 10:00", "breakdown")],
)
def test_good_news_that_nobody_takes_up_is_a_chance(mentioned: str, now: str, classification: str) -> None:
    story = Told()
    story.mentions("tue 10:00", mentioned)
    found = Evaluated(story.view(now), story.ledger(now), seq=0)
    assert [x.classification for x in open_troubles(found)] == [classification]
