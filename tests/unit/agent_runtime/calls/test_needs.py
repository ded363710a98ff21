"""Which misses are one need, and what the rules read of it: its misses, its tries, its end."""

import pytest

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.needs import needs
from tests.unit.agent_runtime.calls.phone import (
    ANNA,
    ANNA_OFFICE,
    BERT,
    DAY,
    HOUR,
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
