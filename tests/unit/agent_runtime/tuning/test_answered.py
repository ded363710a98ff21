"""The answers and the rollout as lines for a person."""

from datetime import UTC, datetime

from agent_runtime.inbox.observed import WouldHave
from agent_runtime.inbox.usefulness import Answers
from agent_runtime.playbook import default
from agent_runtime.playbook.models import Rollout
from agent_runtime.tuning.answered import answers_text, by_answers, rollout_text

AT = datetime(2026, 3, 3, 8, tzinfo=UTC)


def test_a_rule_that_is_dismissed_gets_a_lower_severity_with_its_reasons() -> None:
    answered = {"check_in": Answers("check_in", 5, {"not_worth_it": 20, "bad_timing": 3})}
    (found,) = by_answers(default(), answered)
    assert (found.place, found.present, found.suggested, found.n) == ("[rules.check_in] severity", "0.3", "0.15", 28)
    assert found.why == "acted on 5, dismissed 23: not worth it 20, bad timing 3"


def test_from_few_answers_nothing_is_suggested() -> None:
    (found,) = by_answers(default(), {"check_in": Answers("check_in", 1, {"other": 2})})
    assert found.suggested is None


def test_the_weight_stands_beside_what_was_answered() -> None:
    assert answers_text({}, {}) == "Nobody has answered to anything yet."
    told = answers_text({"check_in": Answers("check_in", 4, {})}, {"check_in": 0.5})
    assert told == "check_in: people acted on all of them; counts with 50% of its severity"


def test_a_rollout_says_whom_it_reaches_and_what_it_would_have_said() -> None:
    told = [WouldHave("answer_owed", 3, 2, AT)]
    assert rollout_text(Rollout(), []) == "Items reach everybody."
    assert rollout_text(Rollout(stage="observe"), told).splitlines()[1:] == [
        "In the last 30 days 3 items would have been said as well:",
        "  answer_owed: 3, on 2 accounts, the last on 2026-03-03",
    ]
