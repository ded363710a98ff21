"""The trust gate: every fault is found and sized, and a clean town never raises an alarm."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from agent_runtime.calls.week.clocks import clock_checks
from agent_runtime.calls.week.records_checks import (
    Party,
    duplicates_check,
    ids_check,
    labels_check,
    lines_check,
    numbers_check,
)
from agent_runtime.calls.week.rows import LineBook
from agent_runtime.calls.week.trust import Check, CheckState, Gate, Pilot, Verified, executive_view
from tests.unit.agent_runtime.calls.week.town import BEGIN, LINES, NUMBER, Town, skewed, town

LAST_MONDAY = date(2026, 8, 17)


def checks(made: Town, weeks: dict[date, Counter[str]] | None = None) -> dict[str, Check]:
    clock, zone = clock_checks(made.sightings(), made.logged, {})
    numbers = [leg.from_number for leg in made.legs if leg.from_number and leg.direction == "inbound"]
    called = [(leg.tracking_number, leg.started_at) for leg in made.legs if leg.tracking_number]
    found = (
        clock,
        zone,
        numbers_check(numbers),
        duplicates_check(made.parties),
        lines_check(called, LineBook(LINES), listed=True),
        ids_check(leg.id for leg in made.legs),
        labels_check(weeks or labels(made), LAST_MONDAY),
    )
    return {one.name: one for one in found}


def labels(made: Town) -> dict[date, Counter[str]]:
    weeks: dict[date, Counter[str]] = {}
    for leg in made.legs:
        if leg.id in made.topics:
            day = leg.started_at.date()
            topic = made.topics[leg.id].topic or "no text"
            weeks.setdefault(day - timedelta(days=day.weekday()), Counter())[topic] += 1
    return weeks


def test_a_hundred_clean_towns_raise_no_alarm() -> None:
    for seed in range(100):
        found = checks(town(seed, weeks=12, a_day=12))
        assert {name: one.words for name, one in found.items() if one.state is not CheckState.PASSED} == {}


@pytest.mark.parametrize("minutes", [7, -7, 4, 25])
def test_a_skewed_clock_is_found_and_sized(minutes: int) -> None:
    found = checks(skewed(town(1), timedelta(minutes=minutes)))
    assert found["clock"].state is CheckState.FAILED
    assert found["clock"].size == pytest.approx(minutes, rel=0.1)
    assert found["zone"].state is CheckState.PASSED


@pytest.mark.parametrize("hours", [1, -1, 2, -6])
def test_a_wrong_zone_of_one_queue_is_found_and_sized(hours: int) -> None:
    found = checks(skewed(town(2), timedelta(hours=hours), ("service",)))
    assert found["zone"].state is CheckState.FAILED
    assert found["zone"].size == pytest.approx(hours, rel=0.1)
    assert found["zone"].where == ("service",)
    assert found["clock"].state is CheckState.PASSED


def test_a_skew_within_a_wrong_zone_is_told_apart() -> None:
    found = checks(skewed(town(3), timedelta(hours=1, minutes=7)))
    assert found["zone"].size == pytest.approx(1, rel=0.1)
    assert found["clock"].size == pytest.approx(7, rel=0.1)


def test_without_a_crm_the_arrival_of_records_tells_a_clock_that_is_ahead() -> None:
    rng = random.Random(4)

    prompt = {"sales": np.array([rng.uniform(1, 20) - 420 for _ in range(60)])}
    clock, zone = clock_checks([], {}, prompt)
    assert (clock.state, zone.state) == (CheckState.FAILED, CheckState.PASSED)
    assert clock.size == pytest.approx(7, rel=0.1)


def test_records_that_come_late_are_no_fault_of_a_clock() -> None:

    clock, _ = clock_checks([], {}, {"sales": np.full(60, 300.0)})
    assert clock.state is CheckState.PASSED
    assert clock_checks([], {}, {})[0].state is CheckState.UNMEASURED


@pytest.mark.parametrize("share", [0.03, 0.1])
def test_customers_recorded_twice_are_found_and_sized(share: float) -> None:
    made = town(5, a_day=60)
    extra = round(share * len(made.parties))
    twice = random.Random(1).sample(made.parties, extra)
    copies = [Party(f"{x.id}-2", x.name.upper(), ("", x.emails[0])[n % 2 :][:1], x.phones) for n, x in enumerate(twice)]
    found = duplicates_check([*made.parties, *(replace_mail(one) for one in copies)])
    assert found.state is CheckState.FAILED
    assert found.size == pytest.approx(extra / (len(made.parties) + extra), rel=0.1)


def replace_mail(one: Party) -> Party:
    return one._replace(emails=tuple(mail for mail in one.emails if mail))


def test_people_who_share_a_switchboard_are_not_one_customer() -> None:
    names = ("Ada Berlin", "Bruno Talmann", "Clara Wigost", "David Felsten")
    assert duplicates_check([Party(name, name, (), ("+49301",)) for name in names]).size == 0


def test_one_unmapped_number_is_found_and_sized() -> None:
    made = town(6)
    called = [(leg.tracking_number, leg.started_at) for leg in made.legs if leg.tracking_number]
    book = LineBook(line for line in LINES if line.queue != "billing")
    found = lines_check(called, book, listed=True)
    assert found.state is CheckState.FAILED
    assert found.where == (NUMBER["billing"],)
    assert found.size == sum(one[0] == NUMBER["billing"] for one in called) / len(called)
    assert lines_check(called, LineBook([]), listed=False).state is CheckState.UNMEASURED


def test_a_line_that_ended_no_longer_maps() -> None:
    ended = LINES[0]._replace(valid_to=BEGIN)
    found = lines_check([(ended.number, BEGIN + timedelta(days=1))], LineBook([ended]), listed=True)
    assert found.state is CheckState.FAILED


def test_gaps_in_running_numbers_are_found_and_sized() -> None:
    made = town(7)
    rng = random.Random(2)
    kept = [leg.id for leg in made.legs if rng.random() > 0.05]
    found = ids_check(kept)
    assert found.state is CheckState.FAILED
    assert found.size == pytest.approx(1 - len(kept) / len(made.legs), rel=0.1)


def test_ids_that_do_not_run_cannot_be_checked() -> None:
    rng = random.Random(3)
    assert ids_check(f"{rng.getrandbits(48):012x}" for _ in range(500)).state is CheckState.UNMEASURED


def test_labels_that_drift_to_other_are_found_and_sized() -> None:
    made = town(8, a_day=60)
    weeks = labels(made)
    rng = random.Random(3)
    for monday in (LAST_MONDAY, LAST_MONDAY - timedelta(weeks=1)):
        for label in list(weeks[monday]):
            moved = sum(rng.random() < 0.4 for _ in range(weeks[monday][label])) if label != "other" else 0
            weeks[monday][label] -= moved
            weeks[monday]["other"] += moved
    found = checks(made, weeks)["labels"]
    assert found.state is CheckState.FAILED
    assert found.size == pytest.approx(0.4, rel=0.1)
    assert "other" in found.where


def test_numbers_that_match_nothing_are_found_and_sized() -> None:
    found = numbers_check(["+4930200001"] * 190 + ["030 / 200 001"] * 10)
    assert (found.state, found.size) == (CheckState.FAILED, 0.05)


def test_what_depends_on_a_failed_check_is_unverified_and_the_rest_is_not() -> None:
    passed = checks(town(1))
    gate = Gate(tuple(replace(one, state=CheckState.FAILED) if one.name == "lines" else one for one in passed.values()))
    assert not gate.open
    assert gate.doubts("sources") == ("lines",)
    assert gate.doubts("value") == ("lines",)
    assert gate.doubts("waits") == ()


def test_what_was_not_measured_is_unverified_until_somebody_accepts_it() -> None:
    blind = Check("clock", CheckState.UNMEASURED, None, "", 0, "")
    assert Gate((blind,)).open
    assert Gate((blind,)).doubts("waits") == ("clock",)
    assert Gate((blind,), frozenset({"clock"})).doubts("waits") == ()


GOOD = Gate((Check("clock", CheckState.PASSED, 0.0, "minutes", 9, ""),))
BAD = Gate((Check("clock", CheckState.FAILED, 7.0, "minutes", 9, ""),))


def verified(segment: str) -> Verified:
    return Verified(segment, "maria", "2026-06-01T08:00:00+00:00", (), "")


def test_the_executive_view_opens_with_a_verified_segment_and_closes_with_a_failing_check() -> None:
    assert executive_view(Pilot("", GOOD, 9), ()).locked
    assert not executive_view(Pilot("", GOOD, 9), (verified("smb"),)).locked
    assert executive_view(Pilot("", BAD, 9), (verified("smb"),)).locked


def test_where_a_pilot_is_named_only_its_verification_and_its_checks_count() -> None:
    unlocked = executive_view(Pilot("sales", GOOD, 9), (verified("service"), verified("sales")))
    assert not unlocked.locked
    assert [one.segment for one in unlocked.verified] == ["sales"]
    waiting = executive_view(Pilot("sales", GOOD, 9), (verified("service"),))
    assert "pilot segment sales has not been verified" in waiting.reason
    failing = executive_view(Pilot("sales", BAD, 9), (verified("sales"),))
    assert "fails in the pilot segment sales" in failing.reason
