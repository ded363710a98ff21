"""What breaks first stands first; introductions fit into days; the leaver is asked what only they know."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.accounts.triage import (
    INTRODUCTIONS_A_DAY,
    Gap,
    Owed,
    Standing,
    Trouble,
    introductions,
    questions,
    triage,
)

NOW = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def standing(name: str, *owed: Owed, complaints: tuple[str, ...] = (), renewal: date | None = None) -> Standing:
    return Standing(name, name, owed, complaints, renewal, NOW - DAY)


def test_the_most_urgent_stands_first() -> None:
    rows = triage(
        [
            standing("quiet but fine"),
            standing("soon", Owed("promise", NOW + 3 * DAY, "p2")),
            standing("asked", Owed("open_question", NOW - DAY, "q")),
            standing("angry", complaints=("k",)),
            standing("late", Owed("promise", NOW - DAY, "p1")),
            standing("later", Owed("promise", NOW - 3 * DAY, "p0")),
            standing("renews", renewal=(NOW + 60 * DAY).date()),
            standing("renewed", renewal=(NOW + 100 * DAY).date()),
            Standing("silent", "silent", last_touch=NOW - 40 * DAY),
        ],
        NOW,
    )
    names = ["later", "late", "angry", "asked", "renews", "soon", "silent", "quiet but fine", "renewed"]
    assert [row.name for row in rows] == names
    assert rows[0].evidence == ("p0",)
    assert rows[-1].first is Trouble.NOTHING


def test_an_account_names_all_its_troubles() -> None:
    both = standing("both", Owed("promise", NOW - DAY, "p"), Owed("open_question", NOW, "q"), complaints=("k",))
    (row,) = triage([both], NOW)
    assert row.reasons[:3] == (
        "we promised something and are late",
        "a complaint is open",
        "they asked and nobody answered",
    )


@given(st.integers(0, 85))
def test_ten_introductions_a_working_day_and_none_is_left_out(count: int) -> None:
    rows = triage([standing(f"a{number:02d}") for number in range(count)], NOW)
    plan = introductions(rows, "new", None, NOW.date(), lambda day: day.weekday() < 5)
    days = [one.day for one in plan]
    assert [one.account_id for one in plan] == [row.account_id for row in rows]
    assert days == sorted(days)
    assert all(day.weekday() < 5 for day in days)
    assert all(days.count(day) <= INTRODUCTIONS_A_DAY for day in days)
    assert {one.by for one in plan} <= {"new"}


def test_the_predecessor_introduces_while_still_there() -> None:
    rows = triage([standing("a")], NOW)
    (one,) = introductions(rows, "new", "old", NOW.date(), lambda _: True)
    assert one.by == "old"


def test_the_leaver_is_asked_only_what_nobody_knows() -> None:
    asked = questions([Gap("a1", "Acme", True, True, True), Gap("a2", "Beta", False, True, False)])
    assert [account for account, _ in asked] == ["a2", "a2"]
    assert "Who really decides at Beta" in asked[0][1]
