"""What the week says: whether more is missed, where callers are lost, what waiting costs, what changes did."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.calls.week import telling
from agent_runtime.calls.week.changes import changes, scope
from agent_runtime.calls.week.channels import Asking, Written, askings, channels
from agent_runtime.calls.week.context import Campaign, Context, Note
from agent_runtime.calls.week.fates import DealEnd, Deals, DealStep, Fate, exposed_of, fate, past_of
from agent_runtime.calls.week.live import live
from agent_runtime.calls.week.questions import answers, better, leak, risen
from agent_runtime.calls.week.shares import differ, share
from agent_runtime.calls.week.sources import cliff, source_rows
from agent_runtime.calls.week.tables import groups
from agent_runtime.calls.week.trend import points, quarterly, warnings_of, year_ago
from agent_runtime.calls.week.value import Range
from agent_runtime.calls.week.waits import Percentile
from tests.unit.agent_runtime.calls.week.made import MEASURE, MONDAY, NINE, NOW, count, figures, row

BERLIN = ZoneInfo("Europe/Berlin")
SPRING = Campaign("spring", "search", "cold room", date(2026, 6, 1), date(2026, 6, 28), 2800.0)
AFTER = MONDAY - timedelta(weeks=1)


def context(*notes: Note) -> Context:
    return Context([SPRING], [], notes, [], lambda day: False)


@pytest.mark.parametrize(
    ("weeks", "verdict"),
    [
        ([count(-x, 160, 40) for x in range(1, 5)] + [count(0, 100, 100)], "rising"),
        ([count(-x, 160, 40) for x in range(1, 5)] + [count(0, 160, 42)], "as_before"),
        ([count(-x, 100, 100) for x in range(1, 5)] + [count(0, 160, 40)], "falling"),
        ([count(-x, 160, 40) for x in range(1, 5)] + [count(0, 160, 40), count(0, 10, 90, "+49302")], "newly_visible"),
        ([count(0, 5, 5)], "too_few"),
    ],
)
def test_whether_more_is_missed_or_only_more_is_seen(weeks: list[Counter[object]], verdict: str) -> None:
    found = risen(scope(MONDAY, figures(weeks)))  # type: ignore[arg-type]
    assert found.verdict == verdict


def test_new_numbers_and_notes_make_weeks_incomparable() -> None:
    seen = figures([count(-1, 5, 5), count(0, 5, 5), count(0, 1, 1, "+49302")], notes={MONDAY: ("recording began",)})
    found = scope(MONDAY, seen)
    assert found.new_lines == ("+49302",)
    assert not found.comparable
    assert "recording began" in found.words


def test_a_caller_is_lost_at_one_step_or_at_none() -> None:
    tried: dict[str, Any] = {"attempts": 1, "attempted_at": NINE + timedelta(minutes=10)}
    rows = [
        *(row(x, minutes=5) for x in range(3)),  # missed in opening hours, returned in time
        *(row(x + 10, minutes=5, in_hours=False) for x in range(2)),
        *(row(x + 20) for x in range(6)),  # nobody rang
        *(row(x + 30, **tried) for x in range(4)),  # rung in vain
        *(row(x + 40, intent="service") for x in range(9)),  # not high-intent
    ]
    found = leak(rows, NOW)
    assert dict(found.lost) == {"live_answer": 3, "callback": 6, "second_touch": 4}
    assert (found.step, found.high_intent, found.kept) == ("callback", 15, 2)
    assert sum(dict(found.lost).values()) + found.kept == found.high_intent


def test_what_was_returned_in_time_leaves_only_the_live_answer() -> None:
    assert leak([row(1, minutes=5)], NOW).step == "live_answer"
    assert leak([row(1, minutes=5, in_hours=False)], NOW).step is None
    assert leak([], NOW).words == "No high-intent call was missed."


def test_four_answers_name_source_step_queue_and_action() -> None:
    rows = [*(row(x) for x in range(5)), *(row(x + 9, minutes=5, queue="service", campaign=None) for x in range(5))]
    counts = count(0, 20, 10)
    sources = source_rows(rows, counts, {}, MONDAY, context(), MEASURE, {"+49301": "spring"})
    found = answers(groups(rows, MEASURE), sources, leak(rows, NOW), [])
    assert [one.question.split()[1] for one in found] == ["source", "step", "queue", "action"]
    assert "spring" in found[0].answer
    assert found[0].decision == "agency_or_keyword"
    assert found[2].answer.startswith("sales: 5")
    assert all(one.decision in ("capacity", "routing", "agency_or_keyword", "integration_fix", "none") for one in found)


def test_spend_stands_beside_what_was_missed() -> None:
    rows = [row(x) for x in range(5)]
    found = source_rows(rows, count(0, 20, 5), {}, MONDAY, context(), MEASURE, {"+49301": "spring"})[0]
    assert (found.spend, found.spend_on_missed) == (700.0, 140.0)
    assert (found.missed.part, found.missed.n) == (5, 25)


def test_conversion_falls_off_a_cliff_where_it_does() -> None:
    quick = [row(x, minutes=10) for x in range(100)]
    slow = [row(x + 100, minutes=90) for x in range(100)]
    fates = {one.need_id: Fate(place % 2 == 0, None, None) for place, one in enumerate(quick)}
    fates |= {one.need_id: Fate(place % 10 == 0, None, None) for place, one in enumerate(slow)}
    found = cliff([*quick, *slow], fates, MEASURE)
    assert found.after == "30 min"
    assert [one.n for _, one in found.buckets] == [0, 100, 100, 0, 0]
    flat = cliff(quick, fates, MEASURE)
    assert flat.after is None


def test_a_deal_within_a_week_is_the_fruit_of_a_call() -> None:
    ends = {"d1": DealEnd(900.0, "EUR")}
    deals = Deals({"a1": [DealStep(NINE + timedelta(days=2), "d1")], "a2": [DealStep(NINE, "d2")]}, ends)
    assert fate(row(), deals, NOW) == Fate(True, 900.0, "EUR")
    assert fate(row(account_id="a2"), deals, NOW) == Fate(True, None, None)
    assert fate(row(account_id="a3"), deals, NOW) == Fate(False, None, None)
    assert fate(row(account_id=None), deals, NOW) is None
    assert fate(row(), deals, NINE + timedelta(days=6)) is None


def test_only_late_high_intent_misses_are_at_risk() -> None:
    rows = [row(1), row(2, minutes=5), row(3, intent="service"), row(4, minutes=90)]
    assert [one.need_id for one in exposed_of(rows, MEASURE)] == ["n1.0", "n4.0"]
    past = past_of(rows, Deals({}, {}), MEASURE)
    assert [one.in_time for one in past[date(2026, 6, 1)]] == [False, True, False]


def test_better_handling_with_the_same_conversion_points_elsewhere() -> None:
    before = [row(x, minutes=300, weeks=-3) for x in range(60)]
    after = [row(x, minutes=5, weeks=-1) for x in range(60)]
    fates = {one.need_id: Fate(place % 4 == 0, None, None) for place, one in enumerate((*before, *after))}
    counts = [count(-3, 60, 60), count(-2, 1, 1), count(-1, 60, 60)]
    note = Note(NINE - timedelta(weeks=2), "Two more people")
    found = changes(AFTER, context(note), figures(counts, [*before, *after], fates=fates), BERLIN)[0]
    assert "returned in time better" in found.moved
    assert "the slowest tenth better" in found.moved
    assert "conversion" in found.stayed
    assert "lead quality" in found.words


def test_forms_and_chats_wait_like_calls_under_one_customer() -> None:
    at = NINE + timedelta(hours=1)
    inbound = [Written("form", "f1", at, "c1", "a1"), Written("chat", "m1", at, "c2", "a1"),
               Written("chat", "m2", at + timedelta(minutes=1), "c2", "a1")]  # fmt: skip
    asked = askings(inbound, {"c1": [at + timedelta(hours=2)]}, {"f1": MONDAY, "m1": MONDAY, "m2": MONDAY})
    assert asked == [
        Asking("form", "f1", at, MONDAY, "c1", "a1", at + timedelta(hours=2)),
        Asking("chat", "m1", at, MONDAY, "c2", "a1", None),
    ]
    found = channels([row()], asked, MEASURE)
    assert (found.customers, found.on_several, found.unnamed) == (2, 1, 0)
    assert {one.channel: (one.asked, one.leaked.part) for one in found.rows} == {
        "phone": (1, 1), "form": (1, 0), "chat": (1, 1)
    }  # fmt: skip


def test_a_steady_rise_warns_before_the_win_rate_moves() -> None:
    rows = []
    for back in range(6):
        high = 10 + 5 * (5 - back)
        rows += [row(x, minutes=5, weeks=-back, intent="commercial" if x < high else "service") for x in range(50)]
    series = points(MONDAY, figures([count(-back, 50, 50) for back in range(6)], rows))
    assert [one.what for one in warnings_of(series)] == ["high-intent share"]
    assert warnings_of(series[:-1]) == []


def test_the_quarter_answers_its_three_questions() -> None:
    counts = [count(-back, 150, 50) for back in range(14, 20)] + [count(-back, 190, 10) for back in range(6)]
    found = quarterly(MONDAY, figures(counts))
    assert (found.this, found.before) == ("Q2 2026", "Q1 2026")
    assert [answer for _, answer, _ in found.answers] == ["yes", "too few to say", "too few to say"]


def test_the_same_week_a_year_ago_is_compared_where_the_records_reach_so_far() -> None:
    short = year_ago(MONDAY, figures([count(-51, 100, 60), count(0, 100, 20)]))
    assert short.answers == ()
    assert "records begin with the week of" in short.missing
    found = year_ago(MONDAY, figures([count(-52, 100, 60), count(0, 100, 20)]))
    assert (found.monday.isocalendar().weekday, found.missing) == (1, "")
    assert found.answers[0] == ("Did we miss fewer calls?", "yes", "38% of 160 before, 17% of 120 now")
    assert found.answers[2][1] == "too few to say"


def test_what_got_better_is_said_first() -> None:
    rows = [row(x, minutes=300, weeks=-back) for back in range(1, 5) for x in range(30)]
    series = points(
        MONDAY, figures([count(-b, 9, 9) for b in range(5)], [*rows, *(row(x, minutes=5) for x in range(30))])
    )
    assert "returned in time" in (better(series) or "")
    assert better(series[:3]) is None


def test_a_share_of_few_is_told_by_its_counts() -> None:
    assert telling.percent(share(3, 7)) == "3 of 7"
    assert telling.percent(share(30, 70)) == "43%"
    assert telling.percent(share(0, 0)) == "-"
    assert differ(share(3, 7), share(0, 900)) == 0
    assert differ(share(300, 700), share(100, 900)) == 1


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45, "45 s"),
        (89, "1 min"),
        (3599, "1 h"),
        (3600, "1 h"),
        (12_000, "3 h 20 min"),
        (187_200, "2 d 4 h"),
        (None, "-"),
    ],
)
def test_times_are_told_in_two_units(seconds: float | None, words: str) -> None:
    assert telling.length(seconds) == words


def test_percentiles_say_why_they_are_missing() -> None:
    assert telling.percentile(Percentile(0.9, None, None, None, None, True), 7) == "n=7, too few"
    assert telling.percentile(Percentile(0.9, None, None, None, 7200.0, False), 70) == "over 2 h"


def test_money_claims_two_figures() -> None:
    assert telling.money_range(Range(1234.0, 4000.0, 98765.0), "EUR") == "1,200 to 99,000 EUR"


def test_a_campaign_of_one_day_spends_in_its_week() -> None:
    one = replace_campaign(date(2026, 6, 10), date(2026, 6, 10))
    assert one.spent_in(MONDAY) == 2800.0
    assert one.spent_in(MONDAY + timedelta(weeks=1)) == 0
    assert replace_campaign(None, None).spent_in(MONDAY) is None


def replace_campaign(begins: date | None, ends: date | None) -> Campaign:
    return SPRING._replace(begins=begins, ends=ends)


def test_a_row_knows_when_it_is_late() -> None:
    soon = NINE + timedelta(minutes=10)
    assert not row().late_at(soon)
    assert row().late_at(datetime(2026, 6, 8, 9, tzinfo=UTC))
    assert replace(row(), reached_at=NINE + timedelta(days=1)).open_at(soon)


def test_whom_nobody_can_call_back_waits_in_the_live_view_until_the_window_is_over() -> None:
    soon, later = NINE + timedelta(minutes=10), NINE + timedelta(hours=1)
    withheld = row(1, resolution="unlinkable", voicemail=False)
    said = row(2, resolution="unlinkable", voicemail=True)
    assert live([withheld, said], {}, {}, soon).waiting == 2
    assert [one.need_id for one in live([withheld, said], {}, {}, later).first] == [said.need_id]
