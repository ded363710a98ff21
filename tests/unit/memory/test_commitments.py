"""What a customer promised is kept by what comes from them about it, and by nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memory.commitments import theirs
from memory.timeline import Event

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DUE = (START + timedelta(days=4)).isoformat()


def event(number: int, **changed: Any) -> Event:
    at = START + timedelta(days=number)
    base: dict[str, Any] = {
        "id": f"act{number}", "account_id": "a1", "source": "email", "stream": "emails", "source_id": f"m{number}",
        "kind": "email", "direction": "inbound", "occurred_at": at, "known_at": at, "contact_id": "c1", "user_id": "u1",
        "opportunity_id": None, "caused_by": "none", "subject": None, "data": {},
    }  # fmt: skip
    return Event(**(base | changed))


def promise(quote: str) -> Event:
    return event(0, data={"their_promises": [{"quote": quote, "due_at": DUE, "what": quote}]})


SIGNED = "I will send you the signed contract by Friday."


@pytest.mark.parametrize(
    ("quote", "later", "text", "kept"),
    [
        (SIGNED, event(2), "Here is the contract.", True),
        (SIGNED, event(2, data={"attachments": ["order.pdf"]}), "See below.", True),
        (SIGNED, event(2), "What a fine day.", False),
        (SIGNED, event(2, contact_id="c2"), "Here is the contract.", False),
        (SIGNED, event(2, direction="outbound"), "Where is the contract?", False),
        (SIGNED, event(2, data={"holding": True}), "The contract will take longer.", False),
        (SIGNED, event(2, data={"their_promises": []}), "The contract is with legal.", True),
        ("I will call you by Friday.", event(2, kind="call", data={"talk_s": 60}), "", True),
        ("I will call you by Friday.", event(2, kind="call", data={"talk_s": 0}), "", False),
        ("I will call you by Friday.", event(2), "I will call.", False),
        ("I will call you by Friday.", event(2, kind="meeting", data={"status": "held"}), "", True),
    ],
)
def test_what_keeps_a_promise(quote: str, later: Event, text: str, kept: bool) -> None:
    (found,) = theirs([promise(quote), later], {later.id: text})
    assert (found.kept_at is not None) == kept
    assert found.source_ids == (("m0", "m2") if kept else ("m0",))
    assert found.overdue(START + timedelta(days=5)) == (not kept)
    assert not found.overdue(START + timedelta(days=3))
