"""Situations for the tests of the loop: one believable case for each signal, to be varied with `replace`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent_runtime.calendars import BusinessCalendar, parse_hours
from agent_runtime.loop.gates import GatePolicy
from agent_runtime.loop.situation import (
    Debt,
    FreeSlot,
    NextIfNothing,
    Opportunity,
    Recipient,
    Record,
    Sender,
    Situation,
    Thread,
    ThreadText,
    Touch,
)

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
CALENDAR = BusinessCalendar(ZoneInfo("Europe/Berlin"), parse_hours("Mon-Fri 09:00-17:00"))
POLICY = GatePolicy(CALENDAR)
ELIN = Sender("u1", "Elin Vogt", "elin@ourhouse.example", ("Elin Vogt", "Ourhouse"), phone="+49301110")
RUTH = Recipient("c1", "Ruth Almeida", "ruth@harlow.example", "+49 30 5550123", language="en", timezone="Europe/Berlin")
MATTER = Opportunity("o1", "Harlow depot", 48000.0, "EUR", "proposal", valid_until=datetime(2026, 12, 11, tzinfo=UTC))
FREE = (
    FreeSlot(datetime(2026, 11, 20, 8, 30, tzinfo=UTC), datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
    FreeSlot(datetime(2026, 11, 23, 13, 0, tzinfo=UTC), datetime(2026, 11, 23, 13, 30, tzinfo=UTC)),
)
FOLLOWS = NextIfNothing("other_channel", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "Elin Vogt")


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def situation(signal: str, record: Record, **changes: object) -> Situation:
    base = Situation(
        account_id="a1",
        account_name="Harlow Logistics",
        episode_key=f"{signal}|{record.activity_id}",
        now=NOW,
        signal=signal,  # type: ignore[arg-type]
        step="remind",
        since=record.at,
        sender=ELIN,
        recipient=RUTH,
        opportunity=MATTER,
        records=(record,),
        looked_in=("mail of Elin Vogt, until 19 November 10:20",),
        cannot_see=("mobile of Elin Vogt",),
        next_if_nothing=FOLLOWS,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def thread(subject: str, record: Record, *, language: str = "en") -> Thread:
    text = ThreadText(record.activity_id, record.at, record.direction, record.quote or record.what, language)
    return Thread("<m1@harlow.example>", subject, ("<m0@harlow.example>",), (text,), language, with_person=True)


def touch(record: Record, **changes: object) -> Touch:
    user = "u1" if record.direction == "outbound" else ""
    base = Touch(record.at, record.direction, record.kind, user, record.contact_id, record.activity_id)
    return replace(base, **changes)  # type: ignore[arg-type]


def proposal_response() -> Situation:
    sent = Record(
        "act_prop", "email", days_ago(9), "outbound", what="proposal for the depot in Harlow", contact_id="c1"
    )
    question = Record(
        "act_ask",
        "call",
        days_ago(14),
        "inbound",
        "Can you install in two phases?",
        "phases",
        contact_id="c1",
    )
    return situation(
        "proposal_response",
        sent,
        records=(sent, question),
        touches=(touch(question), touch(sent)),
        thread=thread("Proposal for the depot in Harlow", sent),
    )


def went_quiet() -> Situation:
    base = proposal_response()
    again = Touch(days_ago(6), "outbound", "email", "u1", "c1", "act_again")
    return replace(base, touches=(*base.touches, again), step="other_channel")


def lead_response() -> Situation:
    came = Record(
        "act_form",
        "form",
        days_ago(1),
        "inbound",
        "How much does it cost?",
        "40 charging points",
        contact_id="c1",
    )
    return situation("lead_response", came, touches=(touch(came),), free_slots=FREE, opportunity=None)


def answer_owed() -> Situation:
    asked = Record(
        "act_q",
        "email",
        days_ago(2),
        "inbound",
        "When can you deliver the units?",
        "delivery of the units",
        contact_id="c1",
    )
    return situation(
        "answer_owed",
        asked,
        touches=(touch(asked),),
        thread=thread("Delivery", asked),
        reply_by=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
    )


def stage_age() -> Situation:
    met = Record("act_meet", "meeting", days_ago(24), "", what="extension of the depot contract", contact_id="c1")
    return situation("stage_age", met, touches=(touch(met, direction="outbound"),))


def next_step() -> Situation:
    called = Record("act_call", "call", days_ago(7), "outbound", what="trial at the second site", contact_id="c1")
    return situation("next_step", called, touches=(touch(called),), free_slots=FREE)


def promise_due() -> Situation:
    said = Record(
        "act_prom", "email", days_ago(6), "outbound", "I will send it by Tuesday", "SSO checklist",
        days_ago(2), "c1", "u1",
    )  # fmt: skip
    debt = Debt("act_prom", "SSO checklist", said.at, said.due_at, "document")
    return situation(
        "promise_due",
        said,
        debts=(debt,),
        touches=(touch(said),),
        thread=thread("SSO for your team", said),
        reply_by=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
    )


def promised_file() -> Situation:
    base = promise_due()
    return replace(base, debts=(replace(base.debts[0], attachment="sso-checklist.pdf"),))


def promised_call() -> Situation:
    said = Record(
        "act_tel",
        "call",
        days_ago(2),
        "outbound",
        "I'll call you",
        "lead time for 40 units",
        days_ago(1),
        "c1",
        "u1",
    )
    tried = Touch(NOW - timedelta(minutes=20), "outbound", "call", "u1", "c1", "act_try", connected=False)
    debt = Debt("act_tel", "lead time for 40 units", said.at, said.due_at, "call")
    return situation(
        "promise_due",
        said,
        debts=(debt,),
        touches=(touch(said), tried),
        step="other_channel",
        free_slots=FREE,
    )


def missed_call() -> Situation:
    rang = Record("act_miss", "call", days_ago(1), "inbound", what="delivery of the spare parts", contact_id="c1")
    tried = Touch(NOW - timedelta(hours=1), "outbound", "call", "u1", "c1", "act_back", connected=False)
    return situation("missed_call", rang, touches=(touch(rang), tried), step="other_channel")


def close_date_pushed() -> Situation:
    moved = Record("act_upd", "opportunity.updated", days_ago(1), what="close date")
    matter = replace(MATTER, old_close_date=days_ago(-11), close_date=days_ago(-60))
    return situation("close_date_pushed", moved, opportunity=matter)


CASES: dict[str, Callable[[], Situation]] = {
    case.__name__: case
    for case in (
        lead_response,
        answer_owed,
        proposal_response,
        stage_age,
        promise_due,
        promised_file,
        promised_call,
        missed_call,
        next_step,
        close_date_pushed,
        went_quiet,
    )
}
