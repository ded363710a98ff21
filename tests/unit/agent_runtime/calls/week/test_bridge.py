"""The bridge: every record that the phone system calls missed takes exactly one step, and the sum is ours."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import CallLeg
from agent_runtime.calls.needs import needs
from agent_runtime.calls.week.bridge import Bridge, bridge
from tests.unit.agent_runtime.calls.week.town import town

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)


def leg(number: int, **fields: object) -> CallLeg:
    given = {
        "id": f"c{number}", "at": AT, "started_at": AT + timedelta(hours=number), "direction": "inbound",
        "status": "no_answer", "from_number": f"+4930200{number:05d}", "to_number": "+49301", "ring_s": 20.0,
    }  # fmt: skip
    return CallLeg(**(given | fields))  # type: ignore[arg-type]


def bridged(*legs: CallLeg) -> Bridge:
    calls = join_legs(legs)
    return bridge(legs, calls, needs(calls), classify)


def steps(found: Bridge) -> dict[str, int]:
    return {one.reason: one.change for one in found.steps}


def test_each_kind_of_record_takes_its_step() -> None:
    found = bridged(
        leg(1),
        leg(2),
        leg(3, from_number="+493020000002", started_at=AT + timedelta(hours=2, minutes=5)),  # the second dial of 2
        leg(4, direction="internal"),
        leg(5, direction="outbound"),
        leg(6, ring_s=2.0),
        leg(7, call_key="k"),
        leg(8, call_key="k", missed_event_for="u1"),
        leg(9, status="completed", talk_s=60.0, call_key="answered"),
        leg(10, call_key="answered", missed_event_for="u2", parent_id="c9"),
        leg(11, status="completed", answered_by="voicemail", talk_s=20.0, voicemail_text="I want a quote"),
        leg(12, voicemail_text="This is your final notice from the car warranty"),
    )
    assert steps(found)["internal"] == -1
    assert steps(found)["outbound"] == -1
    assert steps(found)["too_short"] == -1
    assert steps(found)["repeat_dial"] == -1
    assert steps(found)["leg_of_same_call"] == -1
    assert steps(found)["picked_up_by_machine"] == 1
    assert steps(found)["nuisance"] == -1
    assert found.total + sum(steps(found).values()) == found.ours


def test_a_second_delivery_is_told() -> None:
    found = bridged(leg(1), leg(2, started_at=AT + timedelta(hours=1), from_number="+493020000001"))
    assert steps(found) == {"delivered_twice": -1}
    assert (found.total, found.ours) == (2, 1)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(0, 120))
def test_the_sum_always_holds(seed: int, count: int) -> None:
    rng = random.Random(seed)
    legs = [
        leg(
            number,
            from_number=rng.choice([None, f"+4930200{rng.randrange(20):05d}"]),
            direction=rng.choices(["inbound", "outbound", "internal"], (6, 2, 1))[0],
            status=rng.choice(["no_answer", "completed", "busy", "abandoned"]),
            talk_s=rng.choice([0.0, 30.0]),
            ring_s=float(rng.randrange(1, 30)),
            call_key=rng.choice([None, None, f"k{rng.randrange(30)}"]),
            started_at=AT + timedelta(minutes=rng.randrange(5000)),
            answered_by=rng.choice([None, None, "voicemail", "ivr"]),
        )
        for number in range(count)
    ]
    found = bridged(*legs)
    assert found.total + sum(one.change for one in found.steps) == found.ours


def test_a_whole_town_adds_up() -> None:
    made = town(1, weeks=4)
    found = bridged(*made.legs)
    assert found.total + sum(one.change for one in found.steps) == found.ours
    assert 0 < found.ours <= found.total
