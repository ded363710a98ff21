"""The presets are complete and explained, and each says what its kind of business needs."""

import re
from datetime import UTC, datetime

import pytest

from agent_runtime.calendars import Window
from agent_runtime.playbook import RULES, load, preset_names
from agent_runtime.playbook.load import PRESETS

SATURDAY_MORNING = datetime(2026, 3, 14, 9, tzinfo=UTC)
TEAMS = ("b2b_sales", "call_driven_services", "customer_success")


def window(text: str) -> Window:
    return Window.parse(text)


@pytest.mark.parametrize("name", preset_names())
def test_every_rule_and_the_head_of_a_preset_are_explained(name: str) -> None:
    lines = (PRESETS / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# Playbook for ")
    for rule in RULES:
        place = next(n for n, line in enumerate(lines) if re.match(rf"\[rules\.{rule}\]", line))
        assert "#" in lines[place] or lines[place - 1].startswith("#"), rule
    assert all(len(line) <= 120 for line in lines)


@pytest.mark.parametrize("name", TEAMS)
def test_in_a_team_a_debt_of_ours_climbs_to_the_manager(name: str) -> None:
    playbook = load(name)
    for rule in ("promise_due", "answer_owed", "missed_call", "escalation"):
        assert "manager" in [x.do for x in playbook.ladder_for(rule, one_person=False).steps], rule
        assert not playbook.ladder_for(rule, one_person=True).needs_second_person


def test_no_preset_sends_anything_to_a_customer_by_itself() -> None:
    for name in preset_names():
        autonomy = load(name).autonomy
        assert {autonomy.send_email, autonomy.message, autonomy.meeting} == {"approve"}
        assert autonomy.acknowledgement == "never"


def test_customer_success_watches_over_contracts_first() -> None:
    playbook, sales = load("customer_success"), load("b2b_sales")
    assert playbook.signals.renewal_days > sales.signals.renewal_days
    assert playbook.rule("renewal_ahead").severity == max(playbook.rule(x).severity for x in RULES)
    for rule in ("usage_decline", "qbr_follow_up", "hand_over", "champion_left", "escalation", "check_in"):
        assert playbook.rule(rule).enabled, rule
    assert playbook.window_for("check_in", "strategic") == window("15 business days")
    assert [x.do for x in playbook.ladder_for("renewal_ahead", one_person=False).steps][-1] == "manager"


def test_call_driven_services_call_back_within_minutes() -> None:
    playbook = load("call_driven_services")
    assert playbook.window_for("missed_call", "commercial") == window("10 business min")
    assert playbook.window_for("lead_response", "phone") == window("10 business min")
    for rule in ("appointment_confirm", "no_show", "estimate_response", "callback_promised", "missed_call"):
        assert playbook.rule(rule).enabled, rule
    assert playbook.calendar.build([2026]).is_open(SATURDAY_MORNING)
