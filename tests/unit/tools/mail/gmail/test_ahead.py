"""Several are asked for at a time, few wait, all come in order, and the first error ends it."""

from threading import Barrier, Lock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.mail.gmail.ahead import in_order


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(), max_size=30), st.integers(1, 7))
def test_they_come_in_order_and_each_once(wanted: list[int], at_once: int) -> None:
    assert list(in_order(lambda one: one + 1, wanted, at_once)) == [one + 1 for one in wanted]


def test_so_many_are_under_way_at_a_time() -> None:
    # Each waits for the two others: one after the other would never come to an end.
    meeting = Barrier(3, timeout=30)
    assert len(list(in_order(lambda _: meeting.wait(), range(9), 3))) == 9


@pytest.mark.parametrize("at_once", [1, 4])
def test_nothing_runs_far_ahead_and_after_an_error_nothing_is_begun(at_once: int) -> None:
    begun, lock = [], Lock()

    def ask(one: int) -> int:
        with lock:
            begun.append(one)
        if one == 10:
            raise ValueError(one)
        return one

    found = in_order(ask, range(100), at_once)
    assert next(found) == 0
    assert max(begun, default=0) <= at_once
    with pytest.raises(ValueError, match="10"):
        list(found)
    assert len(begun) <= 11 + at_once
