"""A situation is plain JSON on its way through the graph and comes back the same."""

import json
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.loop.situation import BadSituation, from_json, to_json
from tests.unit.agent_runtime.loop.situations import CASES, proposal_response


@pytest.mark.parametrize("name", sorted(CASES))
def test_through_json_and_back(name: str) -> None:
    situation = CASES[name]()
    assert from_json(json.loads(json.dumps(to_json(situation)))) == situation


@pytest.mark.parametrize(
    ("field", "value"),
    [("now", "2026-11-19T09:30:00"), ("signal", "weather"), ("sender", None), ("step", "")],
)
def test_what_no_writer_can_use_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadSituation, match=field):
        from_json(to_json(proposal_response()) | {field: value})


def test_a_zone_that_does_not_exist_falls_back_to_the_senders() -> None:
    plain = to_json(proposal_response())
    plain["recipient"]["timezone"] = "Mars/Base"
    plain["sender"]["timezone"] = "Africa/Lagos"
    assert from_json(plain).zone == ZoneInfo("Africa/Lagos")
    plain["sender"]["timezone"] = "../etc"
    assert from_json(plain).zone == ZoneInfo("UTC")
