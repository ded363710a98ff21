"""Which way an action may go, how long is waited, and how much goes out: pure."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.actions.limits import DAY, HOUR, MINUTE, Cap, room_at
from agent_runtime.actions.models import ActionState
from agent_runtime.actions.policy import ENDED, TRANSITIONS, may_move, pause_after
from tests.unit.agent_runtime.actions.prepared import NOW

SECONDS = st.integers(min_value=0, max_value=2 * 86400)


def test_every_state_has_its_ways() -> None:
    assert set(TRANSITIONS) == set(ActionState)


def test_an_end_stays_an_end() -> None:
    ways = {(before, after) for before in ENDED for after in ActionState if may_move(before, after)}
    assert ways == {(ActionState.SENT, ActionState.CONFIRMED)}


def test_what_may_have_gone_out_is_never_claimed_again_without_being_pending_first() -> None:
    assert {before for before in ActionState if may_move(before, ActionState.CLAIMED)} == {ActionState.PENDING}


def test_from_every_state_there_is_a_way_to_an_end() -> None:
    for state in ActionState:
        assert state in ENDED or ENDED & TRANSITIONS[state]


@given(st.integers(min_value=0, max_value=1000))
def test_a_pause_grows_and_stays_bounded(tries: int) -> None:
    assert timedelta() < pause_after(tries) <= pause_after(tries + 1) <= timedelta(hours=1)


@given(st.lists(SECONDS, max_size=60), st.integers(1, 9), st.integers(1, 20))
def test_no_stretch_of_time_ever_holds_more_than_its_cap(arrivals: list[int], minute: int, hour: int) -> None:
    caps: tuple[Cap, ...] = ((MINUTE, minute), (HOUR, hour), (DAY, 50))
    sent: list[datetime] = []
    for seconds in sorted(arrivals):
        now = max([NOW + timedelta(seconds=seconds), *sent])
        at = room_at(sent, caps, now)
        assert at >= now
        sent.append(at)
    for at in sent:
        assert all(sum(at - stretch < x <= at for x in sent) <= most for stretch, most in caps)


def test_without_others_there_is_room_at_once() -> None:
    assert room_at([], ((MINUTE, 1),), NOW) == NOW
    assert room_at([NOW], ((MINUTE, 1),), NOW) == NOW + MINUTE
