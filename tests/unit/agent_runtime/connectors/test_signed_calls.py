"""Who calls us is believed only as they signed it: never touched, with another key, too early or too late."""

from datetime import timedelta

import pytest

from agent_runtime.connectors.registry import adapters
from tests.unit.agent_runtime.connectors.callers import CALLERS, URL, Caller, Told
from tests.unit.tools.hands import NOON
from tools.base import Forged, Verified

every = pytest.mark.parametrize("name", CALLERS)


def _called(caller: Caller, key: int = 0, live: tuple[int, ...] = (0, 1), seconds: float = 0) -> Told:
    """A call signed at noon with one of the keys, as it is taken so much later."""
    headers, body = caller.sign(caller.keys[key], caller.body, URL, NOON)
    keys = [caller.keys[one] for one in live]
    return caller.verify(keys, headers, body, URL, NOON + timedelta(seconds=seconds))


def test_everybody_who_may_call_is_here() -> None:
    assert {one.name for one in adapters() if one.verifier} | {"hook"} == set(CALLERS)


@every
@pytest.mark.parametrize(
    ("key", "live", "believed"),
    [
        (0, (0, 1), True), (1, (0, 1), True), (2, (0, 1), False), (0, (0,), True), (1, (0,), False), (0, (1,), False),
        (0, (), False),
    ],
)  # fmt: skip
def test_rotation(name: str, key: int, live: tuple[int, ...], believed: bool) -> None:
    assert isinstance(_called(CALLERS[name], key, live), Verified) is believed


@every
def test_clock(name: str) -> None:
    caller = CALLERS[name]
    # How long before it was signed a call may be taken: the sender's clock is ahead of ours then.
    for limit, sign in ((caller.past, 1), (caller.future, -1)):
        for seconds in (1, 200, 10_000, 86_400, 10**9):
            believed = limit is None or seconds < limit
            assert isinstance(_called(caller, seconds=sign * seconds), Verified) is believed, (seconds, sign)
        if limit is not None:
            assert isinstance(_called(caller, seconds=sign * (limit - 1)), Verified)
            assert isinstance(_called(caller, seconds=sign * (limit + 1)), Forged)


@every
def test_replay_is_the_same_event_and_no_other_is(name: str) -> None:
    caller = CALLERS[name]
    first, again = _called(caller), _called(caller, seconds=100)
    assert isinstance(first, Verified)
    assert isinstance(again, Verified)
    assert first.event_id == again.event_id
    assert first == again


@every
def test_a_touched_signature_counts_for_nothing(name: str) -> None:
    caller = CALLERS[name]
    headers, body = caller.sign(caller.keys[0], caller.body, URL, NOON)
    proof = headers[caller.proof] if caller.proof else caller.keys[0]
    for place in {0, len(proof) // 3, len(proof) // 2, len(proof) - 4}:
        touched = proof[:place] + ("A" if proof[place] != "A" else "B") + proof[place + 1 :]
        changed = headers | ({caller.proof: touched} if caller.proof else {})
        given = body if caller.proof else body.replace(proof.encode(), touched.encode())
        assert isinstance(caller.verify([caller.keys[0]], changed, given, URL, NOON), Forged), place
    for emptied in ("", " ", "ü"):
        changed = headers | ({caller.proof: emptied} if caller.proof else {})
        given = body if caller.proof else body.replace(proof.encode(), emptied.encode())
        assert isinstance(caller.verify([caller.keys[0]], changed, given, URL, NOON), Forged), emptied


@every
def test_a_touched_body_or_address_counts_for_nothing_or_is_a_hint_alone(name: str) -> None:
    caller = CALLERS[name]
    headers, body = caller.sign(caller.keys[0], caller.body, URL, NOON)
    other = caller.verify([caller.keys[0]], headers, body.replace(b"1", b"2"), URL, NOON)
    if caller.binds_body:
        assert isinstance(other, Forged)
        assert isinstance(caller.verify([caller.keys[0]], headers, body[:-1], URL, NOON), Forged)
    elif isinstance(other, Verified):
        assert (other.pressed, other.echo) == (None, "")
    elsewhere = caller.verify([caller.keys[0]], headers, body, URL.replace("team=a", "team=b"), NOON)
    assert isinstance(elsewhere, Forged) is caller.binds_url


@every
def test_what_another_signed_counts_for_nothing(name: str) -> None:
    caller = CALLERS[name]
    for other_name, other in CALLERS.items():
        if other_name != name:
            headers, body = other.sign(other.keys[0], other.body, URL, NOON)
            assert isinstance(caller.verify([caller.keys[0]], headers, body, URL, NOON), Forged), other_name
