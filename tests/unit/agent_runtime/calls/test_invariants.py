"""What holds for any phone history, however odd."""

import random

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import CallLeg, CallResolution, Message
from agent_runtime.calls.resolution import resolve
from tests.unit.agent_runtime.calls.phone import (
    ANNA,
    ANNA_OFFICE,
    BERT,
    LINE,
    OWNERS,
    SHARED,
    STRANGER,
    business_seconds,
    leg,
    lines,
    sent,
)

NUMBERS = st.sampled_from([ANNA, ANNA_OFFICE, BERT, SHARED, STRANGER, None])
MINUTES = st.integers(0, 3000) | st.integers(0, 40_000)
LEG_FIELDS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["inbound", "inbound", "outbound", "internal"]),
        "status": st.sampled_from(["completed", "no_answer", "busy", "failed", "canceled", "abandoned"]),
        "ring_s": st.sampled_from([None, 0, 2, 20]),
        "talk_s": st.sampled_from([None, 0, 2, 60]),
        "answered_by": st.sampled_from([None, None, "person", "voicemail", "ivr"]),
        "user_id": st.sampled_from([None, "u1", "u2"]),
        "call_key": st.sampled_from([None, None, None, "k1", "k2"]),
        "parent_id": st.sampled_from([None, None, None, "c0", "c1", "k1", "gone"]),
        "missed_event_for": st.sampled_from([None, None, None, "u2"]),
        "account_id": st.sampled_from([None, None, None, "acme", "bolt"]),
    }
)


@st.composite
def histories(draw: st.DrawFn) -> list[CallLeg | Message]:
    records: list[CallLeg | Message] = []
    for index in range(draw(st.integers(1, 14))):
        fields = draw(LEG_FIELDS)
        ours, theirs = ("to_number", "from_number")[:: -1 if fields["direction"] == "outbound" else 1]
        # Few ids, so that some records are revisions of others.
        name = f"c{draw(st.integers(0, index))}"
        records.append(leg(name, draw(MINUTES), **{ours: LINE, theirs: draw(NUMBERS)}, **fields))
    for index in range(draw(st.integers(0, 3))):
        records.append(sent(f"m{index}", draw(MINUTES), automatic=draw(st.booleans())))
    return records


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_delivery_never_matters(records: list[CallLeg | Message], chance: random.Random) -> None:
    shuffled = [*records, *records]
    chance.shuffle(shuffled)
    assert lines(*shuffled) == lines(*records)


@given(histories())
def test_every_inbound_call_has_one_line_and_every_need_one_end(records: list[CallLeg | Message]) -> None:
    legs = [record for record in records if isinstance(record, CallLeg)]
    messages = [record for record in records if isinstance(record, Message)]
    calls = join_legs(legs)
    found = resolve(calls, messages, OWNERS, business_seconds=business_seconds)
    inbound = [call.call_id for call in calls if call.direction == "inbound"]
    assert sorted(line.call_id for line in found) == sorted(inbound)
    assert all((line.resolution == "not_missed") == (not line.missed) for line in found)
    ends_of_needs: dict[str, set[tuple[str, str | None]]] = {}
    for line in found:
        if line.need_id is not None:
            ends_of_needs.setdefault(line.need_id, set()).add((line.resolution, line.resolved_by))
    assert all(len(ends) == 1 for ends in ends_of_needs.values())


@given(histories())
def test_what_resolves_a_miss_began_after_it_and_reached_somebody(
    records: list[CallLeg | Message],
) -> None:
    calls = {call.call_id: call for call in join_legs(r for r in records if isinstance(r, CallLeg))}
    for line in lines(*records).values():
        _assert_latency_belongs_to_an_end(line)
        if line.resolution in ("callback", "caller_reached_us"):
            assert line.resolved_by is not None
            resolver = calls[line.resolved_by]
            assert resolver.reached_person
            assert resolver.started_at > line.at


def _assert_latency_belongs_to_an_end(line: CallResolution) -> None:
    resolved = line.resolution in ("callback", "caller_reached_us", "other_channel")
    assert (line.resolved_by is not None) == (line.latency_s is not None) == resolved
    assert line.latency_s is None or line.latency_s > 0
