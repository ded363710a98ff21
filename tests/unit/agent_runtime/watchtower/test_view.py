"""How the records of a deal become its lives."""

import pytest

from agent_runtime.watchtower.view import Life, touches
from tests.unit.agent_runtime.watchtower.story import Story, at, told


def lives(story: Story) -> list[Life]:
    return story.view("sun3").deals["d1"].lives


def changes(*stages: tuple[str, str]) -> Story:
    return told(*(lambda x, one=one: x.deal(*one) for one in stages))


@pytest.mark.parametrize(
    ("stages", "outcomes"),
    [
        ([("mon", "new")], [None]),
        ([("mon", "new"), ("tue", "won")], ["converted"]),
        ([("mon", "new"), ("tue", "lost"), ("wed", "offer")], ["lost", None]),
        ([("mon", "new"), ("tue", "lost"), ("wed", "offer"), ("thu", "won")], ["lost", "converted"]),
        ([("mon", "new"), ("tue", "lost"), ("wed", "won")], ["converted"]),
        ([("mon", "new"), ("tue", "lost"), ("tue", "offer")], ["lost"]),
        ([("mon", "won")], ["converted"]),
    ],
    ids=["open", "won", "opened again", "opened again and won", "two ends, the last word counts",
         "an end and a stage of one instant", "only its end is known"],
)  # fmt: skip
def test_a_deal_lives_from_its_opening_to_its_end(stages: list[tuple[str, str]], outcomes: list[str | None]) -> None:
    assert [x.outcome for x in lives(changes(*stages))] == outcomes


def test_the_same_stage_told_again_is_no_change() -> None:
    (life,) = lives(changes(("mon", "new"), ("tue", "new"), ("wed", "offer")))
    assert [(x.stage, x.at) for x in life.changes] == [("new", at("mon")), ("offer", at("wed"))]


def test_the_life_of_a_moment_is_the_one_that_was_open_then() -> None:
    deal = changes(("mon", "new"), ("tue", "lost"), ("wed", "offer")).view("sun").deals["d1"]
    found = [deal.life_at(at(x)) for x in ("mon 08:00", "mon 09:00", "tue 09:00", "wed 09:00")]
    assert [x.number if x else None for x in found] == [None, 0, None, 1]


SNAPSHOT = {"created_at": at("mon").isoformat(), "stage_entered_at": at("tue").isoformat()}


@pytest.mark.parametrize(
    ("told_by", "entered"),
    [(SNAPSHOT, "tue"), ({**SNAPSHOT, "stage_entered_at": None}, "fri"), ({}, "fri")],
    ids=["since when is known", "since when is unknown", "nothing is known but the stage"],
)
def test_a_snapshot_of_an_open_deal(told_by: dict[str, str], entered: str) -> None:
    (life,) = lives(told(lambda x: x.crm("fri", "opportunity.snapshot", stage="offer", **told_by)))
    assert life.opened_at == at("mon" if told_by else "fri")
    assert [(x.stage, x.at) for x in life.changes] == [("offer", at(entered))]


def test_a_snapshot_of_an_ended_deal_ends_it_when_it_was_closed() -> None:
    closed = {**SNAPSHOT, "closed_at": at("thu").isoformat()}
    (life,) = lives(told(lambda x: x.crm("fri", "opportunity.snapshot", stage="lost", **closed)))
    assert life.ended
    assert (life.outcome, life.ended.at) == ("lost", at("thu"))


def test_a_snapshot_repeats_or_goes_on_from_what_records_told() -> None:
    story = changes(("mon", "new"), ("wed", "offer"))
    story.crm("fri", "opportunity.snapshot", stage="offer", **SNAPSHOT)
    assert [x.stage for x in lives(story)[0].changes] == ["new", "offer"]
    story.crm("sun", "opportunity.snapshot", stage="won", closed_at=at("sat").isoformat())
    assert lives(story)[0].outcome == "converted"


def test_an_export_or_a_machine_is_no_sign_of_life() -> None:
    story = told(lambda x: x.crm("mon", "opportunity.snapshot", stage="new"), lambda x: x.writes("tue", auto="ooo"))
    story.mails("wed", caused_by="rule")
    story.writes("thu")
    story.mails("fri")
    assert [x.occurred_at for x in touches(story.events)] == [at("thu"), at("fri")]
