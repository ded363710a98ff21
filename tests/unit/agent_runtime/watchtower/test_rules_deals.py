"""Rules about what we do: deals, their stages and next steps, proposals, promises and tasks."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.agent_runtime.watchtower.story import ANNA, BELA, COLLEAGUE, CUSTOMER, Story, Telling, at, seen, told

# -- promises and tasks


def task(story: Story, due: str | None = "thu 12:00", **more: Any) -> None:
    told_due = at(due).isoformat() if due else None
    story.crm("tue 10:00", "task.created", task_id="t1", due_at=told_due, user_id=ANNA, caused_by="person",
              contact_id=CUSTOMER, subject="Send the dates", **more)  # fmt: skip


def promise(story: Story, what: str = "send you the drawing") -> None:
    told_promise = {"quote": f"I will {what} by Thursday noon.", "what": what, "due_at": at("thu 12:00").isoformat()}
    story.mails("tue 10:00", promises=[told_promise])


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.crm("thu 12:00", "task.completed", task_id="t1"),
        lambda x: x.crm("wed 09:00", "task.completed", task_id="t1", user_id=BELA),
    ],
)
def test_a_task_done_in_time_is_kept(telling: Telling) -> None:
    story = told(task, telling)
    assert story.breaches("promise_due", "mon2") == []
    assert [x.end and x.end.outcome for x in story.begun("mon2", "promise")] == ["converted"]


def test_a_call_to_the_tasks_contact_does_a_task_for_a_call() -> None:
    call = [lambda x: task(x, channel="call"), lambda x: x.calls("wed 10:00")]
    assert told(*call).breaches("promise_due", "mon2") == []
    mail = [lambda x: task(x, channel="email"), lambda x: x.calls("wed 10:00")]
    assert told(*mail).breaches("promise_due", "mon2") == [at("thu 12:00")]


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: None,
        lambda x: x.crm("thu 12:01", "task.completed", task_id="t1"),
        lambda x: x.crm("wed 09:00", "task.completed", task_id="t2"),
    ],
    ids=["never", "late", "another task"],
)
def test_a_task_not_done_in_time_is_a_breach(telling: Telling) -> None:
    assert told(task, telling).breaches("promise_due", "mon2") == [at("thu 12:00")]


def test_a_task_without_a_due_time_is_a_plan_and_owes_nothing() -> None:
    assert told(lambda x: task(x, due=None)).begun("mon3", "promise") == []


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("wed 10:00"),
        lambda x: x.mails("wed 10:00", thread="another"),
        lambda x: x.mails("wed 10:00", user=BELA),
        lambda x: x.calls("wed 10:00"),
    ],
    ids=["a mail", "in another thread", "from a colleague", "by phone"],
)
def test_a_promise_is_kept_by_something_of_ours_to_the_same_person(telling: Telling) -> None:
    assert told(promise, telling).breaches("promise_due", "mon2") == []


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: None,
        lambda x: x.mails("wed 10:00", who=COLLEAGUE),
        lambda x: x.mails("wed 10:00", holding=True),
        lambda x: x.mails("wed 10:00", doubtful=True),
        lambda x: x.mails("wed 10:00", caused_by="rule"),
        lambda x: x.writes("wed 10:00"),
        lambda x: x.calls("wed 10:00", talk=0),
        lambda x: x.mails("fri 10:00"),
    ],
    ids=["never", "another person", "a holding reply", "a doubtful mail", "an automatic mail", "they wrote",
         "nobody reached", "late"],
)  # fmt: skip
def test_what_does_not_keep_a_promise_in_time_leaves_a_breach(telling: Telling) -> None:
    assert told(promise, telling).breaches("promise_due", "mon2") == [at("thu 12:00")]


def test_a_doubtful_mail_kept_the_promise_once_the_customer_writes_and_asks_for_nothing() -> None:
    story = told(promise, lambda x: x.mails("wed 10:00", doubtful=True), lambda x: x.writes("wed 12:00"))
    assert story.breaches("promise_due", "mon2") == []
    (made,) = story.begun("mon2", "promise")
    assert made.end
    assert made.end.at == at("wed 10:00")


def test_nobody_misses_a_visit_that_no_mail_could_show() -> None:
    visit = {"quote": "Our technician comes on Thursday.", "what": "a visit", "due_at": at("thu 12:00").isoformat()}
    story = told(lambda x: x.mails("mon 10:00", promises=[visit | {"on_site": True}]))
    assert story.breaches("promise_due", "mon2") == []
    assert told(lambda x: x.mails("mon 10:00", promises=[visit])).breaches("promise_due", "mon2") == [at("thu 12:00")]


def test_a_promise_to_call_is_kept_by_a_call_alone() -> None:
    story = told(lambda x: promise(x, "call you"), lambda x: x.mails("wed 10:00"))
    assert story.breaches("promise_due", "mon2") == [at("thu 12:00")]
    story.calls("wed 11:00")
    assert story.breaches("promise_due", "mon2") == []


def test_a_promise_falls_away_with_its_deal() -> None:
    def lost(story: Story) -> None:
        story.deal("mon 09:00", "new")
        promised = {"quote": "by Thursday", "what": "send it", "due_at": at("thu 12:00").isoformat()}
        story.mails("tue 10:00", opportunity_id="d1", promises=[promised])
        story.deal("wed 10:00", "lost")

    story = told(lost)
    assert story.breaches("promise_due", "mon2") == []
    assert [x.end and x.end.outcome for x in story.begun("mon2", "promise")] == ["disqualified"]


def test_a_promise_is_not_called_broken_while_the_mailbox_is_blind() -> None:
    blind = told(promise).seen(seen("email", "anna", "mon 00:00", "wed 00:00"))
    assert blind.breaches("promise_due", "mon2") == []
    assert blind.states("promise_due", "mon2") == ["unverified"]


# -- proposals


def proposal(story: Story) -> None:
    story.deal("mon 09:00", "offer")
    story.mails("mon 10:00", event="proposal_sent", opportunity_id="d1")


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.writes("fri 10:00"),
        lambda x: x.writes("fri 10:00", thread="t2", opportunity_id="d1"),
        lambda x: x.misses("fri 10:00", status="completed", talk_s=60, answered_by="person", opportunity_id="d1"),
        lambda x: x.misses("fri 10:00", status="completed", talk_s=60, answered_by="person"),
        lambda x: x.crm("fri 10:00", "opportunity.proposal", status="accepted"),
        lambda x: x.deal("fri 10:00", "won"),
    ],
    ids=[
        "in the thread",
        "about the deal",
        "by phone",
        "by phone, filed nowhere",
        "the CRM says so",
        "the deal was won",
    ],
)
def test_a_proposal_that_was_answered_in_time_is_no_breach(telling: Telling) -> None:
    story = told(proposal, telling)
    assert story.breaches("proposal_response", "fri3") == []
    assert [x.end and x.end.outcome for x in story.begun("fri3", "proposal_follow_up")] == ["converted"]


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: None,
        lambda x: x.writes("tue 10:00", auto="ooo"),
        lambda x: x.writes("tue 10:00", thread="another"),
        lambda x: x.mails("tue 10:00"),
        lambda x: x.crm("tue 10:00", "opportunity.proposal", status="selected"),
        lambda x: x.writes("mon2 10:01"),
    ],
    ids=["nothing", "out of office", "another matter", "our own mail", "our own click", "late"],
)
def test_a_proposal_without_an_answer_in_time_is_a_breach(telling: Telling) -> None:
    assert told(proposal, telling).breaches("proposal_response", "fri3") == [at("mon2 10:00")]


def test_a_newer_version_starts_the_wait_again() -> None:
    story = told(proposal, lambda x: x.mails("thu 10:00", event="proposal_sent", opportunity_id="d1"))
    assert [x.due_at for x in story.expected("fri", "proposal_response")] == [at("thu2 10:00")]


def test_no_answer_is_denied_while_the_mailbox_is_blind() -> None:
    blind = told(proposal).seen(seen("email", "anna", "mon 00:00", "tue 00:00"))
    assert blind.breaches("proposal_response", "fri3") == []


# -- stages, next steps, close dates


def test_a_stage_is_too_old_after_its_days_and_half_as_many() -> None:
    story = told(lambda x: x.deal("mon 09:00", "new"))
    assert story.breaches("stage_age", "sun 08:59") == []
    assert story.breaches("stage_age", "sun 09:00") == [at("sun 09:00")]


@pytest.mark.parametrize("stage", ["offer", "won", "lost", "unfit"])
def test_a_deal_that_moved_on_in_time_is_not_too_old(stage: str) -> None:
    story = told(lambda x: x.deal("mon 09:00", "new"), lambda x: x.deal("fri 09:00", stage))
    assert story.breaches("stage_age", "mon2 09:00") == []


def deal(story: Story) -> None:
    story.deal("mon 09:00", "new")


def next_steps(story: Story) -> list[datetime]:
    return story.breaches("next_step", "tue2 12:00")


def test_a_deal_without_a_next_step_is_a_breach_after_five_business_days() -> None:
    assert next_steps(told(deal)) == [at("mon2 09:00")]


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("wed 10:00", opportunity_id="d1"),
        lambda x: x.writes("wed 10:00", opportunity_id="d1"),
        lambda x: x.deal("wed 10:00", "offer"),
        lambda x: x.crm("mon 09:00", "task.created", task_id="t1", due_at=at("thu2 09:00").isoformat()),
        lambda x: x.crm("mon 09:00", "task.created", task_id="t1"),
        lambda x: x.crm("mon 10:00", "task.created", task_id="t1", user_id=ANNA, caused_by="person"),
        lambda x: x.crm("mon 09:00", "meeting", starts_at=at("thu2 09:00").isoformat(), status="scheduled"),
        lambda x: x.crm("tue2 10:00", "meeting", starts_at=at("tue2 09:00").isoformat(), status="held"),
        lambda x: x.deal("wed 10:00", "lost"),
        lambda x: x.crm("mon 09:00", "meeting", None, starts_at=at("thu2 09:00").isoformat(), status="scheduled"),
        lambda x: x.calls("wed 10:00"),
    ],
    ids=["we wrote", "they wrote", "the stage moved", "a task with a time", "a plan at the beginning", "a plan later",
         "a meeting ahead", "a meeting that was held", "the deal has ended",
         "a meeting of no deal where only this one is open", "a call that was filed nowhere"],
)  # fmt: skip
def test_what_is_done_or_planned_is_a_next_step(telling: Telling) -> None:
    assert next_steps(told(deal, telling)) == []


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("wed 10:00", opportunity_id="d2"),
        lambda x: x.crm("mon 09:00", "task.created", deal="d2", task_id="t1"),
        lambda x: x.crm("mon 09:00", "meeting", starts_at=at("thu2 09:00").isoformat(), status="canceled"),
        lambda x: x.writes("wed 10:00", opportunity_id="d1", auto="ooo"),
        lambda x: x.crm("wed 10:00", "opportunity.snapshot", stage="new", user_id=ANNA),
    ],
    ids=["another deal", "a plan for another deal", "a canceled meeting", "out of office", "an export"],
)
def test_what_is_no_next_step_leaves_a_breach(telling: Telling) -> None:
    assert next_steps(told(deal, telling)) == [at("mon2 09:00")]


def test_what_was_filed_nowhere_is_no_step_of_one_of_two_open_deals() -> None:
    two = told(deal, lambda x: x.deal("mon 09:00", "new", deal="d2"), lambda x: x.calls("wed 10:00"))
    assert next_steps(two) == [at("mon2 09:00")] * 2


def test_a_plan_that_is_done_leaves_the_deal_without_a_next_step_again() -> None:
    def planned(story: Story) -> None:
        story.crm("mon 10:00", "task.created", task_id="t1", user_id=ANNA, caused_by="person")

    story = told(deal, planned, lambda x: x.crm("mon2 10:00", "task.completed", task_id="t1"))
    assert story.breaches("next_step", "mon3 09:59") == []
    assert story.breaches("next_step", "mon3 10:00") == [at("mon3 10:00")]


def pushed(story: Story) -> None:
    story.deal("mon 09:00", "new", close_date="2026-04-01")
    story.crm("tue 10:00", "opportunity.updated", close_date="2026-05-01")


def test_a_close_date_that_moved_back_is_confirmed_with_the_customer() -> None:
    assert told(pushed).breaches("close_date_pushed", "fri") == [at("wed 10:00")]


@pytest.mark.parametrize(
    "telling",
    [lambda x: x.mails("tue 12:00", opportunity_id="d1"), lambda x: x.calls("tue 12:00", opportunity_id="d1")],
)
def test_who_was_spoken_to_about_the_new_date_is_enough(telling: Telling) -> None:
    assert told(pushed, telling).breaches("close_date_pushed", "fri") == []


def test_a_close_date_that_comes_nearer_or_is_of_an_ended_deal_needs_no_word() -> None:
    nearer = told(deal, lambda x: x.crm("tue 09:00", "opportunity.updated", close_date="2026-05-01"),
                  lambda x: x.crm("tue 10:00", "opportunity.updated", close_date="2026-04-01"))  # fmt: skip
    assert nearer.expected("fri", "close_date_pushed") == []
    ended = told(pushed, lambda x: x.deal("tue 09:30", "lost"))
    assert ended.expected("fri", "close_date_pushed") == []


# -- owners


@pytest.mark.parametrize(
    ("changes", "owner"),
    [
        ([], ANNA),
        ([("wed 10:00", "owner", BELA)], BELA),
        ([("wed 10:00", "csm", BELA)], ANNA),
        ([("wed 10:00", "owner", BELA), ("thu 10:00", "owner", ANNA)], ANNA),
        ([("thu 10:00", "owner", ANNA), ("wed 10:00", "owner", BELA)], ANNA),
    ],
    ids=["as the account says", "changed", "only the csm", "and back", "told in another order"],
)
def test_the_latest_owner_change_counts(changes: list[tuple[str, str, str]], owner: str) -> None:
    story = told(lambda x: x.deal("mon 09:00", "new", user=None))
    for when, role, to in changes:
        story.crm(when, "owner.changed", deal=None, role=role, to_user_id=to)
    assert [x.owner_id for x in story.ledger("fri").interactions] == [owner]


def test_a_snapshot_tells_how_a_deal_stood_and_since_when() -> None:
    story = told(lambda x: x.crm(
        "fri 09:00", "opportunity.snapshot", stage="offer", created_at=at("mon 09:00").isoformat(),
        stage_entered_at=at("wed 09:00").isoformat(),
    ))  # fmt: skip
    (begun,) = story.begun("fri", "opportunity")
    assert begun.opened_at == at("mon 09:00")
    assert [x.due_at for x in story.expected("fri", "stage_age")] == [at("wed 09:00") + timedelta(days=15)]
