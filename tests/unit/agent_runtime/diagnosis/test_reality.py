"""The audits of the pipeline: each finds what it is for, leaves its near-misses, and opens to its rows."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent_runtime.diagnosis.reality import AUDITS, audits, figures
from agent_runtime.diagnosis.reality_page import reality_text
from agent_runtime.watchtower.company import Person
from agent_runtime.watchtower.view import AccountInfo
from tests.unit.agent_runtime.diagnosis.case import ALL, item, record, sighted
from tests.unit.agent_runtime.watchtower.story import ANNA, BERLIN, Story, at, company

Telling = Callable[[Story], object]


def deal(story: Story) -> None:
    story.deal("mon 09:00", "offer")


def lead(story: Story) -> None:
    story.crm("mon 10:00", "lead.created", None, lead_id="l1", lead_type="web")


def task(when: str, **more: str) -> Telling:
    return lambda x: x.crm(
        "mon 10:00", "task.created", task_id="t", subject="Call", due_at=at(when).isoformat(), **more
    )


def found(name: str, story: Story, *moments: str) -> tuple[int, list[str]]:
    """How many the audit asked about, and what it says of those that it found."""
    audit = audits(record(story, *(moments or ("tue2 10:00",))))[name]
    return audit.of, [x.what for x in audit.rows]


def case(name: str, *tellings: Telling, at_last: str = "tue2 10:00") -> tuple[int, list[str]]:
    story = sighted()
    for telling in tellings:
        telling(story)
    return found(name, story, "tue 10:00", at_last)


def test_ownership_asks_for_an_owner_who_is_here() -> None:
    story = sighted()
    deal(story)
    lead(story)
    assert found("ownership", story) == (2, [])
    nobody = replace(story, account=AccountInfo("acc", "Acme"))
    assert found("ownership", nobody) == (2, ["the CRM names no owner"] * 2)
    stranger = replace(story, account=AccountInfo("acc", "Acme", owner_id="zoe"))
    assert found("ownership", stranger)[1][0] == "the owner that the CRM names is none of ours"
    left = company(*ALL, people=[Person(ANNA, "Anna", leaves_at=at("wed 09:00")), Person("bela", "Bela")])
    assert found("ownership", replace(story, company=left))[1][0] == "the owner that the CRM names has left"


@pytest.mark.parametrize(
    ("tellings", "bare"),
    [
        ((), 1),
        ((task("fri3 09:00"),), 0),
        ((task("fri 09:00"),), 1),
        ((task("fri3 09:00"), lambda x: x.crm("wed 09:00", "task.completed", task_id="t")), 1),
        ((lambda x: x.crm("mon 10:00", "meeting", starts_at=at("fri3 09:00").isoformat()),), 0),
        ((lambda x: x.crm("mon 10:00", "meeting", starts_at=at("fri3 09:00").isoformat(), status="canceled"),), 1),
        ((lambda x: x.crm("mon 10:00", "meeting", starts_at=at("thu 09:00").isoformat()),), 1),
    ],
)
def test_a_next_step_is_a_task_or_a_meeting_ahead(tellings: tuple[Telling, ...], bare: int) -> None:
    of, rows = case("next_step", deal, *tellings)
    assert (of, len(rows)) == (1, bare)


def test_an_ended_deal_is_in_no_audit_of_open_ones() -> None:
    for name in ("next_step", "pipeline_reality", "no_movement", "ownership"):
        assert case(name, deal, lambda x: x.deal("wed 09:00", "won")) == (0, [])


def test_a_reminder_is_missing_where_nothing_overdue_stood_before_anybody() -> None:
    story = sighted()
    story.asks("mon 10:00")
    assert found("reminder", story) == (1, ["answer_owed: overdue, and nobody was reminded"])
    shown = item(record(story, "tue2 10:00"), "answer_owed", "tue 10:00")
    assert audits(shown)["reminder"].rows == ()


def test_a_lead_that_nobody_works_is_stale_and_one_that_is_worked_is_not() -> None:
    assert case("stale_lead", lead) == (1, ["not worked: lead_response, unworked_lead"])
    assert case("stale_lead", lead, lambda x: x.mails("mon 10:30", who=None)) == (1, [])
    ended = case(
        "stale_lead", lead, lambda x: x.crm("tue 09:00", "lead.status", None, lead_id="l1", status="qualified")
    )
    assert ended == (0, [])


def test_a_stage_is_contradicted_by_what_happened() -> None:
    past = case("pipeline_reality", deal, lambda x: x.crm("mon 10:00", "opportunity.updated", close_date="2026-03-12"))
    assert past == (1, ["the close date has passed"])
    ahead = case("pipeline_reality", deal, lambda x: x.crm("mon 10:00", "opportunity.updated", close_date="2026-03-17"))
    assert ahead == (1, [])
    [old] = case("pipeline_reality", deal, at_last="fri4 10:00")[1]
    assert old == "longer in its stage than expected; no sign of the customer since the stage was entered"


def test_no_silence_is_claimed_where_the_phone_was_blind() -> None:
    story = sighted(ALL[0])
    deal(story)
    [row] = found("pipeline_reality", story, "fri4 10:00")[1]
    assert row == "longer in its stage than expected"


def test_tasks_whose_time_has_come_are_done_or_not() -> None:
    assert case("task_completion", task("fri 09:00")) == (1, ["due and not done"])
    assert case("task_completion", task("fri3 09:00")) == (0, [])
    assert case("task_completion", task("fri 09:00"), lambda x: x.crm("thu 09:00", "task.completed", task_id="t")) == (
        1,
        [],
    )


def test_movement_is_a_stage_or_a_word_and_no_record_of_ours_alone() -> None:
    assert case("no_movement", deal, at_last="fri5 10:00") == (1, ["nothing moved"])
    assert (
        case("no_movement", deal, lambda x: x.writes("fri3 10:00", opportunity_id="d1"), at_last="fri5 10:00")[1] == []
    )
    renamed = lambda x: x.crm("fri3 10:00", "opportunity.updated", name="New name")  # noqa: E731
    assert case("no_movement", deal, renamed, at_last="fri5 10:00")[1] == ["nothing moved"]


@pytest.mark.parametrize(("reason", "bare"), [("price", 0), ("", 1), ("Other", 1), ("unknown", 1)])
def test_a_lost_deal_needs_a_reason_that_says_something(reason: str, bare: int) -> None:
    told = {"lost_reason": reason} if reason else {}
    asked = case("lost_reason", deal, lambda x: x.deal("tue 09:00", "lost", **told))
    assert asked == (1, ["lost, and nobody said why"] * bare)
    assert case("lost_reason", deal, lambda x: x.deal("tue 09:00", "won")) == (0, [])


def test_each_number_opens_to_its_rows_the_oldest_first() -> None:
    story, later = sighted(), sighted()
    deal(story)
    later.deal("wed 09:00", "offer", deal="d2")
    every = figures([audits(record(later, "tue2 10:00")), audits(record(story, "tue2 10:00"))])
    assert [x.name for x in every] == list(AUDITS)
    steps = next(x for x in every if x.name == "next_step")
    assert (steps.of, steps.share) == (2, None)
    assert [x.subject_id for x in steps.rows] == ["d1", "d2"]
    page = reality_text(every, 1, BERLIN)
    assert "next_step: 2 of 2 (too few for a share) open deals with nothing planned" in page
    assert "    acc  d1  nothing is planned since 2026-03-09" in page
    assert "    and 1 more" in page
