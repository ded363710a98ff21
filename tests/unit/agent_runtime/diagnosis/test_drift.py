"""Drift, evenness and hand-offs: by week, team and transition, and never by person."""

from dataclasses import asdict, replace
from datetime import timedelta

import orjson

from agent_runtime.diagnosis.drift import Course, courses, drift
from agent_runtime.diagnosis.hand_offs import State, hand_offs, passed_on
from agent_runtime.diagnosis.responses import SMALLER, Response, evenness, responses
from tests.unit.agent_runtime.diagnosis.case import ALL, record, sighted
from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, at

NOW = at("mon10 09:00")
DAY = timedelta(days=1)


def test_a_deal_that_stands_still_is_counted_in_each_week_of_it() -> None:
    story = sighted()
    story.deal("mon 09:00", "new")
    found = drift(courses(record(story, "mon4 10:00")), at("mon4 10:00"), weeks=4)
    assert [(x.deals, x.stagnating) for x in found.weeks] == [(1, 0), (1, 1), (1, 1), (1, 1)]
    assert [x.unresolved for x in found.weeks] == [1, 1, 1, 1]
    assert found.weeks[-1].median_age_days == 21
    assert found.stagnation == "too little"


def test_when_we_looked_does_not_move_the_weeks() -> None:
    story = sighted()
    story.deal("mon 09:00", "new")
    story.mails("thu2 10:00", opportunity_id="d1")
    often = [f"{day}{week} 09:00" for week in (1, 2, 3, 4) for day in ("mon", "wed", "fri")]
    one = drift(courses(record(story, "fri4 09:00")), at("fri4 09:00"))
    assert one == drift(courses(record(story, *often)), at("fri4 09:00"))


def test_a_share_that_jumps_is_rising() -> None:
    still = ((NOW - 28 * DAY, None),)
    every = [Course(NOW - 80 * DAY, None, is_deal=True, still=still if n < 20 else ()) for n in range(40)]
    assert drift(every, NOW).stagnation == "rising"
    assert drift(every, NOW - 40 * DAY).stagnation == "steady"


def answer(owner: str, team: str, hours: float | None = 1.0, days: float = 10) -> Response:
    return Response(NOW - days * DAY, hours, team, "sales", None, owner)


def test_no_group_is_shown_behind_which_fewer_than_five_people_stand() -> None:
    many = [answer(f"u{n % 5}", "north") for n in range(50)]
    few = [answer(f"v{n % 4}", "south") for n in range(50)]
    groups = {(x.by, x.name): x.spread.n for x in evenness([*many, *few], NOW).groups}
    assert groups == {("team", "north"): 50, ("queue", "sales"): 100}


def test_small_groups_are_shown_together_only_when_several_make_five() -> None:
    every = [answer(f"{team}{n % 3}", team) for team in ("east", "west") for n in range(9)]
    groups = {(x.by, x.name): x.spread.n for x in evenness(every, NOW).groups}
    assert groups[("team", SMALLER)] == 18
    assert ("team", "east") not in groups


def test_answers_lately_stand_beside_those_before() -> None:
    every = [answer(f"u{n}", "north", 2.0) for n in range(6)]
    every += [answer(f"u{n}", "north", float(n * 9), days=120) for n in range(6)]
    found = evenness(every, NOW)
    assert (found.now.median, found.now.tail) == (2.0, 1.0)
    assert found.before.median == 18.0


def test_answers_are_measured_in_opening_hours_and_what_waits_is_left_out() -> None:
    story = sighted()
    story.asks("fri 16:00", thread="a")
    story.mails("mon2 10:00", thread="a")
    story.asks("mon2 09:00", who="c-lou", thread="b")
    story.asks("mon2 16:30", who="c-ivy", thread="c")
    found = responses(record(story, "mon2 17:00"))
    assert [x.hours for x in found] == [2.0]
    later = responses(record(story, "mon2 17:00", "fri2 09:00"))
    assert sorted(str(x.hours) for x in later) == ["2.0", "None", "None"]


def test_nothing_that_leaves_the_diagnosis_of_the_whole_names_a_person() -> None:
    every = [answer(f"secret-{n}", "north") for n in range(6)]
    assert b"secret" not in orjson.dumps(asdict(evenness(every, NOW)))


def test_hand_offs_are_in_time_late_overdue_or_not_seen() -> None:
    story = sighted()
    story.crm("mon 10:00", "owner.changed", None, from_user_id=ANNA, to_user_id=BELA)
    story.mails("tue 10:00", user=BELA)
    story.asks("mon2 10:00", thread="a")
    story.misses("mon2 11:00")
    story.calls("thu2 11:00")
    found = passed_on(record(story, "tue2 12:00", "fri2 12:00"))
    assert sorted(found) == [("answer_owed", "late"), ("hand_over", "in_time"), ("missed_call", "late")]
    blind = story.seen(ALL[1], replace(ALL[0], visible_until=at("fri 09:00")))
    assert ("answer_owed", "unseen") in passed_on(record(blind, "tue2 12:00", "wed2 12:00"))


def test_the_gap_rate_needs_five_cases_and_leaves_out_what_waits() -> None:
    late: tuple[str, State] = ("missed_call", "late")
    in_time: tuple[str, State] = ("missed_call", "in_time")
    [few] = hand_offs([late] * 4)
    assert few.gap is None
    [found] = hand_offs([late, ("missed_call", "waiting"), ("missed_call", "unseen"), *[in_time] * 4])
    assert (found.gap, found.words) == (0.2, "Missed call → callback")
