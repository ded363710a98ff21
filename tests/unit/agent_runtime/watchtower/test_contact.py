"""What counts as contact with a customer."""

import pytest

from agent_runtime.watchtower.contact import (
    first_contact_after,
    is_ours_to_customer,
    is_theirs,
    is_two_way,
    same_person,
)
from tests.unit.agent_runtime.watchtower.story import COLLEAGUE, CUSTOMER, Story, Telling, at, told


@pytest.mark.parametrize(
    ("telling", "ours", "theirs", "two_way"),
    [
        (lambda x: x.mails("mon"), True, False, False),
        (lambda x: x.mails("mon", auto="list"), False, False, False),
        (lambda x: x.mails("mon", caused_by="rule"), False, False, False),
        (lambda x: x.writes("mon"), False, True, False),
        (lambda x: x.writes("mon", auto="bounce"), False, False, False),
        (lambda x: x.calls("mon"), True, False, True),
        (lambda x: x.calls("mon", talk=0), False, False, False),
        (lambda x: x.calls("mon", answered_by="voicemail"), False, False, False),
        (lambda x: x.misses("mon"), False, False, False),
        (lambda x: x.misses("mon", status="completed", talk_s=30, answered_by="person"), False, True, True),
        (lambda x: x.misses("mon", status="completed", talk_s=30, answered_by="ivr"), False, False, False),
        (lambda x: x.add("mon", "form", direction="inbound"), False, True, False),
        (lambda x: x.crm("mon", "meeting", status="held"), False, False, True),
        (lambda x: x.crm("mon", "meeting", status="no_show"), False, False, False),
        (lambda x: x.crm("mon", "note", caused_by="person"), False, False, False),
    ],
)
def test_whose_move_it_was(telling: Telling, ours: bool, theirs: bool, two_way: bool) -> None:
    (event,) = told(telling).events
    assert (is_ours_to_customer(event), is_theirs(event), is_two_way(event)) == (ours, theirs, two_way)


@pytest.mark.parametrize(
    ("who", "wanted", "same"),
    [(CUSTOMER, CUSTOMER, True), (None, CUSTOMER, True), (CUSTOMER, None, True), (CUSTOMER, COLLEAGUE, False)],
)
def test_a_person_nobody_could_name_may_be_the_same(who: str | None, wanted: str | None, same: bool) -> None:
    assert same_person(Story().mails("mon", who=who), wanted) is same


def test_the_first_contact_is_strictly_later() -> None:
    story = told(lambda x: x.mails("mon"), lambda x: x.writes("tue"), lambda x: x.mails("wed"))
    found = first_contact_after(story.events, at("mon"))
    assert found
    assert found.occurred_at == at("wed")
    assert first_contact_after(story.events, at("wed")) is None
