"""Each edge of the graph: nothing, hold, a good draft, a draft that fails its check and falls back."""

from dataclasses import replace

import pytest
from langgraph.runtime import Runtime

from agent_runtime.loop import draft as drafts
from agent_runtime.loop.gates import GatePolicy, gate
from agent_runtime.loop.graph import Around, Result, check, fall_back, invoke
from agent_runtime.loop.situation import to_json
from tests.unit.agent_runtime.loop.situations import CALENDAR, POLICY, proposal_response
from tests.unit.agent_runtime.loop.telling import known_of, trouble_of
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, Story, at


def proposal() -> Story:
    story = Story()
    story.deal("mon 09:00", "offer", name="Cold room Mill Lane")
    story.mails("mon 10:00", opportunity_id="d1", event="proposal_sent", message_id="<p@ours.example>")
    return story


def passed(story: Story, now: str = "tue2 10:00", rule: str = "proposal_response") -> Result:
    known = known_of(story, now)
    return invoke(Around(known, trouble_of(known, rule), ANNA, GatePolicy(CALENDAR)))


def test_a_good_draft_comes_out_with_its_sources() -> None:
    result = passed(proposal())
    assert result.draft is not None
    assert result.draft["kind"] == "send_email"
    assert list(result.draft["to"]) == ["kim@acme.example"]
    assert "proposal for the cold room at Mill Lane" in result.draft["body"]
    assert result.verdict == "send"
    assert result.verified


def test_nothing_is_drafted_when_they_have_been_in_touch() -> None:
    story = proposal()
    story.misses("tue 10:00")
    result = passed(story)
    assert (result.draft, result.verdict, result.until) == (None, "nothing", None)
    assert "They were in touch by call" in result.reason


def test_a_meeting_ahead_holds_it_until_then() -> None:
    story = proposal()
    story.add("tue 10:00", "meeting", "calendar", opportunity_id="d1", starts_at=at("fri2 10:00").isoformat())
    result = passed(story)
    assert (result.draft, result.verdict, result.until) == (None, "hold_until", at("fri2 10:00"))


def test_a_colleague_who_wrote_holds_it() -> None:
    story = proposal()
    story.mails("mon2 17:00", user=BELA, thread="t7")
    assert passed(story).verdict == "hold_until"


def _around(answered: frozenset[str] = frozenset()) -> Runtime[Around]:
    known = replace(known_of(proposal(), "tue2 10:00"), answered=answered)
    return Runtime(context=Around(known, trouble_of(known, "proposal_response"), ANNA, GatePolicy(CALENDAR)))


@pytest.mark.parametrize(("answered", "refused"), [({"budget"}, True), ({"seats"}, False), (set(), False)])
def test_a_draft_asks_nothing_that_the_customer_has_answered(answered: set[str], refused: bool) -> None:
    situation = proposal_response()
    written = drafts.write(situation, gate(situation, POLICY))
    assert written is not None
    asking = replace(written, body=written.body.replace("?", "? What is your budget for this?", 1))
    state = {"situation": to_json(situation), "draft": drafts.to_json(asking)}
    found = check(state, _around(frozenset(answered)))  # type: ignore[arg-type]
    assert ("asked_again: budget" in found["violations"]) is refused


@pytest.mark.parametrize(("wrong", "rule"), [("for 999 euros", "number"), ("as agreed with Contoso", "name")])
def test_what_fails_its_check_falls_back_to_a_card(wrong: str, rule: str) -> None:
    situation = proposal_response()
    written = drafts.write(situation, gate(situation, POLICY))
    assert written is not None
    body = written.body.replace("the depot in Harlow", f"the depot in Harlow {wrong}")
    verdict = {"allowed": True, "verdict": "send", "reason": "", "rule": 0, "debt_id": "", "close_the_loop": False}
    state = {
        "situation": to_json(situation),
        "gate": verdict | {"until": None},
        "draft": drafts.to_json(replace(written, body=body)),
    }
    found = check(state, _around())  # type: ignore[arg-type]
    assert any(line.startswith(rule) for line in found["violations"])
    card = fall_back({**state, **found})["draft"]  # type: ignore[typeddict-item]
    assert card is not None
    assert card["kind"] == "call_card"
    assert wrong not in card["body"]
    assert rule in card["fallback_reason"]
