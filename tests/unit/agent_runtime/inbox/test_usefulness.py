"""What people answered to a rule decides how much it counts, within the playbook's bounds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from agent_runtime.inbox.models import Decision, Item
from agent_runtime.inbox.usefulness import Answers, answers_of, learn, reset, weight, weights
from agent_runtime.playbook.models import Feedback

NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)
POLICY = Feedback()


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_weight_stays_within_its_bounds_and_falls_with_dismissals(acted: int, dismissed: int) -> None:
    found = weight(Answers("check_in", acted, {"not_worth_it": dismissed}), POLICY)
    more = weight(Answers("check_in", acted, {"not_worth_it": dismissed + 10}), POLICY)
    assert POLICY.lowest <= found <= 1.0
    assert more <= found or acted + dismissed < POLICY.least_cases


def test_from_few_answers_nothing_is_learned() -> None:
    assert weight(Answers("check_in", 0, {"not_worth_it": 19}), POLICY) == 1.0
    assert weight(Answers("check_in", 0, {"not_worth_it": 20}), POLICY) == POLICY.lowest


def test_a_wrong_person_says_nothing_against_the_rule() -> None:
    assert weight(Answers("check_in", 0, {"wrong_person": 50}), POLICY) == 1.0


def test_what_was_learned_is_told_once_and_can_be_taken_back(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        _answered(connection, "check_in", dismissed=24, acted=6)
        _answered(connection, "answer_owed", dismissed=2, acted=40)
        (entry,) = learn(connection, POLICY, NOW)
        assert (entry.event, entry.subject_id, entry.payload["after"]) == ("feedback.learned", "check_in", 0.5)
        assert learn(connection, POLICY, NOW) == []
        assert weights(connection) == {"check_in": 0.5}
        told = reset(connection, "check_in", "mona", NOW + timedelta(hours=1))
        assert told.actor_id == "mona"
        assert weights(connection) == {}
        assert learn(connection, POLICY, NOW + timedelta(hours=2)) == []
        assert set(answers_of(connection, POLICY, NOW + timedelta(hours=2))) == {"answer_owed"}


def test_a_playbook_that_does_not_learn_lets_everything_count_in_full(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        _answered(connection, "check_in", dismissed=30, acted=0)
        assert learn(connection, POLICY, NOW)
        (entry,) = learn(connection, Feedback(learn=False), NOW)
        assert (entry.payload["before"], entry.payload["after"]) == (0.5, 1.0)


@pytest.mark.parametrize("days", [91, 400])
def test_what_was_answered_long_ago_counts_no_more(sqlite_engine: Engine, days: int) -> None:
    with sqlite_engine.begin() as connection:
        _answered(connection, "check_in", dismissed=30, acted=0)
        assert answers_of(connection, POLICY, NOW + timedelta(days=days)) == {}


def _answered(connection: Connection, signal: str, dismissed: int, acted: int) -> None:
    for number in range(dismissed + acted):
        name = f"{signal}-{number}"
        connection.execute(insert(Item), _item(name, signal))
        verb, reason = ("dismiss", "not_worth_it") if number < dismissed else ("approve", "")
        connection.execute(
            insert(Decision),
            {
                "id": name, "item_id": name, "account_id": "acme", "verb": verb, "decided_by": "lea",
                "decided_at": NOW - timedelta(days=1), "draft_version": 1, "content_hash": "x", "reason": reason,
                "channel": "web", "detail": {},
            },
        )  # fmt: skip


def _item(name: str, signal: str) -> dict[str, Any]:
    return {
        "id": name, "account_id": "acme", "interaction_id": name, "expectation_id": name, "signal": signal,
        "classification": "delay", "step": 0, "verified": True, "state": "done", "delivered_at": NOW,
        "owner_id": "lea", "due_at": NOW, "priority": 1.0, "risk": 0.5, "value_at_stake": {},
        "action": {"kind": "task"}, "draft_version": 1, "content_hash": "x", "evidence": [], "why": [], "beside": {},
        "flags": [],
    }  # fmt: skip
