"""Rules about customers who wait: questions, missed calls and leads."""

from typing import Any

import pytest

from agent_runtime.ledger.book import Begun
from tests.unit.agent_runtime.watchtower.story import BELA, COLLEAGUE, CUSTOMER, NUMBER, Story, Telling, at, seen, told

ASKED = "tue 10:00"
DUE = at("wed 10:00")


def question(story: Story) -> None:
    story.asks(ASKED)


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("tue 15:00"),
        lambda x: x.mails("wed 10:00"),
        lambda x: x.mails("tue 15:00", thread="another"),
        lambda x: x.mails("tue 15:00", who=None),
        lambda x: x.mails("tue 15:00", user=BELA),
        lambda x: x.calls("tue 15:00"),
        lambda x: x.calls("tue 15:00", user=BELA),
        lambda x: x.add("tue 15:00", "message", "messages", direction="outbound", contact_id=CUSTOMER,
                        caused_by="person", channel="sms"),
        lambda x: x.misses("tue 15:00", status="completed", talk_s=80, answered_by="person"),
    ],
    ids=["in the thread", "at the last moment", "new thread", "unknown person, same thread", "a colleague", "by phone",
         "a colleague by phone", "by text", "they reached us"],
)  # fmt: skip
def test_a_question_that_was_answered_in_time_is_no_breach(telling: Telling) -> None:
    story = told(question, telling)
    assert story.breaches("answer_owed", "mon2") == []
    (asked,) = story.begun("mon2", "open_question")
    assert asked.end
    assert asked.end.outcome == "converted"


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: None,
        lambda x: x.mails("tue 15:00", who=COLLEAGUE, thread="another"),
        lambda x: x.mails("tue 15:00", auto="ooo"),
        lambda x: x.mails("tue 15:00", caused_by="rule"),
        lambda x: x.mails("tue 09:00"),
        lambda x: x.calls("tue 15:00", talk=0),
        lambda x: x.calls("tue 15:00", answered_by="voicemail"),
        lambda x: x.calls("tue 15:00", who=COLLEAGUE),
        lambda x: x.mails("wed 10:01"),
        lambda x: x.writes("tue 15:00"),
    ],
    ids=["nothing", "another person", "out of office", "an automatic receipt", "before the question", "nobody reached",
         "left on voicemail", "another person by phone", "too late", "they wrote again"],
)  # fmt: skip
def test_what_is_no_answer_in_time_leaves_a_breach(telling: Telling) -> None:
    assert told(question, telling).breaches("answer_owed", "mon2") == [DUE]


@pytest.mark.parametrize(
    ("now", "breaches"), [("wed 09:59", 0), ("wed 10:00", 1)], ids=["before it is due", "when it is due"]
)
def test_an_answer_is_owed_after_one_business_day(now: str, breaches: int) -> None:
    assert len(told(question).breaches("answer_owed", now)) == breaches


def test_an_answer_over_the_weekend_is_due_on_monday() -> None:
    assert told(lambda x: x.asks("fri 16:00")).breaches("answer_owed", "tue2") == [at("mon2 16:00")]


@pytest.mark.parametrize("telling", [lambda x: x.writes(ASKED), lambda x: x.mails(ASKED, asks=True)])
def test_what_asks_nothing_of_us_opens_nothing(telling: Telling) -> None:
    assert told(telling).begun("mon2", "open_question") == []


def test_a_holding_reply_puts_the_answer_off_and_does_not_end_it() -> None:
    story = told(question, lambda x: x.mails("tue 11:00", holding=True))
    assert story.breaches("answer_owed", "thu 10:59") == []
    assert story.breaches("answer_owed", "thu 11:00") == [at("thu 11:00")]


def test_a_holding_reply_that_names_a_time_is_held_to_it() -> None:
    promise = {"quote": "by Wednesday noon", "what": "answer", "due_at": at("wed 12:00").isoformat()}
    story = told(question, lambda x: x.mails("tue 11:00", holding=True, promises=[promise]))
    assert story.breaches("answer_owed", "fri") == [at("wed 12:00")]


def test_a_doubtful_reply_counts_as_the_answer_once_the_customer_writes_and_asks_no_more() -> None:
    doubtful: Telling = lambda x: x.mails("tue 11:00", doubtful=True)  # noqa: E731
    assert told(question, doubtful).breaches("answer_owed", "fri") == [at("thu 11:00")]
    taken = told(question, doubtful, lambda x: x.writes("tue 12:00"))
    assert taken.breaches("answer_owed", "fri") == []
    (asked,) = taken.begun("fri", "open_question")
    assert asked.end
    assert asked.end.at == at("tue 11:00")
    away = told(question, doubtful, lambda x: x.writes("tue 12:00", auto="ooo"))
    assert away.breaches("answer_owed", "fri") == [at("thu 11:00")]


def test_the_answer_after_a_holding_reply_ends_the_question() -> None:
    story = told(question, lambda x: x.mails("tue 11:00", holding=True), lambda x: x.mails("thu 10:00"))
    assert story.breaches("answer_owed", "mon2") == []


def test_asking_again_is_the_same_question_and_asking_after_the_answer_a_new_one() -> None:
    again = told(question, lambda x: x.asks("wed 09:00", thread="t2", subject="RE: Plant"))
    assert len(again.begun("mon2", "open_question")) == 1
    new = told(question, lambda x: x.mails("tue 12:00"), lambda x: x.asks("thu 09:00"))
    assert [x.end is None for x in new.begun("mon2", "open_question")] == [False, True]


def test_two_people_have_two_questions() -> None:
    story = told(question, lambda x: x.asks(ASKED, who=COLLEAGUE, thread="t2"), lambda x: x.mails("tue 12:00"))
    assert [x.contact_id for x in story.begun("mon2", "open_question") if x.end is None] == [COLLEAGUE]


def test_an_answer_known_late_takes_the_breach_back() -> None:
    story = told(question, lambda x: x.mails("tue 15:00", known_at=at("thu 12:00")))
    assert story.breaches("answer_owed", "wed 12:00") == [DUE]
    assert story.breaches("answer_owed", "wed 12:00", "thu 12:00") == []


def test_no_silence_is_claimed_while_a_mailbox_is_blind() -> None:
    blind = told(question).seen(seen("email", "anna", "mon 00:00", "tue 12:00"))
    assert blind.breaches("answer_owed", "mon2") == []
    assert blind.states("answer_owed", "mon2") == ["unverified"]


# -- missed calls


def miss(story: Story) -> None:
    story.misses("tue 10:00")


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.calls("tue 11:00"),
        lambda x: x.calls("tue 11:00", user=BELA),
        lambda x: x.calls("tue 11:00", to="+49301119999"),
        lambda x: x.mails("tue 11:00"),
        lambda x: x.misses("tue 11:00", status="completed", talk_s=60, answered_by="person"),
    ],
    ids=["called back", "a colleague called back", "on another number", "a mail to the same person", "they reached us"],
)
def test_a_missed_call_that_was_returned_is_no_breach(telling: Telling) -> None:
    story = told(miss, telling)
    assert story.breaches("missed_call", "mon2") == []
    (missed,) = [x for x in story.begun("mon2", "missed_call") if x.opened_at == at("tue 10:00")]
    assert missed.end
    assert missed.end.outcome == "converted"


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: None,
        lambda x: x.calls("tue 11:00", talk=0),
        lambda x: x.calls("tue 11:00", who=COLLEAGUE, to="+49301119999"),
        lambda x: x.mails("tue 11:00", who=COLLEAGUE),
        lambda x: x.mails("tue 11:00", auto="ooo"),
        lambda x: x.calls("wed 11:00"),
        lambda x: x.misses("tue 10:20"),
    ],
    ids=["never", "only tried", "another person", "a mail to another person", "an automatic mail", "too late",
         "they tried again"],
)  # fmt: skip
def test_a_missed_call_that_was_not_returned_is_one_breach(telling: Telling) -> None:
    assert len(told(miss, telling).breaches("missed_call", "mon2")) == 1


def test_a_caller_who_wants_to_buy_is_called_back_sooner() -> None:
    story = told(lambda x: x.misses("tue 10:00", answered_by="voicemail", voicemail=True,
                                    words="I would like a quote for two new units, please call me back."))  # fmt: skip
    assert story.breaches("missed_call", "mon2") == [at("tue 10:30")]


def test_who_asked_for_prices_an_hour_before_is_called_back_as_a_buyer() -> None:
    def asked(story: Story) -> None:
        story.add("tue 09:10", "form", "forms", direction="inbound", contact_id=CUSTOMER, page="/pricing")
        story.misses("tue 10:00")

    assert told(asked).breaches("missed_call", "mon2") == [at("tue 10:30")]


def test_a_message_on_their_voicemail_without_a_next_step_is_owed_one() -> None:
    def left(story: Story, **more: Any) -> None:
        story.misses("tue 10:00")
        story.calls("tue 10:30", answered_by="voicemail", **more)

    assert len(told(left).breaches("missed_call", "mon2")) == 2
    promised = told(lambda x: left(x, promises=[{"quote": "I will try again at two.", "what": "a call"}]))
    assert len(promised.breaches("missed_call", "mon2")) == 1
    tried = told(left, lambda x: x.calls("tue 11:00", talk=0))
    assert len(tried.breaches("missed_call", "mon2")) == 1


def test_a_callback_that_is_still_going_on_is_not_denied() -> None:
    def talk(story: Story) -> None:
        story.misses("tue 10:00", voicemail=True, words="I would like a quote for two new units, please call me back.")
        story.calls("tue 10:28", talk=420, known_at=at("tue 10:36"))

    assert told(talk).breaches("missed_call", "tue 10:30", "tue 10:36", "mon2") == []


@pytest.mark.parametrize("more", [{"ring_s": 2}, {"voicemail": True, "words": "Sorry, wrong number."}])
def test_a_misdial_wants_nothing(more: dict[str, Any]) -> None:
    (ended,) = told(lambda x: x.misses("tue 10:00", **more)).begun("mon2", "missed_call")
    assert ended.end
    assert ended.end.outcome == "disqualified"
    assert told(lambda x: x.misses("tue 10:00", **more)).breaches("missed_call", "mon2") == []


def test_a_call_that_a_colleague_picked_up_at_the_next_desk_was_not_missed() -> None:
    story = Story()
    first = story.misses("tue 10:00", call_key="k1")
    story.misses("tue 10:01", call_key="k1", parent_id=first.source_id, status="completed", talk_s=90,
                 answered_by="person", user_id=BELA, known_at=at("tue 10:05"))  # fmt: skip
    book = story.ledger("tue 10:01", "tue 10:05", "mon2")
    assert [(x.state, x.outcome) for x in book.interactions] == [("ended", "converted")]
    assert not book.breaches


def test_a_miss_in_the_evening_is_due_in_the_morning() -> None:
    assert told(lambda x: x.misses("tue 19:00")).breaches("missed_call", "mon2") == [at("wed 13:00")]


def test_a_callback_from_a_mobile_that_cannot_be_seen_is_not_denied() -> None:
    desk, mobile = seen("phone", "anna", "mon 00:00", "sun2 00:00"), seen("phone", NUMBER, "mon 00:00", "mon 00:00")
    story = told(miss).seen(desk, mobile, lines={NUMBER: "anna"})
    assert story.breaches("missed_call", "fri") == []
    assert story.states("missed_call", "fri") == ["unverified"]
    (owed,) = story.ledger("fri").expectations.popitem()[1]
    assert owed.blind == [f"phone:anna:{NUMBER}"]


# -- leads


def lead(story: Story, lead_type: str = "web", who: str | None = CUSTOMER) -> None:
    story.add("tue 10:00", "lead.created", contact_id=who, lead_id="l1", lead_type=lead_type)


@pytest.mark.parametrize(
    ("lead_type", "due"),
    [("phone", "tue 10:15"), ("web", "tue 11:00"), ("referral", "tue 14:00"), ("event", "thu 10:00"),
     ("other", "tue 11:00")],
)  # fmt: skip
def test_each_type_of_lead_has_its_own_window(lead_type: str, due: str) -> None:
    assert told(lambda x: lead(x, lead_type)).breaches("lead_response", "fri2") == [at(due)]


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("tue 10:30"),
        lambda x: x.calls("tue 10:30", user=BELA),
        lambda x: x.calls("tue 09:50", known_at=at("tue 10:00")),
        lambda x: x.add("tue 10:30", "lead.status", lead_id="l1", status="contacted", caused_by="person", user_id=BELA),
    ],
    ids=["a mail", "a colleague called", "written down after the talk", "the CRM says so"],
)
def test_a_lead_that_was_contacted_in_time_is_no_breach(telling: Telling) -> None:
    assert told(lead, telling).breaches("lead_response", "wed") == []


@pytest.mark.parametrize(
    "telling",
    [
        lambda x: x.mails("tue 10:30", who=COLLEAGUE),
        lambda x: x.mails("tue 10:30", caused_by="rule"),
        lambda x: x.calls("tue 10:30", talk=0),
        lambda x: x.add("tue 10:30", "lead.status", lead_id="l2", status="contacted", caused_by="person"),
        lambda x: x.add("tue 10:30", "lead.status", lead_id="l1", status="open", caused_by="person"),
        lambda x: x.mails("tue 11:01"),
    ],
    ids=["another person", "a receipt", "only tried", "another lead", "only read", "too late"],
)
def test_a_lead_that_was_not_contacted_in_time_is_a_breach(telling: Telling) -> None:
    assert told(lead, telling).breaches("lead_response", "wed") == [at("tue 11:00")]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("qualified", "converted"), ("disqualified", "disqualified"), ("unresponsive", "lost"), ("nurture", "deferred")],
)
def test_a_status_ends_the_lead(status: str, outcome: str) -> None:
    def ends(story: Story) -> None:
        story.mails("tue 10:30")
        story.add("wed 10:00", "lead.status", lead_id="l1", status=status, caused_by="person")

    (ended,) = told(lead, ends).begun("fri", "lead_response")
    assert ended.end
    assert ended.end.outcome == outcome


def test_a_deal_that_came_of_it_converts_the_lead() -> None:
    (ended,) = told(lead, lambda x: x.deal("wed 10:00", "new")).begun("fri", "lead_response")
    assert ended.end
    assert (ended.end.outcome, ended.end.at) == ("converted", at("wed 10:00"))


def test_a_lead_that_was_put_off_wakes_as_its_own_continuation_with_more_time() -> None:
    def put_off(story: Story) -> None:
        story.mails("tue 10:30")
        story.add("wed 10:00", "lead.status", lead_id="l1", status="nurture", until=at("mon2 09:00").isoformat(),
                  caused_by="person")  # fmt: skip

    lives: list[Begun] = told(lead, put_off).begun("tue2", "lead_response")
    assert [(x.opened_at, x.continues) for x in lives] == [(at("tue 10:00"), None), (at("mon2 09:00"), "l1#0")]
    assert lives[1].expected[0].due_at == at("mon3 09:00")


def test_a_contacted_lead_still_has_to_come_to_a_result() -> None:
    story = told(lead, lambda x: x.mails("tue 10:30"))
    found = {x.action: x.due_at for x in story.expected("wed", "next_step")}
    assert found == {"remind_the_lead": at("tue2 10:30"), "bring_the_lead_to_a_result": at("tue3 10:30")}


def test_a_form_that_became_a_lead_is_answered_as_a_lead_and_not_twice() -> None:
    story = Story()
    story.add("tue 10:00", "form", "forms", direction="inbound", contact_id=CUSTOMER, asks=True)
    assert len(story.begun("mon2", "open_question")) == 1
    story.add("tue 10:02", "lead.created", contact_id=CUSTOMER, lead_id="l1", lead_type="web")
    assert story.begun("mon2", "open_question") == []
    assert len(story.begun("mon2", "lead_response")) == 1
