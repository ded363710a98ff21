"""Each detector sees what it must, keeps quiet at its near-misses, waits where somebody is on it, and claims nothing
that could not be seen."""

from collections import Counter

import pytest

from agent_runtime.watchtower.findings import OPPORTUNITIES
from agent_runtime.watchtower.mentions import subjects
from agent_runtime.watchtower.rules import RULES, asked
from agent_runtime.watchtower.view import View
from tests.unit.agent_runtime.watchtower import detector_cases_customers, detector_cases_deals, detector_cases_duties
from tests.unit.agent_runtime.watchtower.detector_cases import Case
from tests.unit.agent_runtime.watchtower.detector_figures import figures
from tests.unit.agent_runtime.watchtower.story import playbook

EVERY = [*detector_cases_deals.every(), *detector_cases_customers.every(), *detector_cases_duties.every()]
FIRST = frozenset(("opportunity", "stage_age", "next_step", "close_date_pushed", "lead_response", "answer_owed",
                   "promise_due", "missed_call", "proposal_response"))  # fmt: skip


@pytest.mark.parametrize("case", EVERY, ids=lambda x: x.id)
def test_a_detector_sees_what_is_there_and_nothing_else(case: Case) -> None:
    assert case.told().outcome(case.rule, case.now) == case.seen


@pytest.mark.parametrize("case", EVERY[::5], ids=lambda x: x.id)
def test_what_is_said_does_not_hang_on_the_order_in_which_it_became_known(case: Case) -> None:
    story = case.told()
    story.events.reverse()
    assert story.outcome(case.rule, case.now) == case.seen


def test_a_rule_that_is_not_asked_would_have_said_nothing() -> None:
    for case in EVERY:
        view = case.told().view(case.now)
        told = [(x, subjects(View(view.account, [x], view.company, view.now))) for x in view.events]
        for rule in (x for x in RULES if x.subjects):
            rest = [event for event, about in told if rule.subjects.isdisjoint(about)]
            assert list(rule.state(View(view.account, rest, view.company, view.now, view.contacts))) == []


def test_an_account_is_asked_about_what_it_has() -> None:
    further = set(asked(frozenset({"usage", "note"}), frozenset())) - set(asked(frozenset(), frozenset()))
    assert further == {x for x in RULES if x.subjects == frozenset({"usage"})}
    assert asked(frozenset().union(*(x.subjects for x in RULES)), frozenset()) == RULES


def test_a_rule_that_is_switched_off_is_not_asked_nor_what_stands_inside_of_it() -> None:
    off = set(RULES) - set(asked(frozenset({"renewal"}), frozenset({"renewal_ahead"})))
    assert {x.names for x in off if x.subjects == frozenset({"renewal"})} == {
        frozenset({"renewal_ahead"}), frozenset({"renewal_ahead", "check_in"}),
    }  # fmt: skip


def test_there_are_cases_of_every_kind_for_every_detector() -> None:
    names = {rule.state.__module__.rpartition(".")[2] for rule in RULES} - FIRST
    by_rule = {name: Counter(x.seen for x in EVERY if x.rule == name) for name in names}
    assert {name for name, seen in by_rule.items() if not seen["breach"] or not seen["quiet"]} == set()
    assert {name for name, seen in by_rule.items() if not seen["unseen"]} == {"unresolved_age"}
    assert len(EVERY) >= 200


def test_precision_and_recall_of_each_detector_on_the_cases() -> None:
    assert {
        name: (x.precision, x.recall) for name, x in figures(EVERY).items() if (x.precision, x.recall) != (1, 1)
    } == {}


def test_every_chance_is_a_rule_of_the_playbook() -> None:
    assert all(playbook().rule(name) for name in OPPORTUNITIES)
