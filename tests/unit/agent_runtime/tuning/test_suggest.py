"""Suggestions rest on own history, say on how much, and are refused where it is too little."""

from collections.abc import Iterable

import pytest

from agent_runtime.tuning.suggest import Suggestion, Suggestions, next_window, suggestions_text
from tests.unit.agent_runtime.watchtower.story import Story, company


def suggested(stories: Iterable[Story], now: str = "mon9 09:00") -> dict[str, Suggestion]:
    collected = Suggestions(company())
    for story in stories:
        collected.look(story.view(now))
    return {x.place: x for x in collected.found()}


def won(days: int, stage: str = "offer", end: str = "won") -> Story:
    story = Story()
    story.deal("mon 09:00", stage)
    week, day = divmod(days, 7)
    story.deal(f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day]}{week + 1} 09:00", end)
    return story


def answered(minutes: int | None) -> Story:
    story = Story()
    story.asks("mon 10:00")
    if minutes is not None:
        story.mails(f"mon {10 + minutes // 60}:{minutes % 60:02d}")
    return story


def test_the_age_of_a_stage_is_what_four_of_five_won_deals_kept() -> None:
    found = suggested([won(days) for days in range(1, 11)])["[stages.expected_days] offer"]
    assert (found.suggested, found.n, found.present) == ("8", 10, "10 (the source's own)")
    assert found.why == "80% left it within 8.0 days"


def test_lost_deals_teach_nothing_about_the_age_of_a_stage() -> None:
    stories = [won(days) for days in range(1, 11)] + [won(30, end="lost") for _ in range(20)]
    assert suggested(stories)["[stages.expected_days] offer"].n == 10


def test_nothing_is_suggested_from_nine_cases() -> None:
    found = suggested([*(won(2) for _ in range(9)), *(answered(30) for _ in range(9))])
    assert found["[stages.expected_days] offer"].suggested is None
    assert "fewer than 10 won deals" in found["[stages.expected_days] offer"].why
    assert (found["[rules.answer_owed] window"].suggested, found["[rules.answer_owed] window"].n) == (None, 9)


def test_a_window_is_the_next_round_one_above_the_own_reply_times() -> None:
    found = suggested([answered(20 + n) for n in range(20)])["[rules.answer_owed] window"]
    assert (found.suggested, found.n) == ("1 business hour", 20)
    assert found.why == "80% came within 35 open minutes"


def test_a_window_that_most_never_kept_is_not_learned() -> None:
    found = suggested([*(answered(30) for _ in range(15)), *(answered(None) for _ in range(5))])
    window = found["[rules.answer_owed] window"]
    assert (window.suggested, window.n) == (None, 20)
    assert "25% were never settled" in window.why


def test_what_may_still_come_is_not_counted_against_it() -> None:
    waiting = Story()
    waiting.asks("mon9 08:00")
    found = suggested([*(answered(30) for _ in range(10)), *[waiting] * 10])
    assert found["[rules.answer_owed] window"].n == 10


def test_a_slow_habit_is_called_one() -> None:
    story = Story()
    story.asks("mon 10:00")
    story.mails("thu 10:00")
    found = suggested([story] * 10)["[rules.answer_owed] window"]
    assert found.suggested == "3 business days"
    assert found.why.endswith("slower than the window is: your habit, not a goal")


def test_leads_are_told_apart_by_their_type() -> None:
    def lead(kind: str) -> Story:
        story = Story()
        story.crm("mon 10:00", "lead.created", None, lead_id="l", lead_type=kind)
        story.mails("mon 10:20", who=None)
        return story

    found = suggested([*(lead("web") for _ in range(10)), *(lead("phone") for _ in range(3))])
    assert found["[rules.lead_response] window"].n == 13
    assert found["[windows.lead_response] web"].suggested == "30 business min"
    assert found["[windows.lead_response] phone"].suggested is None


def test_what_is_older_than_a_year_is_forgotten() -> None:
    assert suggested([won(3) for _ in range(12)], now="mon60 09:00") == {}
    assert suggestions_text([]) == "There is no history to learn from."


@pytest.mark.parametrize(
    ("minutes", "window"),
    [(1, "15 business min"), (16, "30 business min"), (31, "1 business hour"), (239, "4 business hours"),
     (300, "1 business day"), (481, "2 business days"), (100 * 480, "100 business days")],
)  # fmt: skip
def test_windows_are_round(minutes: int, window: str) -> None:
    assert str(next_window(minutes, company().calendar)) == window


def test_the_text_says_what_stays() -> None:
    text = suggestions_text(suggested([answered(30) for _ in range(9)]).values())
    assert "[rules.answer_owed] window: stays 1 business day (n = 9; fewer than 10 cases)" in text.splitlines()
