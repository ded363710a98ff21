"""What an opportunity's path keeps of its events: whose turn it is, since when, and what they answered."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.watchtower.risk import Path, Reading, observe, path_of, read

BEGIN = datetime(2031, 4, 7, 9, tzinfo=UTC)
CHANCES = {"open": 0.4}


class Happened(NamedTuple):
    kind: str
    direction: str | None
    occurred_at: datetime
    known_at: datetime
    user_id: str | None
    data: Mapping[str, Any]


def event(kind: str, day: float, direction: str | None = None, **data: Any) -> Happened:
    at = BEGIN + timedelta(days=day)
    return Happened(kind, direction, at, at, data.pop("user", None), data)


def look(*events: Happened, day: float) -> Reading:
    return read(path_of(events), (BEGIN + timedelta(days=day)).timestamp(), CHANCES)


PROPOSAL = event("email", 1, "outbound", event="proposal_sent")
ANSWER = event("email", 4, "inbound")


def test_silence_counts_from_the_proposal_and_chases_do_not_restart_it() -> None:
    chases = [event("call", 3, "outbound"), event("email", 6, "outbound"), event("message", 8, "outbound")]
    reading = look(PROPOSAL, *chases, day=9)
    assert (reading.answered, reading.theirs, reading.turn_days) == (0, 1, 8)


def test_a_new_proposal_begins_a_new_turn() -> None:
    assert look(PROPOSAL, event("opportunity.proposal", 5, status="created"), day=9).turn_days == 4


def test_an_answer_makes_it_our_turn_until_we_ask_again() -> None:
    ours = look(PROPOSAL, ANSWER, day=6)
    assert (ours.answered, ours.theirs, ours.turn_days, ours.response_days) == (1, 0, 2, 3)
    theirs = look(PROPOSAL, ANSWER, event("task.created", 7, channel="call"), day=9)
    assert (theirs.answered, theirs.theirs, theirs.turn_days) == (1, 1, 2)


def test_our_own_work_after_an_answer_takes_the_turn_back() -> None:
    asked_again = event("call", 5, "outbound")
    assert look(PROPOSAL, ANSWER, asked_again, event("task.created", 8, channel="internal"), day=9).theirs == 0


def test_our_own_work_before_any_answer_changes_nothing() -> None:
    reading = look(PROPOSAL, event("task.created", 8, channel="internal"), day=9)
    assert (reading.theirs, reading.turn_days) == (1, 8)


@pytest.mark.parametrize("auto", ["ooo", "bounce", "list"])
def test_an_automatic_mail_is_no_answer(auto: str) -> None:
    assert look(PROPOSAL, event("email", 4, "inbound", auto=auto), day=6).answered == 0


@pytest.mark.parametrize(("status", "answered"), [("held", 1), ("scheduled", 1), ("no_show", 0), ("canceled", 0)])
def test_a_meeting_answers_when_it_stands_or_was_held(status: str, answered: int) -> None:
    assert look(PROPOSAL, event("meeting", 4, status=status), day=6).answered == answered


def test_a_call_that_was_under_way_when_they_answered_asks_for_nothing() -> None:
    began = event("call", 3.9, "outbound")._replace(known_at=BEGIN + timedelta(days=4.1))
    assert look(PROPOSAL, ANSWER, began, day=6).theirs == 0


def test_a_message_of_theirs_known_after_we_asked_again_is_an_answer_but_not_to_that() -> None:
    late = ANSWER._replace(known_at=BEGIN + timedelta(days=6))
    reading = look(PROPOSAL, event("opportunity.proposal", 5, status="created"), late, day=8)
    assert (reading.answered, reading.theirs, reading.turn_days) == (1, 1, 3)


def test_where_only_the_crm_can_be_seen_stillness_counts_from_the_last_change_of_stage() -> None:
    reading = look(event("opportunity.stage", 0, stage="new"), event("opportunity.stage", 3, stage="open"), day=10)
    assert (reading.asked, reading.theirs, reading.turn_days) == (0, 1, 7)


def test_a_snapshot_tells_when_it_was_begun_and_when_its_stage_was_entered() -> None:
    entered = (BEGIN - timedelta(days=20)).isoformat()
    begun = (BEGIN - timedelta(days=50)).isoformat()
    path = path_of(
        [event("opportunity.snapshot", 0, stage="open", amount=70, created_at=begun, stage_entered_at=entered)]
    )
    assert path.opened_at == (BEGIN - timedelta(days=50)).timestamp()
    assert read(path, BEGIN.timestamp(), CHANCES)[:4] == (0, 0, 1, 20)


def test_people_are_counted_once_each() -> None:
    calls = [event("call", day, "outbound", user=user) for day, user in enumerate("abab")]
    assert look(*calls, day=9).people == 2


EVENTS = st.builds(
    event,
    st.sampled_from(["email", "call", "message", "meeting", "task.created", "opportunity.stage", "note"]),
    st.floats(0, 30),
    st.sampled_from(["inbound", "outbound", None]),
    channel=st.sampled_from(["internal", "call"]),
    status=st.sampled_from(["held", "no_show"]),
    stage=st.sampled_from(["open", "new"]),
    user=st.sampled_from(["u1", "u2", None]),
)


@given(st.lists(EVENTS, max_size=30), st.integers(0, 30))
def test_a_path_stored_in_the_middle_goes_on_as_if_never_stored(events: list[Happened], cut: int) -> None:
    events = sorted(events, key=lambda one: one.known_at)
    path = Path.from_json(json.loads(json.dumps(path_of(events[:cut]).to_json())))
    for one in events[cut:]:
        observe(path, one)
    assert path == path_of(events)


@given(st.lists(EVENTS, max_size=30))
def test_no_reading_is_negative_or_from_the_future(events: list[Happened]) -> None:
    reading = look(*sorted(events, key=lambda one: one.known_at), day=31)
    assert 0 <= reading.turn_days <= 31
    assert 0 <= reading.response_days <= 31
