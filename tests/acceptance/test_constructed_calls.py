"""More than three hundred constructed calls of sixty kinds, with their truth, through one replay."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.ledger.policy import WITHDRAWN
from evals.phone.constructed import constructed
from evals.phone.history import History
from evals.phone.score import Score, replayed, score
from evals.phone.telling import KINDS


@dataclass(frozen=True)
class Played:
    """The history, how its lines scored, and what was begun."""

    history: History
    score: Score
    begun: list[dict[str, Any]]

    def accounts(self, kind: str) -> set[str | None]:
        return {true.account_id for true in self.history.truth.values() if true.kind == kind} - {None}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder: Path = tmp_path_factory.mktemp("calls")
    history = constructed()
    found = score(replayed(history, folder), history.truth)
    begun = [json.loads(line) for line in (folder / "out" / "interactions.jsonl").read_text().splitlines()]
    return Played(history, found, [row for row in begun if row["kind"] == "missed_call"])


def test_the_set_is_large_and_varied(played: Played) -> None:
    assert played.score.cases >= 300
    assert len(KINDS) >= 25


def test_every_call_is_told_as_it_was(played: Played) -> None:
    found = played.score
    assert found.missed >= 0.98
    assert found.resolution >= 0.95
    assert found.callback >= 0.97
    assert found.latency == 1.0
    assert not found.wrong, "\n".join(found.wrong)


def test_nobody_is_guessed_and_nothing_counts_twice(played: Played) -> None:
    assert (played.score.guessed, played.score.doubled) == (0, 0)


def test_every_miss_that_waits_has_owner_action_time_and_recovery(played: Played) -> None:
    waiting = [row for row in played.begun if row["state"] == "open"]
    assert waiting
    assert all(row[name] for row in waiting for name in ("owner_id", "next_action", "next_due_at", "recovery"))
    unanswered = played.accounts("rang_in_vain") | played.accounts("only_tried")
    assert unanswered <= {row["account_id"] for row in waiting}


def test_what_was_answered_after_all_is_withdrawn_with_its_breaches(played: Played) -> None:
    accounts = played.accounts("was_answered_after_all")
    rows = [row for row in played.begun if row["account_id"] in accounts]
    assert rows
    assert {(row["state"], row["reason"], row["breaches"]) for row in rows} == {("ended", WITHDRAWN, 0)}
