"""Constructed calls with their truth: which were missed, and why."""

import pytest

from tests.unit.agent_runtime.calls.phone import ANNA, DAY, HOUR, LINE, MOBILE, callback, leg, miss, taken
from tests.unit.agent_runtime.calls.truth import NOT_MISSED, Case, assert_true_lines, case, ends

ANSWERS = [
    case("answered by a person", taken("a", 0), a={**NOT_MISSED, "account_id": "acme"}),
    case(
        "answered without a word on by whom",
        miss("a", 0, status="completed", talk_s=3),
        a=NOT_MISSED,
    ),
    case(
        "picked up by the mailbox",
        miss("a", 0, status="completed", talk_s=30, answered_by="voicemail"),
        a=ends("none", missed_reason="not_answered"),
    ),
    case(
        "talked to the mailbox, nobody says so",
        miss("a", 0, status="completed", talk_s=30, voicemail_text="Please call me."),
        a=ends("none", missed_reason="not_answered"),
    ),
    case(
        "picked up by the menu",
        miss("a", 0, status="completed", talk_s=30, answered_by="ivr", user_id=None),
        a=ends("none", missed_reason="abandoned_in_ivr"),
    ),
    case(
        "completed without talk",
        miss("a", 0, status="completed", ring_s=30, talk_s=0),
        a=ends("none", missed_reason="unknown"),
    ),
    case(
        "internal calls have no line and resolve nothing",
        miss("a", 0),
        leg("i", 5, direction="internal", status="completed", talk_s=50, from_number=LINE, to_number=ANNA),
        a=ends("none"),
    ),
]

LEGS = [
    case(
        "group ring, a colleague picked up",
        miss("a", 0, status="completed", user_id=None),
        miss("a1", 0, parent_id="a", user_id="u1"),
        miss("a2", 0, parent_id="a", user_id="u2", status="completed", talk_s=40),
        a=NOT_MISSED,
    ),
    case(
        "group ring, nobody picked up and the parent says completed",
        miss("a", 0, status="completed", talk_s=35, user_id=None),
        miss("a1", 0, parent_id="a", user_id="u1"),
        miss("a2", 0, parent_id="a", user_id="u2", status="busy"),
        callback("cb", 10),
        a=ends("callback", "cb", 10, missed_reason="not_answered"),
    ),
    case(
        "group ring joined by key alone, the second member picked up",
        miss("a1", 0, call_key="k", user_id="u1", status="completed", talk_s=40),
        miss("a2", 0, call_key="k", user_id="u2"),
        a1=NOT_MISSED,
    ),
    case(
        "trunk and members joined by key alone, nobody picked up",
        miss("a", 0, call_key="k", user_id=None, status="completed", talk_s=40),
        miss("a1", 0.1, call_key="k", user_id="u1"),
        a=ends("none", missed_reason="not_answered"),
    ),
    case(
        "the parent is named by its call key",
        miss("a", 0, call_key="CA1", status="completed", user_id=None),
        taken("a1", 0, parent_id="CA1", from_number=None),
        a=NOT_MISSED,
    ),
    case(
        "a member reports a miss while a colleague answers",
        miss("a", 0, status="completed", talk_s=70, call_key="k"),
        miss("e", 0, call_key="k", missed_event_for="u2", user_id="u2"),
        a=NOT_MISSED,
    ),
    case(
        "a member reports a miss as the only child of an answered call",
        taken("a", 0),
        miss("e", 0, parent_id="a", missed_event_for="u2", user_id="u2"),
        a=NOT_MISSED,
    ),
    case(
        "forwarded and answered on a mobile",
        miss("a", 0, status="completed"),
        leg(
            "f",
            0.3,
            direction="outbound",
            status="completed",
            talk_s=60,
            to_number=MOBILE,
            parent_id="a",
            forwarded_from="u1",
        ),
        a=NOT_MISSED,
    ),
    case("forwarded in one record and answered", taken("a", 0, forwarded_from="u9"), a=NOT_MISSED),
    case(
        "forwarded into the mobile's mailbox",
        miss("a", 0, status="completed"),
        taken("f", 0.3, parent_id="a", forwarded_from="u1", answered_by="voicemail"),
        a=ends("none"),
    ),
    case(
        "menu, then a person two legs down",
        miss("a", 0, status="completed", answered_by="ivr", talk_s=15, user_id=None),
        miss("b", 0.2, parent_id="a", status="completed", user_id=None),
        taken("c", 0.3, parent_id="b"),
        a=NOT_MISSED,
    ),
    case(
        "the parent record is lost",
        miss("b1", 0, parent_id="gone", user_id="u1"),
        taken("b2", 0, parent_id="gone", user_id="u2"),
        b1=NOT_MISSED,
    ),
]

REASONS = [
    case("at night", miss("a", 12 * HOUR), a=ends("none", missed_reason="after_hours")),
    case("on Sunday", miss("a", -DAY), a=ends("none", missed_reason="after_hours")),
    case(
        "busy, however short",
        miss("a", 0, status="busy", ring_s=0),
        a=ends("none", missed_reason="busy"),
    ),
    case(
        "no connection, however short",
        miss("a", 0, status="failed", ring_s=0),
        a=ends("none", missed_reason="technical"),
    ),
    case(
        "gave up while it rang",
        miss("a", 0, status="abandoned"),
        a=ends("none", missed_reason="abandoned_ringing"),
    ),
    case(
        "gave up in the menu",
        miss("a", 0, status="abandoned", ivr="main", ring_s=0, talk_s=22, user_id=None),
        a=ends("none", missed_reason="abandoned_in_ivr"),
    ),
    case(
        "gave up ringing after the menu",
        miss("a", 0, status="abandoned", ivr="1 sales"),
        a=ends("none", missed_reason="abandoned_ringing"),
    ),
    case(
        "all members busy",
        miss("a", 0, status="completed", user_id=None),
        miss("a1", 0, parent_id="a", status="busy"),
        a=ends("none", missed_reason="busy"),
    ),
    case(
        "nobody in the queue",
        miss("a", 0, queue="sales", user_id=None, ring_s=None),
        a=ends("none", missed_reason="no_available_agent"),
    ),
    case(
        "rang in the queue",
        miss("a", 0, queue="sales"),
        a=ends("none", missed_reason="not_answered"),
    ),
]

MISDIALS = [
    case("phantom", miss("a", 0, ring_s=3), a=ends("misdial", intent="noise", need_id="a")),
    case("just long enough", miss("a", 0, ring_s=5), a=ends("none")),
    case("length counts over all legs", miss("a", 0, ring_s=3, talk_s=3), a=ends("none")),
    case("length is not known", miss("a", 0, ring_s=None), a=ends("none")),
    case("short with a message", miss("a", 0, ring_s=2, voicemail_text="Invoice 7?"), a=ends("none")),
    case(
        "says that the number was wrong",
        miss("a", 0, voicemail_text="Sorry, wrong number."),
        a=ends("misdial", intent="noise"),
    ),
    case(
        "the phone system noted a wrong number",
        miss("a", 0, purpose="wrong_number"),
        a=ends("misdial", intent="noise"),
    ),
    case(
        "a wrong number on an invoice is none of ours",
        miss("a", 0, voicemail_text="There is a wrong number on your invoice."),
        a=ends("none", topic="billing"),
    ),
    case(
        "a short dial is not the need that follows it",
        miss("p", 0, ring_s=2),
        miss("a", 1),
        callback("cb", 11),
        p=ends("misdial", need_id="p"),
        a=ends("callback", "cb", 10, need_id="a"),
    ),
    case("withheld and short", miss("a", 0, None, ring_s=2), a=ends("misdial")),
]


@pytest.mark.parametrize("case", [*ANSWERS, *LEGS, *REASONS, *MISDIALS])
def test_a_call_is_missed_when_nobody_answered_and_for_the_first_reason_that_explains_it(case: Case) -> None:
    assert_true_lines(case)
