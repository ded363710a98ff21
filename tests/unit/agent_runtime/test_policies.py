"""What the shipped playbooks decide for each kind of stall, and that marketing and sales share one table."""

import pytest

from agent_runtime.loop.catalogue import inside_catalogue
from agent_runtime.playbook import RULES, Playbook, load
from agent_runtime.playbook.load import preset_names
from agent_runtime.watchtower.score import Ranked, rank

PRESETS = preset_names()
# The first task is missed, nobody works the lead, the estimate has no response.
STALLS = ("promise_due", "unworked_lead", "estimate_response")


@pytest.fixture(params=PRESETS)
def playbook(request: pytest.FixtureRequest) -> Playbook:
    return load(str(request.param))


def test_an_estimate_and_a_new_inquiry_follow_different_sequences(playbook: Playbook) -> None:
    inquiry, estimate = (playbook.rule(x) for x in ("lead_response", "estimate_response"))
    assert playbook.window_for("lead_response", "web") != playbook.window_for("estimate_response")
    assert playbook.ladders[inquiry.ladder] != playbook.ladders[estimate.ladder]


def test_each_stall_has_a_rule_that_is_on_and_a_path_of_recovery(playbook: Playbook) -> None:
    for rule in STALLS:
        assert playbook.rule(rule).enabled
        assert playbook.ladder_for(rule, one_person=False).steps


def test_every_kind_of_stall_has_its_path_and_its_words(playbook: Playbook) -> None:
    texts = inside_catalogue("en")
    for rule in RULES:
        assert playbook.ladder_for(rule, one_person=True).steps[0].after.amount > 0
        assert texts.inside["todo"][rule]
        assert texts.inside["why"][rule]


def test_marketing_and_sales_share_one_table_of_one_version(playbook: Playbook) -> None:
    owners = {playbook.rule(x).owner for x in RULES}
    assert {"marketing", "sales"} <= owners
    assert all(str(playbook.window_for(x)) and playbook.rule(x).classification for x in RULES)
    assert playbook.stages.expected_days
    longer = playbook.stages.model_copy(update={"tolerance": playbook.stages.tolerance + 1})
    other = playbook.model_copy(update={"stages": longer})
    assert other.fingerprint != playbook.fingerprint


def _priority(playbook: Playbook, rule: str, amount: float) -> float:
    ranked = rank(
        playbook, rule, (), risk=None, factors=(), amount=amount, usual_amount=10_000, currency="EUR", cases=50
    )
    return ranked.priority


def test_of_two_leads_the_more_valuable_comes_first(playbook: Playbook) -> None:
    small, large = (_priority(playbook, "lead_response", amount) for amount in (1_000, 200_000))
    assert large > small


def test_a_valuable_one_without_response_is_not_a_lead_of_low_intent(playbook: Playbook) -> None:
    assert _priority(playbook, "lead_response", 200_000) > _priority(playbook, "intent_signal", 1_000)
    assert playbook.window_for("missed_call", "commercial") != playbook.window_for("missed_call", "informational")


def test_what_comes_together_at_one_customer_is_told_together_and_comes_first(playbook: Playbook) -> None:
    def ranked(*beside: str) -> Ranked:
        return rank(
            playbook, "renewal_ahead", ("champion_left",), risk=0.4, factors=(), amount=20_000, usual_amount=10_000,
            currency="EUR", cases=50, beside=beside,
        )  # fmt: skip

    alone, joined = ranked(), ranked("intent_signal", "stakeholder_change")
    assert joined.priority > alone.priority
    assert [x["factor"] for x in joined.why] == [
        "the contract ends soon",
        "in the same matter: the person who carried it has left",
        "at the same customer: they show interest",
        "at the same customer: a person we worked with has left or has another role",
    ]
