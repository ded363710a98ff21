"""What the one who calls back is told of a missed call beyond that it was missed."""

from dataclasses import replace
from typing import Any

import pytest

from agent_runtime.loop.gather import gather
from agent_runtime.loop.inside import call_card
from agent_runtime.loop.second_touch import second_touch
from agent_runtime.loop.situation import SecondTouch, from_json, to_json
from tests.unit.agent_runtime.loop.situations import NOW, missed_call
from tests.unit.agent_runtime.loop.telling import known_of, trouble_of
from tests.unit.agent_runtime.watchtower.story import ANNA, CUSTOMER, Story, at

RULE = "missed_call"


def touched(story: Story, now: str = "mon2") -> SecondTouch:
    known = known_of(story, now)
    found = second_touch(known.view, trouble_of(known, RULE))
    assert found is not None
    return found


def missed(words: str = "", **more: Any) -> Story:
    story = Story()
    story.misses("tue 10:00", voicemail=bool(words), words=words, **more)
    return story


def test_all_that_is_known_goes_to_the_one_who_calls() -> None:
    story = Story()
    story.add("tue 09:10", "form", "forms", direction="inbound", contact_id=CUSTOMER, page="/pricing")
    story.misses("tue 10:00", ivr="2 service")
    story.misses("tue 10:40", voicemail=True, words="The pump is broken again. Call me after 3 pm.", ivr="2 service")
    story.calls("tue 11:00", talk=0)
    story.calls("tue 12:00", answered_by="voicemail")
    assert touched(story) == SecondTouch(
        topic="technical", chosen="2 service", page="/pricing", rang=2, tried=2, tried_at=at("tue 12:00"),
        left_message=True, reachable="after 3 pm",
    )  # fmt: skip


def test_the_queue_alone_says_not_what_it_is_about() -> None:
    assert touched(missed(queue="sales")).topic == ""


@pytest.mark.parametrize(
    ("words", "reachable"),
    [
        ("Please ring between 9 and 11 o'clock.", "between 9 and 11 o'clock"),
        ("Bin nur nachmittags erreichbar.", "nur nachmittags"),
        ("Ab 14 Uhr bitte.", "ab 14 uhr"),
        ("The invoice of 12 March is wrong.", ""),
    ],
)
def test_when_they_can_be_reached_is_said_in_their_words(words: str, reachable: str) -> None:
    assert touched(missed(words)).reachable == reachable


def test_it_stands_on_the_card_and_what_is_not_known_does_not() -> None:
    touch = SecondTouch("billing", "3 accounts", "/pricing", 2, 1, NOW, left_message=True, reachable="after 3 pm")
    card = call_card(replace(missed_call(), second_touch=touch), None).body
    assert (
        'What it is about: an invoice or a payment; chose "3 accounts" in the menu; had come to us by /pricing' in card
    )
    assert "rang 2 times" in card
    assert "Tried so far: once, " in card
    assert 'When they can be reached: "after 3 pm"' in card
    bare = call_card(missed_call(), None).body
    assert not any(line in bare for line in ("What it is about", "Tried so far", "can be reached"))


def test_it_survives_as_plain_json() -> None:
    known = known_of(missed("The invoice is wrong."), "mon2")
    situation = gather(known, trouble_of(known, RULE), ANNA)
    assert from_json(to_json(situation)).second_touch == situation.second_touch
    assert situation.second_touch
