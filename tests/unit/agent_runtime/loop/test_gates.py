"""The ten gates: each objects in its turn, with its own verdict, and a mail passes only when none does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_runtime.loop.gates import Gate, GatePolicy, gate, span_of
from agent_runtime.loop.situation import Debt, Record, Situation, Touch
from tests.unit.agent_runtime.loop.situations import (
    CALENDAR,
    CASES,
    NOW,
    POLICY,
    RUTH,
    answer_owed,
    close_date_pushed,
    days_ago,
    missed_call,
    promised_call,
    proposal_response,
    stage_age,
    went_quiet,
)

NO_PHONE = replace(RUTH, phone="")
LATER = NOW + timedelta(days=2)
DEBT = Debt("act_debt", "price list", days_ago(12), days_ago(3), "document", "prices.pdf")


def theirs(days: float, medium: str = "call") -> Touch:
    return Touch(days_ago(days), "inbound", medium, "", "c1", "act_in")


def ours(days: float, medium: str = "email", user: str = "u1") -> Touch:
    return Touch(days_ago(days), "outbound", medium, user, "c1", "act_out")


def with_touch(case: Situation, *touches: Touch) -> Situation:
    return replace(case, touches=(*case.touches, *touches))


def person(case: Situation, **changes: object) -> Situation:
    return replace(case, recipient=replace(case.recipient, **changes))  # type: ignore[arg-type]


P, A = proposal_response(), answer_owed()
OBJECTIONS: list[tuple[str, Situation, int, str]] = [
    ("nothing objects", P, 0, "send"),
    ("unverified", replace(P, verified=False), 1, "task"),
    ("unverified, our own debt", replace(A, verified=False), 1, "task"),
    ("they called since", with_touch(P, theirs(1)), 2, "nothing"),
    ("they asked again", with_touch(A, theirs(1)), 2, "call_card"),
    ("they asked again, no phone", person(with_touch(A, theirs(1)), phone=""), 2, "task"),
    ("meeting ahead", replace(P, future_meeting_at=LATER), 2, "hold_until"),
    ("meeting ahead, debt", replace(A, future_meeting_at=LATER), 2, "task"),
    ("own task", replace(P, own_task_due_at=LATER), 2, "hold_until"),
    ("sequence", replace(P, sequence_live=True), 2, "nothing"),
    ("colleague wrote", with_touch(P, ours(1, "email", "u2")), 2, "hold_until"),
    ("we perhaps answered", with_touch(A, replace(ours(1), doubtful=True)), 2, "person_chooses"),
    (
        "we perhaps kept the promise",
        with_touch(replace(A, signal="promise_due"), replace(ours(1), doubtful=True)),
        2,
        "person_chooses",
    ),
    ("colleague wrote about a debt", with_touch(A, ours(1, "email", "u2")), 2, "person_chooses"),
    ("away", person(P, status="on_leave", status_until=LATER), 3, "hold_until"),
    ("away, return unknown", person(P, status="on_leave"), 3, "person_chooses"),
    ("back again", person(P, status="on_leave", status_until=days_ago(1)), 0, "send"),
    ("left", person(P, status="left_company"), 4, "task"),
    ("opted out", person(P, opted_out=True), 4, "nothing"),
    ("opted out, yet waits for us", person(A, status="opted_out"), 4, "call_card"),
    ("bounced", person(P, bounced=True), 4, "call_card"),
    ("no address, no phone", person(P, email="", phone=""), 4, "task"),
    ("no-reply", person(P, email="noreply@harlow.example"), 4, "call_card"),
    ("shared address, thread with a person", person(P, role_address=True), 4, "call_card"),
    ("shared address from the start", person(replace(P, thread=None), role_address=True), 0, "send"),
    ("debt first", replace(P, debts=(DEBT,)), 5, "send"),
    ("complaint", replace(P, open_case=True), 6, "task"),
    ("complaint, debt", replace(A, open_case=True), 0, "send"),
    ("two mails unanswered", went_quiet(), 7, "call_card"),
    ("other channel", replace(P, step="other_channel"), 7, "call_card"),
    ("no object", replace(P, opportunity=None, records=(replace(P.records[0], what=""),)), 8, "call_card"),
    ("no record", replace(P, records=()), 8, "call_card"),
    ("long silence", replace(stage_age(), touches=(), since=days_ago(46)), 9, "person_chooses"),
    ("mail two days ago", with_touch(stage_age(), ours(2)), 10, "hold_until"),
    ("mail before their question", with_touch(A, ours(2.5)), 0, "send"),
    ("missed call, no attempt", replace(missed_call(), touches=(), step="remind"), 0, "call_card"),
    ("missed call after an attempt", missed_call(), 0, "send"),
    ("callback after an attempt", promised_call(), 5, "send"),
    ("close date", close_date_pushed(), 0, "task"),
]


@pytest.mark.parametrize(("case", "rule", "verdict"), [row[1:] for row in OBJECTIONS], ids=[r[0] for r in OBJECTIONS])
def test_each_gate_objects_with_its_verdict_and_a_reason(case: Situation, rule: int, verdict: str) -> None:
    found = gate(case, POLICY)
    assert (found.rule, found.verdict) == (rule, verdict)
    assert found.reason
    assert found.allowed == (found.verdict == "send" or (verdict == "task" and rule == 0))
    assert (found.until is not None) == (verdict == "hold_until")


def test_the_first_gate_wins() -> None:
    everything = replace(person(with_touch(P, theirs(1)), opted_out=True), verified=False, open_case=True)
    assert gate(everything, POLICY).rule == 1
    assert gate(replace(everything, verified=True), POLICY).rule == 2
    assert gate(replace(everything, verified=True, touches=P.touches), POLICY).rule == 4


@pytest.mark.parametrize("step", ["reassign", "manager", "ask_outcome"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_steps_inside_the_house_pass_what_concerns_only_mails(name: str, step: str) -> None:
    case = replace(person(CASES[name](), email="", bounced=True), step=step)  # type: ignore[arg-type]
    assert gate(case, POLICY).verdict == "task"
    assert gate(case, POLICY).allowed


@pytest.mark.parametrize("name", sorted(set(CASES) - {"close_date_pushed"}))
@pytest.mark.parametrize("step", ["remind", "other_channel", "reassign", "manager", "ask_outcome"])
def test_an_unverified_absence_is_never_a_mail(name: str, step: str) -> None:
    found = gate(replace(CASES[name](), step=step, verified=False), POLICY)  # type: ignore[arg-type]
    assert found == Gate(False, "task", "This is not certain, because we cannot see: mobile of Elin Vogt.", 1)


def test_a_leave_holds_to_one_working_day_after_the_return() -> None:
    friday = NOW.replace(day=20, hour=10)
    found = gate(person(P, status="on_leave", status_until=friday), POLICY)
    assert found.until is not None
    assert (found.until.weekday(), found.until.day) == (0, 23)


def test_the_third_mail_closes_the_loop_only_where_the_playbook_has_it() -> None:
    allowing = GatePolicy(CALENDAR, close_the_loop=True)
    assert gate(went_quiet(), allowing).close_the_loop
    assert not gate(proposal_response(), allowing).close_the_loop
    fourth = with_touch(went_quiet(), ours(5))
    assert gate(fourth, allowing).rule == 7
    assert gate(replace(went_quiet(), debts=(DEBT,)), allowing).rule == 7


def test_automatic_and_foreign_touches_count_for_nothing() -> None:
    silent = with_touch(
        P,
        replace(theirs(1), automatic=True),
        replace(theirs(1), contact_id="c9"),
        replace(ours(1), automatic=True),
    )
    assert gate(silent, POLICY).verdict == "send"


def test_a_promise_that_stands_only_in_its_record_is_a_debt() -> None:
    from_record = replace(CASES["promise_due"](), debts=())
    assert gate(from_record, POLICY).debt_id == "act_prom"


def test_without_a_phone_the_facts_become_a_task() -> None:
    assert gate(replace(went_quiet(), recipient=NO_PHONE), POLICY).verdict == "task"


@pytest.mark.parametrize(
    ("quote", "days"),
    [
        ("You will have our proposal within two weeks.", 14),
        ("Unser Angebot erhalten Sie in den nächsten zwei Wochen.", 14),
        ("I will send it in 3 days.", 3),
        ("You will have our offer soon.", 0),
    ],
)
def test_an_announcement_has_the_time_that_it_took_for_itself(quote: str, days: int) -> None:
    assert span_of(quote) == timedelta(days=days)


def test_what_we_announced_is_waited_for_and_then_due() -> None:
    said = Record("act_s", "email", days_ago(8), "outbound", "You will have it within two weeks.", contact_id="c1")
    case = replace(stage_age(), records=(*stage_age().records, said))
    early = gate(case, POLICY)
    assert (early.verdict, early.until) == ("hold_until", days_ago(8) + timedelta(days=14))
    assert gate(replace(case, now=NOW + timedelta(days=7)), POLICY).verdict == "task"


def test_an_order_or_a_request_is_done_before_anybody_writes_about_it() -> None:
    wish = replace(answer_owed().records[0], quote="Please renew for three years.")
    found = gate(replace(answer_owed(), records=(wish,)), POLICY)
    assert (found.verdict, found.rule) == ("task", 8)
    assert "Please renew for three years." in found.reason


def test_a_deal_that_stands_still_is_not_asked_twice_by_mail() -> None:
    asked_before = with_touch(stage_age(), ours(10))
    assert gate(asked_before, POLICY).verdict == "call_card"
    answered = with_touch(asked_before, theirs(9))
    assert gate(answered, POLICY).verdict == "nothing"
