"""Which misses are one need, and what the rules read of it: its misses, its tries, its end."""

from typing import Any

import pytest

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import CallLeg, Unplanned
from agent_runtime.calls.needs import needs
from tests.unit.agent_runtime.calls.phone import (
    ANNA,
    ANNA_OFFICE,
    BERT,
    DAY,
    HOUR,
    MOBILE,
    OWNERS,
    callback,
    dial,
    miss,
    moment,
    sent,
)
from tests.unit.agent_runtime.calls.truth import Case, assert_true_lines, case, ends

NEEDS = [
    case(
        "three dials are one need",
        miss("a", 0),
        miss("b", 10),
        miss("c", 20, ANNA_OFFICE),
        callback("cb", 60),
        a=ends("callback", "cb", 60, need_id="a"),
        b=ends("callback", "cb", 50, need_id="a"),
        c=ends("callback", "cb", 40, need_id="a"),
    ),
    case(
        "a try between two misses counts for both",
        miss("a", 0),
        dial("d", 5),
        miss("b", 10),
        a=ends("attempted", need_id="a"),
        b=ends("attempted", need_id="a"),
    ),
    case(
        "a callback between two misses parts them",
        miss("a", 0),
        callback("cb", 5),
        miss("b", 10),
        a=ends("callback", "cb", 5, need_id="a"),
        b=ends("none", need_id="b"),
    ),
    case(
        "a day later is still the same",
        miss("a", 0),
        miss("b", DAY),
        a=ends("none", need_id="a"),
        b=ends("none", need_id="a"),
    ),
    case(
        "more than a day later is another",
        miss("a", 0),
        miss("b", DAY + 1),
        callback("cb", DAY + 31),
        a=ends("callback", "cb", DAY + 31, need_id="a"),
        b=ends("callback", "cb", 30, need_id="b"),
    ),
    case(
        "the day runs from the last miss",
        miss("a", 0),
        miss("b", 20 * HOUR),
        miss("c", 40 * HOUR),
        a=ends("none", need_id="a"),
        b=ends("none", need_id="a"),
        c=ends("none", need_id="a"),
    ),
    case(
        "two contacts are two needs",
        miss("a", 0),
        miss("b", 5, BERT),
        callback("cb", 15, BERT),
        a=ends("none", need_id="a"),
        b=ends("callback", "cb", 10, need_id="b"),
    ),
]


@pytest.mark.parametrize("case", NEEDS)
def test_misses_of_one_caller_are_one_need_while_it_is_open_and_fresh(case: Case) -> None:
    assert_true_lines(case)


def test_an_open_need_lists_its_misses_and_what_was_tried() -> None:
    calls = join_legs([miss("b", 10), miss("a", 0), dial("d2", 30), dial("d1", 20), dial("early", -5)])
    (need,) = needs(calls, owners=OWNERS)
    assert [call.call_id for call in need.misses] == ["a", "b"]
    assert (need.resolution, need.attempts, need.contact_id) == ("attempted", ("d1", "d2"), "anna")
    assert need.resolved_at is None


def test_tries_after_the_caller_was_reached_are_not_its_tries() -> None:
    calls = join_legs([miss("a", 0), dial("d1", 20), dial("d2", 40)])
    (need,) = needs(calls, [sent("m", 30)], OWNERS)
    assert (need.resolved_by, need.resolved_at, need.attempts) == ("m", moment(30), ("d1",))


def test_a_caller_whom_the_sources_put_in_two_accounts_has_none() -> None:
    legs = [miss("a", 0, contact_id="anna", account_id="x"), miss("b", 5, contact_id="anna", account_id="y")]
    (need,) = needs(join_legs(legs))
    assert need.account_id is None


def test_no_miss_means_no_need() -> None:
    assert needs(join_legs([callback("cb", 0, ANNA)]), [sent("m", 1)], OWNERS) == []


def left(name: str, minutes: float, **fields: Any) -> CallLeg:
    return callback(name, minutes, answered_by="voicemail", **fields)


def test_a_message_that_names_no_next_step_is_a_failure_until_the_next_try() -> None:
    calls = join_legs([miss("a", 0), left("v1", 20), dial("d", 40), left("v2", 60)])
    (need,) = needs(calls, owners=OWNERS)
    assert need.unplanned == (Unplanned("v1", moment(20), "d", moment(40)), Unplanned("v2", moment(60)))


def test_what_reaches_the_caller_ends_it_too() -> None:
    (need,) = needs(join_legs([miss("a", 0), left("v", 20)]), [sent("m", 30)], OWNERS)
    assert need.unplanned == (Unplanned("v", moment(20), "m", moment(30)),)


def test_a_message_with_a_plan_is_none() -> None:
    (need,) = needs(join_legs([miss("a", 0), left("v", 20, plans=True)]), owners=OWNERS)
    assert (need.resolution, need.unplanned) == ("attempted", ())


def test_of_two_who_were_rung_only_the_one_who_answered_was_reached() -> None:
    rung = [
        dial("r", 9, MOBILE, status="completed"),
        callback("r1", 9, BERT, parent_id="r"),
        dial("r2", 9, ANNA, parent_id="r"),
    ]
    found = needs(join_legs([miss("a", 0), miss("b", 1, BERT), *rung]), owners=OWNERS)
    assert [(need.need_id, need.resolution) for need in found] == [("a", "attempted"), ("b", "callback")]


def test_a_call_that_names_its_contact_and_no_number_was_for_them() -> None:
    told = callback("cb", 9, None, contact_id="anna", account_id="acme")
    (need,) = needs(join_legs([miss("a", 0), told]), owners=OWNERS)
    assert need.resolved_by == "cb"
