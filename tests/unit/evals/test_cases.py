"""Cases: how a story is told, what an expectation says of it, and how an audit entry becomes one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from evals import expected, from_audit
from evals.stage import play, tell
from evals.story import BadStory, moment
from evals.world import weeks

ASKED = "Hello Anna,\n\nCan you move the door to the north side? My number is 0170 4711.\n\nKim"


def case(**more: object) -> dict[str, object]:
    return {"id": "acc", "story": [["mon 10:00", "mail_in", {"text": ASKED}]], "expect": {}, **more}


def test_days_are_counted_from_a_monday_in_berlin() -> None:
    assert moment("mon 09:00").isoformat() == "2026-03-02T08:00:00+00:00"
    assert moment("tue2 10:30").isoformat() == "2026-03-10T09:30:00+00:00"
    assert moment("fri-1 09:00").isoformat() == "2026-02-27T08:00:00+00:00"


def test_a_step_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadStory, match="dances"):
        tell([case(story=[["mon 10:00", "dances"]])])


def test_an_account_is_held_against_what_its_case_expects(tmp_path: Path) -> None:
    account = play(tell([case()]), weeks(1)).of("acc")
    output = {"account": account, "number": 1}
    good = {"breach": ["answer_owed"], "count": {"open_question": 1}, "item": {"action.to": ["kim"]}}
    assert set(expected.grade(case(expect=good), output).values()) == {None}
    wrong = {"quiet": ["answer_owed"], "count": {"open_question": 2}, "item": {"action.to": ["lou"]}}
    verdicts = expected.grade(case(expect=wrong), output)
    assert {name for name, reason in verdicts.items() if reason} == {"quiet", "count", "item"}


def test_an_audit_entry_becomes_a_case_without_a_word_of_the_customer(tmp_path: Path) -> None:
    found: list[dict[str, object]] = []
    play(tell([case()]), weeks(1), visit=lambda database: found.append(from_audit.case(database, _item(database))))
    assert "4711" not in str(found)
    assert found[0]["expect"] == {"breach": ["answer_owed"]}
    made = {**found[0], "id": "again"}
    again = play(tell([made]), weeks(3)).of("again")
    assert {x["rule"] for x in again["breaches"]} == {"answer_owed"}


def _item(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        [name] = connection.execute("SELECT id FROM tenure_item ORDER BY delivered_at LIMIT 1").fetchone()
    return str(name)
