"""The five first steps of a new lead: which one by what it said and left, and the reminders where no answer comes."""

from typing import Any

import pytest

from agent_runtime.watchtower.first_step import ASK, CALL, CONTACT, MEET, REMIND, first_step
from tests.unit.agent_runtime.watchtower.story import CUSTOMER, Story, seen, told

FULL: dict[str, Any] = {"misses": [], "meet": False}


def lead(story: Story, when: str = "mon 10:00", **more: Any) -> None:
    fields = {"lead_id": "l1", "lead_type": "web", "contact_id": CUSTOMER, "email": "kim@acme.example", **more}
    story.add(when, "lead.created", "crm", **fields)


def form(story: Story, **more: Any) -> None:
    fields = {"contact_id": CUSTOMER, "email": "kim@acme.example", "phone": "+49301", "enquiry": FULL, **more}
    story.add("mon 09:59", "form", "forms", direction="inbound", **fields)


def step(*tellings: Any) -> tuple[str, tuple[str, ...]]:
    view = told(*tellings).view("mon 10:30")
    found = first_step(view, view.of("lead.created")[0])
    return found.action, found.missing


def test_who_called_is_called_back() -> None:
    assert step(lambda x: x.misses("mon 09:59"), lead) == (CALL, ())
    assert step(lambda x: lead(x, lead_type="phone")) == (CALL, ())


def test_who_left_only_a_number_is_called_back() -> None:
    def only_a_number(story: Story) -> None:
        form(story, email=None)
        lead(story, email=None, phone="+49301")

    assert step(only_a_number) == (CALL, ())


def test_who_asks_to_meet_is_offered_times_also_where_more_is_missing() -> None:
    assert step(lambda x: form(x, enquiry={"misses": ["scope", "when"], "meet": True}), lead) == (MEET, ())


def test_a_thin_form_is_asked_for_what_it_does_not_say() -> None:
    missing = {"misses": ["place", "when"], "meet": False}
    assert step(lambda x: form(x, enquiry=missing), lead) == (ASK, ("place", "when"))


@pytest.mark.parametrize("misses", [[], ["when"]])
def test_what_says_enough_is_answered(misses: list[str]) -> None:
    assert step(lambda x: form(x, enquiry={"misses": misses, "meet": False}), lead) == (CONTACT, ())


def test_of_a_lead_without_any_message_nothing_is_guessed() -> None:
    assert step(lead) == (CONTACT, ())
    assert step(lambda x: x.add("fri 09:00", "form", "forms", direction="inbound", enquiry=FULL), lead) == (CONTACT, ())


def test_the_ledger_names_the_first_step() -> None:
    story = told(lambda x: form(x, enquiry={"misses": ["scope", "place", "when"], "meet": False}), lead)
    book = story.ledger("mon 10:30")
    assert [x.next_action for x in book.interactions if x.kind == "lead_response"] == [ASK]


def reminders(story: Story, now: str) -> list[tuple[str, str]]:
    book = story.ledger(now)
    rows = [x for rows in book.expectations.values() for x in rows if x.action == REMIND]
    return [(x.state, x.rule) for x in rows]


def test_a_lead_that_does_not_answer_our_mail_is_reminded_on_the_ladder_of_the_next_step() -> None:
    story = told(lead, lambda x: x.mails("mon 11:00"))
    assert reminders(story, "fri 16:00") == [("waiting", "next_step")]
    assert reminders(story, "mon2 11:30") == [("breached", "next_step")]
    steps = story.company.playbook.ladder_for("next_step", one_person=False).steps
    assert [x.do for x in steps][:2] == ["remind", "other_channel"]


@pytest.mark.parametrize(
    "then",
    [
        lambda x: x.writes("thu 10:00"),
        lambda x: x.mails("thu 10:00"),
        lambda x: x.calls("thu 10:00"),
        lambda x: x.crm("thu 10:00", "task.created", None, task_id="t1", contact_id=CUSTOMER),
    ],
    ids=["they answered", "we wrote again", "we called", "we planned something"],
)
def test_an_answer_or_a_next_step_of_ours_ends_the_reminding(then: Any) -> None:
    story = told(lead, lambda x: x.mails("mon 11:00"), then)
    assert reminders(story, "mon2 16:00") == [("met", "next_step")]


def test_who_was_spoken_to_is_not_reminded_of_a_mail() -> None:
    assert reminders(told(lead, lambda x: x.calls("mon 11:00")), "mon2 16:00") == []


def test_an_ended_lead_is_not_reminded() -> None:
    closed = {"lead_id": "l1", "status": "disqualified", "caused_by": "person"}
    story = told(lead, lambda x: x.mails("mon 11:00"), lambda x: x.crm("wed 10:00", "lead.status", None, **closed))
    assert reminders(story, "mon2 16:00") == []
    assert story.breaches("next_step", "mon2 16:00") == []


def test_nothing_is_said_where_their_answer_could_not_be_seen() -> None:
    story = told(lead, lambda x: x.mails("mon 11:00")).seen(seen("email", "", "mon 00:00", "wed 00:00"))
    assert reminders(story, "mon2 16:00") == [("unverified", "next_step")]
