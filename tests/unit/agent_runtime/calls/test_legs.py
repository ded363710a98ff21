"""Which records are one call, and which of them speaks for it."""

from datetime import datetime

import pytest

from agent_runtime.calls.legs import join_legs, leg_reached_person
from agent_runtime.calls.models import CallLeg, Message
from agent_runtime.errors import BadInput
from tests.unit.agent_runtime.calls.phone import ANNA, BERT, LINE, dial, miss, moment, taken


def ids(*legs: CallLeg) -> list[list[str]]:
    return [sorted(leg.id for leg in call.legs) for call in join_legs(legs)]


def test_legs_join_by_key_by_parent_and_across_both() -> None:
    legs = [
        miss("a", 0, call_key="k"),
        miss("b", 0, call_key="k"),
        miss("c", 0, parent_id="b"),
        miss("d", 0, BERT),
    ]
    assert ids(*legs) == [["a", "b", "c"], ["d"]]


def test_an_id_that_equals_another_calls_key_joins_nothing() -> None:
    assert ids(miss("7", 0, ring_s=9), miss("8", 5, call_key="7")) == [["7"], ["8"]]


def test_the_leg_without_a_parent_gives_id_start_and_from() -> None:
    (call,) = join_legs([miss("a1", -1, LINE, parent_id="z"), miss("z", 0, ANNA), taken("a2", 1, parent_id="z")])
    assert (call.call_id, call.started_at, call.from_number) == ("z", moment(0), ANNA)


def test_a_reported_miss_never_names_the_call() -> None:
    (call,) = join_legs([miss("e", -1, call_key="k", missed_event_for="u2"), miss("z", 0, call_key="k")])
    assert call.call_id == "z"


def test_length_is_ring_and_talk_over_all_legs() -> None:
    (call,) = join_legs([miss("a", 0, ring_s=2, talk_s=1), miss("b", 0, ring_s=4, parent_id="a")])
    assert call.length_s == 7


def test_length_is_unknown_where_no_leg_tells_it() -> None:
    assert join_legs([miss("a", 0, ring_s=None)])[0].length_s is None


def test_parents_in_a_circle_are_one_call() -> None:
    assert ids(miss("a", 0, parent_id="b"), miss("b", 1, parent_id="a"), miss("c", 2, parent_id="c")) == [
        ["a", "b"],
        ["c"],
    ]


def test_a_parent_delivered_twice_under_two_ids_keeps_its_children() -> None:
    legs = [
        miss("a", 0, status="completed", user_id=None),
        miss("z", 0, status="completed", user_id=None),
        taken("b", 0, parent_id="z"),
    ]
    assert ids(*legs) == [["a", "b"]]


def test_calls_come_oldest_first() -> None:
    assert [call.call_id for call in join_legs([miss("b", 5), dial("c", 1), miss("a", 9)])] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("leg", "reached"),
    [
        (dial("d", 0, status="completed", talk_s=2), True),
        (dial("d", 0, status="completed", talk_s=0), False),
        (dial("d", 0, status="completed"), False),
        (dial("d", 0, status="completed", talk_s=2, answered_by="person"), True),
        (dial("d", 0, status="completed", talk_s=20, answered_by="voicemail"), False),
        (dial("d", 0, status="completed", talk_s=20, answered_by="ivr"), False),
        (dial("d", 0, status="completed", talk_s=20, voicemail_text="It is us."), False),
        (dial("d", 0, status="no_answer", talk_s=20), False),
    ],
)
def test_the_vendors_word_says_whether_a_person_was_reached(leg: CallLeg, reached: bool) -> None:
    assert leg_reached_person(leg) is reached


def test_a_naive_time_is_refused_with_the_name_of_the_record() -> None:
    naive = datetime(2025, 3, 3, 9)  # noqa: DTZ001
    with pytest.raises(BadInput, match="call leg a has a time without a zone"):
        miss("a", 0, started_at=naive)
    with pytest.raises(BadInput, match="message m"):
        Message(id="m", at=naive, direction="outbound", medium="mail")


def test_a_key_that_comes_again_after_its_call_had_ended_is_another_call() -> None:
    legs = [miss("a", 0, call_key="k"), taken("a1", 1, call_key="k"), miss("b", 600, BERT, call_key="k")]
    assert [call.call_id for call in join_legs(legs)] == ["a", "b"]
    long_talk = [taken("a", 0, call_key="k", talk_s=4 * 3600), miss("a1", 250, call_key="k")]
    assert len(join_legs(long_talk)) == 1


def test_a_reported_miss_without_a_key_belongs_to_the_call_that_rang_with_it() -> None:
    legs = [taken("a", 0), miss("e", 0.1, missed_event_for="u2"), miss("z", 30, missed_event_for="u2")]
    assert [(call.call_id, call.reached_person) for call in join_legs(legs)] == [("a", True), ("z", False)]


def test_what_became_of_a_forwarded_call_belongs_to_it_without_a_key() -> None:
    forwarded = taken("f", 0.4, forwarded_from="u1", user_id="u9")
    (call,) = join_legs([miss("a", 0, user_id="u1"), forwarded])
    assert (call.call_id, call.reached_person) == ("a", True)
    assert len(join_legs([miss("a", 0, user_id="u5"), forwarded])) == 2


def test_a_call_that_ended_unanswered_was_answered_by_nobody() -> None:
    assert not leg_reached_person(miss("a", 0, answered_by="person"))
    assert leg_reached_person(miss("a", 0, answered_by="person", status="completed", talk_s=0))
