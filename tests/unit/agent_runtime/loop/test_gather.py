"""From a customer's events to what may be said: the right object, date, person, thread and debts, and no more."""

from dataclasses import replace

import pytest

from agent_runtime.loop.gather import gather
from agent_runtime.loop.situation import Situation
from tests.unit.agent_runtime.loop.telling import KIM, known_of, trouble_of
from tests.unit.agent_runtime.watchtower.story import ANNA, COLLEAGUE, CUSTOMER, Story, at, seen

QUESTION = "Hello Anna,\n\nCan you move the door to the north side? We decide soon.\n\nBest regards\nKim Sorel"
OURS = "Dear Kim,\n\nthank you for the plan.\n\nBest wishes\nAnna\n\nOurs | Berlin"


def situation(story: Story, now: str, rule: str, **known: object) -> Situation:
    found = known_of(story, now, **known)  # type: ignore[arg-type]
    return gather(found, trouble_of(found, rule), ANNA)


def question() -> tuple[Story, dict[str, str]]:
    story = Story()
    mail = story.mails("mon 09:00", thread="t0", message_id="<o1@ours.example>", user=ANNA)
    asked = story.asks("mon 10:00", message_id="<q1@acme.example>", subject="AW: Door position, Mill Lane")
    return story, {mail.id: OURS, asked.id: QUESTION}


def test_an_open_question_gives_its_words_its_thread_and_a_day_for_the_answer() -> None:
    story, texts = question()
    found = situation(story, "tue 16:00", "answer_owed", texts=texts)
    assert found.records[0].quote == "Can you move the door to the north side?"
    assert found.records[0].what == "door position, Mill Lane"
    assert found.since == at("mon 10:00")
    assert found.thread is not None
    assert (found.thread.message_id, found.thread.subject) == ("<q1@acme.example>", "AW: Door position, Mill Lane")
    assert found.reply_by == at("thu 16:00")
    assert [(debt.what, debt.medium) for debt in found.debts] == [("door position, Mill Lane", "answer")]


def test_after_a_holding_reply_their_question_still_leads() -> None:
    story, texts = question()
    reply = story.mails("mon 11:00", thread="t0", message_id="<o2@ours.example>", user=ANNA, holding=True)
    texts[reply.id] = "Dear Kim,\n\nI'll get back to you as soon as he has looked at it.\n\nBest wishes\nAnna"
    found = situation(story, "thu 16:00", "answer_owed", texts=texts)
    assert (found.records[0].direction, found.records[0].quote) == (
        "inbound",
        "Can you move the door to the north side?",
    )


def test_greeting_closing_and_signature_are_those_of_the_senders_last_mail() -> None:
    story, texts = question()
    found = situation(story, "tue 16:00", "answer_owed", texts=texts)
    assert found.recipient.greeting == "Dear Kim,"
    assert (found.sender.closing, found.sender.signature) == ("Best wishes", ("Anna", "", "Ours | Berlin"))
    without = situation(story, "tue 16:00", "answer_owed")
    assert (without.recipient.greeting, without.sender.signature) == ("", ("Anna",))


def test_a_number_or_an_address_is_never_a_name() -> None:
    story, _ = question()
    for name in ("+49301234567", "kim@acme.example", ""):
        found = situation(story, "tue 16:00", "answer_owed", contact=KIM._replace(name=name))
        assert found.recipient.name == ""


def test_the_mail_that_carried_the_proposal_is_the_anchor_not_its_row_in_the_crm() -> None:
    story = Story()
    story.deal("mon 09:00", "offer", name="Cold room Mill Lane")
    sent = story.mails("mon 10:00", opportunity_id="d1", event="proposal_sent", message_id="<p@ours.example>")
    story.crm("mon 10:05", "opportunity.proposal", status="created")
    found = situation(story, "tue2 10:00", "proposal_response")
    assert found.records[0].activity_id == sent.id
    assert found.records[0].what == "proposal for the cold room at Mill Lane"
    assert found.since == at("mon 10:00")
    assert found.thread is not None


def test_a_promise_names_its_thing_and_its_day() -> None:
    story = Story()
    words = "I will send you the price list by Wednesday."
    promise = {"quote": words, "what": words, "due_at": at("wed 17:00").isoformat()}
    story.mails("mon 10:00", promises=[promise], message_id="<m@ours.example>")
    found = situation(story, "thu 12:00", "promise_due")
    assert [(x.what, x.due_at, x.medium) for x in found.debts] == [("the price list", at("wed 17:00"), "document")]


def test_a_task_of_ours_is_a_debt_of_which_the_customer_was_never_told() -> None:
    story = Story()
    story.crm(
        "mon 10:00", "task.created", task_id="t", subject="Ask Kim for the readings", due_at=at("tue 12:00").isoformat()
    )
    found = situation(story, "wed 12:00", "promise_due")
    assert [(x.what, x.told) for x in found.debts] == [("Ask Kim for the readings", False)]


def test_debts_of_another_person_are_not_this_persons() -> None:
    story, texts = question()
    story.asks("mon 11:00", COLLEAGUE, "t9")
    lou = KIM._replace(id=COLLEAGUE, name="Lou Brandt", email="lou@acme.example")
    known = known_of(story, "tue 16:00", texts)
    known.contacts[COLLEAGUE] = lou
    found = [gather(known, trouble, ANNA) for trouble in known.troubles]
    assert sorted(x.recipient.email for x in found) == ["kim@acme.example", "lou@acme.example"]
    assert [len(x.debts) for x in found] == [1, 1]


def test_a_question_of_a_stranger_is_never_answered_to_somebody_else() -> None:
    story = Story()
    story.asks("mon 11:00", None, **{"from": "new@acme.example"})
    found = situation(story, "tue 16:00", "answer_owed")
    assert (found.recipient.contact_id, found.recipient.email, found.recipient.name) == ("", "new@acme.example", "")


@pytest.mark.parametrize(("attendee", "counts"), [("kim@acme.example", True), ("lou@acme.example", False)])
def test_only_a_meeting_with_this_person_or_about_this_deal_counts(attendee: str, counts: bool) -> None:
    story, _ = question()
    story.add("mon 12:00", "meeting", "calendar", starts_at=at("fri 10:00").isoformat(), attendees=[attendee])
    found = situation(story, "tue 16:00", "answer_owed")
    assert (found.future_meeting_at == at("fri 10:00")) is counts


def test_what_was_looked_in_and_what_cannot_be_seen_is_told_with_names_and_local_times() -> None:
    story, _ = question()
    whole = story.seen(seen("email", ANNA, "mon 00:00", "fri 00:00"))
    found = situation(whole, "tue 16:00", "answer_owed")
    assert found.looked_in == ("mail of Anna until 10 March 16:00",)
    assert found.cannot_see == ("talks in person and calls on private phones",)
    assert found.verified
    blind = situation(story.seen(seen("email", ANNA, "mon 00:00", "mon 20:00")), "tue 16:00", "answer_owed")
    assert blind.cannot_see == ("mail of Anna since 9 March 20:00",)
    assert not blind.verified


def test_the_language_is_the_one_in_which_they_wrote_just_now() -> None:
    story, _ = question()
    asked = next(x for x in story.events if x.direction == "inbound")
    german = "Guten Tag Frau Anna, können Sie die Tür auf die Nordseite legen? Wir entscheiden das bald und warten."
    assert situation(story, "tue 16:00", "answer_owed", texts={asked.id: german}).language == "de"


def test_a_missed_call_takes_no_object_from_older_mails() -> None:
    story = Story()
    story.writes("mon 09:00", subject="Alarm to two phones")
    story.misses(
        "tue 10:00", words="Plant 7 shows an alarm, please call back.", voicemail=True, answered_by="voicemail"
    )
    found = situation(story, "wed 16:00", "missed_call")
    assert found.records[0].what == ""
    assert found.records[0].quote == "Plant 7 shows an alarm, please call back."


def test_a_transcript_is_quoted_only_where_the_customer_speaks() -> None:
    story = Story()
    story.asks("mon 11:00")
    spoken = story.add(
        "mon 10:00", "call", "calls", direction="inbound", contact_id=CUSTOMER, status="completed", talk_s=60
    )
    words = "agent: Is this a good moment?\ncustomer: Who takes the old units away?"
    found = situation(story, "tue 16:00", "answer_owed", texts={spoken.id: words})
    quotes = {x.activity_id: x.quote for x in found.records}
    assert quotes[spoken.id] == "Who takes the old units away?"


def test_the_same_events_give_the_same_situation() -> None:
    story, texts = question()
    first = situation(story, "tue 16:00", "answer_owed", texts=texts)
    again = situation(replace(story, events=list(reversed(story.events))), "tue 16:00", "answer_owed", texts=texts)
    assert first == again
