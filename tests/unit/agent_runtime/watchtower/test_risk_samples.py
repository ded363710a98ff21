"""The history that risk learns from: only what was known at each age, and how it ended."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from agent_runtime.watchtower.risk import Sample, end_of, samples

BEGIN = datetime(2031, 4, 7, 9, tzinfo=UTC)
CATEGORIES = {"talk": "open", "signed": "won", "gone": "lost", "unfit": "disqualified"}
CHANCES = {"talk": 0.4}


class Happened(NamedTuple):
    kind: str
    direction: str | None
    occurred_at: datetime
    known_at: datetime
    user_id: str | None
    data: Mapping[str, Any]


def event(kind: str, day: float, direction: str | None = None, **data: str) -> Happened:
    at = BEGIN + timedelta(days=day)
    return Happened(kind, direction, at, at, None, data)


def stage(name: str, day: float) -> Happened:
    return event("opportunity.stage", day, stage=name)


def taken(*events: Happened, now: float = 400) -> list[Sample]:
    return samples("o1", events, BEGIN + timedelta(days=now), CATEGORIES, CHANCES)


@pytest.mark.parametrize(("last", "lost"), [("gone", True), ("signed", False), ("unfit", False)])
def test_only_a_lost_opportunity_is_lost(last: str, lost: bool) -> None:
    rows = taken(stage("talk", 0), stage(last, 5))
    assert len(rows) == 5
    assert {row.lost for row in rows} == {lost}


def test_while_it_is_open_nobody_knows_how_it_ends() -> None:
    assert {row.lost for row in taken(stage("talk", 0), now=3)} == {None}


def test_an_end_that_is_not_known_yet_is_not_used() -> None:
    late = stage("gone", 5)._replace(known_at=BEGIN + timedelta(days=9))
    assert {row.lost for row in taken(stage("talk", 0), late, now=8)} == {None}
    assert {row.lost for row in taken(stage("talk", 0), late, now=10)} == {True}


def test_a_sample_shows_only_what_was_known_at_its_age() -> None:
    asked = event("call", 1, "outbound")
    answer = event("email", 3, "inbound")._replace(known_at=BEGIN + timedelta(days=6))
    rows = taken(stage("talk", 0), asked, answer, stage("signed", 9))
    assert [row.reading.answered for row in rows] == [0] * 6 + [1] * 3


def test_later_events_change_no_earlier_sample() -> None:
    events = [stage("talk", 0), event("call", 2, "outbound"), event("email", 7.2, "inbound")]
    assert taken(*events, now=20)[:7] == taken(*events[:2], now=7.1)


def test_the_stretches_of_life_add_up_and_stay_few_for_long_deals() -> None:
    rows = taken(stage("talk", 0), stage("gone", 365))
    assert sum(row.days for row in rows) == pytest.approx(365, rel=0.15)
    assert len(rows) <= 40


def test_an_opportunity_that_was_reopened_is_open_and_not_looked_at_while_closed() -> None:
    events = [stage("talk", 0), stage("gone", 2), stage("talk", 6)]
    assert end_of(events, CATEGORIES) is None
    assert [row.lost for row in taken(*events, now=8)] == [None] * 4


def test_the_first_moment_of_the_standing_end_counts() -> None:
    end = end_of([stage("talk", 0), stage("unfit", 2), stage("gone", 3), stage("gone", 4)], CATEGORIES)
    assert end == ("lost", BEGIN + timedelta(days=3))


def test_samples_survive_storage() -> None:
    rows = taken(stage("talk", 0), event("call", 1, "outbound"), stage("gone", 5))
    assert [Sample.from_json(row) for row in json.loads(json.dumps([row.to_json() for row in rows]))] == rows


def test_nothing_known_gives_nothing() -> None:
    assert taken() == []
    assert taken(stage("talk", 5), now=4) == []
