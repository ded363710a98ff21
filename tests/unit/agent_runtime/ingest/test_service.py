"""From records to activities: threads, words that may be kept, facts, letters, and nothing twice."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from agent_runtime import jobs
from agent_runtime.ingest.service import Ingest
from agent_runtime.playbook.call_policy import Recordings
from memory import facts
from tests.unit.agent_runtime.ingest.company import NOW, Company, call, email, source_record
from tests.unit.agent_runtime.ingest.conftest import TABLES


def sent(key: str, words: str, **fields: Any) -> Any:
    base = {"direction": "outbound", "from": "ann@seller.example", "to": ["cy@acme.example"], "text": words}
    return email(key, **(base | fields))


def test_a_mail_is_read(company: Company) -> None:
    html = "<p>Could you send the plan?</p><p style='display:none'>obey</p><blockquote>Old</blockquote>"
    event = company.only(
        email(
            text=None,
            html=html,
            subject="Plan",
            message_id="<1@x>",
            attachments=[{"name": "a.pdf", "text": "x"}],
        )
    )
    assert (event.kind, event.direction, event.caused_by, event.subject) == (
        "email",
        "inbound",
        "none",
        "Plan",
    )
    assert company.text(event) == "Could you send the plan?"
    told = {key: event.data[key] for key in ("asks", "holding", "thanks_only", "promises", "auto", "attachments")}
    assert told == {
        "asks": True, "holding": False, "thanks_only": False, "promises": [], "auto": None,
        "attachments": ["a.pdf"],
    }  # fmt: skip
    assert (event.data["from"], event.data["to"]) == ("cy@acme.example", ["ann@seller.example"])


def test_a_reply_of_ours_that_may_be_the_answer_is_doubtful_unless_a_document_comes_with_it(company: Company) -> None:
    def doubtful(key: str, *names: str) -> bool:
        attachments = [{"name": name, "text": ""} for name in names]
        return "doubtful" in company.only(sent(key, "Thank you!", attachments=attachments)).data

    assert [doubtful("1"), doubtful("2", "logo.PNG"), doubtful("3", "logo.png", "plan.pdf")] == [True, True, False]
    assert "doubtful" not in company.only(email("4", text="Thank you!")).data


def test_what_a_customer_wants_is_noted_beside_what_they_ask(company: Company) -> None:
    data = company.only(email("1", text="Send the plan to Paul, he decides.")).data
    assert (data["asks"], data["wants"]) == (False, True)
    assert "wants" not in company.only(email("2", text="The plan is ready.")).data


def test_only_our_own_words_promise(company: Company) -> None:
    words = "I'll send the plan by Friday."
    assert company.only(email("1", text=words)).data["promises"] == []
    ours = company.only(sent("2", words))
    assert [one["due_at"] for one in ours.data["promises"]] == ["2026-03-13T17:00:00+00:00"]
    assert (ours.caused_by, ours.user_id) == ("person", "u1")
    forwarded = company.only(sent("3", f"-----Original Message-----\nFrom: Cy\nTo: Ann\n\n{words}"))
    assert forwarded.data["promises"] == []


def test_an_automatic_answer_asks_nothing_and_is_nobodys_act(company: Company) -> None:
    away = company.only(email("1", subject="Automatic reply: Plan", text="Who can help? Call Bob."))
    assert (away.data["auto"], away.data["asks"]) == ("ooo", False)
    assert company.only(sent("2", "I am away", auto_kind="ooo")).caused_by == "rule"


def threads(company: Company) -> dict[str, str]:
    return {one.source_id: one.data["thread"] for one in company.events("a1")}


def test_answers_stand_in_the_thread_of_what_they_answer(company: Company) -> None:
    company.take(email("1", message_id="<1>"))
    company.take(sent("2", "a", message_id="<2>", in_reply_to="<1>"))
    company.take(email("3", message_id="<3>", in_reply_to="<2>"), email("4", message_id="<4>"))
    company.take(email("5", message_id="<5>", references=["<1>", "<9>"], in_reply_to="<9>"))
    assert threads(company) == {"1": "<1>", "2": "<1>", "3": "<1>", "4": "<4>", "5": "<1>"}


def test_mails_that_answer_each_other_in_a_circle_stand_in_one_thread(company: Company) -> None:
    company.take(
        email("1", message_id="<1>", in_reply_to="<3>"),
        email("2", message_id="<2>", in_reply_to="<1>", references=["<2>"]),
        email("3", message_id="<3>", in_reply_to="<2>"),
        email("4", message_id="<4>", in_reply_to="<4>", references=["<4>"]),
    )
    assert threads(company) == {"1": "<3>", "2": "<3>", "3": "<3>", "4": "<4>"}


TRANSCRIPT = [
    {"speaker": "Ann Wolff", "start_s": 0, "text": "I will send the plan by Friday."},
    {"speaker": "Cy", "start_s": 5, "text": "I will call you on Monday. Could you add the price?"},
]


@pytest.mark.parametrize(
    ("consent", "kept"), [("all_party", True), ("one_party", True), ("none", False), (None, False)]
)
def test_a_transcript_is_kept_with_consent_only(company: Company, consent: str | None, kept: bool) -> None:
    event = company.only(call(status="completed", transcript=TRANSCRIPT, consent=consent))
    assert (company.text(event) is not None) is kept
    assert len(event.data["promises"]) == int(kept)
    assert (event.data["asks"], bool(event.data["words"])) == (kept, kept)
    assert event.data["from"] == "+4930901822"


def test_a_voicemail_is_kept_without_consent(company: Company) -> None:
    event = company.only(call(voicemail_text="Please call me back. " * 40, consent="unknown"))
    assert (event.data["voicemail"], event.data["asks"], len(event.data["words"])) == (True, True, 600)
    assert len(company.text(event) or "") > 700


@pytest.mark.parametrize(
    ("policy", "consent", "kept"),
    [
        (Recordings(consent="all_party"), "one_party", False),
        (Recordings(consent="all_party"), "all_party", True),
        (Recordings(consent="nobody"), "all_party", False),
    ],
)
def test_the_company_says_which_consent_is_enough(
    company: Company, policy: Recordings, consent: str, kept: bool
) -> None:
    company.ingest = Ingest(replace(company.context, recordings=policy))
    event = company.only(call(status="completed", transcript=TRANSCRIPT, summary="They spoke.", consent=consent))
    assert (company.text(event) is not None) is kept
    assert "They spoke" not in (company.text(event) or "")


def test_where_no_voicemails_are_kept_only_that_there_was_one_stays(company: Company) -> None:
    company.ingest = Ingest(replace(company.context, recordings=Recordings(voicemails=False)))
    event = company.only(call(voicemail_text="Please call me back.", consent="all_party"))
    assert (company.text(event), event.data["words"], event.data["voicemail"]) == (None, "", True)


def test_what_a_machine_wrote_about_a_call_is_kept_as_such_and_states_nothing(company: Company) -> None:
    company.ingest = Ingest(replace(company.context, recordings=Recordings(summaries=True)))
    summary = "The customer decided against us.\nOur budget is 90000 EUR."
    event = company.only(call(status="completed", talk_s=60, summary=summary, consent="all_party"))
    assert (company.text(event) or "").startswith("Summary by the phone system: The customer")
    assert list(facts.all_facts(company.connection)) == []
    assert company.only(call("2", status="completed", summary=summary, consent="none")).data["words"] == ""


def test_what_a_summary_says_that_we_do_is_kept_apart_from_what_was_said(company: Company) -> None:
    company.ingest = Ingest(replace(company.context, recordings=Recordings(summaries=True)))
    event = company.only(call(status="completed", talk_s=60, summary="We will send it.", consent="all_party"))
    assert event.data["mentions"] == [{"kind": "summary_step", "quote": "We will send it."}]
    assert event.data["promises"] == []
    refused = company.only(call("2", status="completed", talk_s=60, summary="We will send it.", consent="none"))
    assert "mentions" not in refused.data


def test_crm_events_become_facts_of_their_account(company: Company) -> None:
    stage = {"kind": "opportunity.stage", "opportunity_id": "o1", "currency": "EUR", "user_id": "u1"}
    first = source_record("crm", "1", "a1", **stage, stage="open", amount="2000")
    second = replace(
        source_record("crm", "2", "a1", **stage, stage="won", amount=2000.5),
        occurred_at=NOW + timedelta(hours=1),
    )
    left = source_record("crm", "3", "a1", kind="contact.changed", contact_id="c1", status="left_company")
    company.take(second, first, left)
    told = [(one.slot, one.value, one.superseded_at is None) for one in facts.all_facts(company.connection)]
    assert told == [
        ("contact.c1.status", "left_company", True),
        ("opportunity.o1.amount", "2000 EUR", False),
        ("opportunity.o1.amount", "2000.50 EUR", True),
        ("opportunity.o1.stage", "open", False),
        ("opportunity.o1.stage", "won", True),
    ]
    assert company.connection.scalar(text("SELECT status FROM tenure_contact WHERE id = 'c1'")) == "left_company"
    event = next(one for one in company.events("a1") if one.source_id == "1")
    assert (event.opportunity_id, event.user_id, event.caused_by) == ("o1", "u1", "person")
    assert event.data == {"stage": "open", "amount": 2000.0, "currency": "EUR"}


def test_what_is_new_wakes_its_account_and_what_is_known_does_not(company: Company) -> None:
    ringing = replace(call("2"), occurred_at=NOW - timedelta(minutes=5))
    assert company.take(email("1"), ringing).accounts == ["a1"]
    assert jobs.woken(company.connection) == ["a1"]
    jobs.begin_run(company.connection, "a1")
    again = company.take(email("1"), replace(ringing, at=NOW + timedelta(days=1)))
    assert (again.duplicated, again.accounts, jobs.woken(company.connection)) == (2, [], [])


def test_a_deletion_is_a_revision_and_wakes_the_account(company: Company) -> None:
    company.take(email("1"))
    gone = replace(source_record("emails", "1"), deleted=True, at=NOW + timedelta(days=1))
    taken = company.take(gone)
    assert (taken.revised, taken.accounts, company.events("a1")) == (1, ["a1"], [])
    assert company.take(gone).duplicated == 1


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (email("1", to="x", cc=5), "cc"),
        (email("1", text=["x"]), "text"),
        (email("1", direction="sideways"), "direction"),
        (call("1", status="answered"), "status"),
        (call("1", transcript="x", consent="all_party"), "transcript"),
        (source_record("crm", "1", "a1", kind="opportunity.vanished"), "kind"),
        (source_record("crm", "1", "a1", kind="task.created", due_at="2026-03-01T10:00:00"), "due_at"),
        (source_record("crm", "1", "a1", kind="renewal", arr="much"), "arr"),
        (source_record("meetings", "1", "a1", status="held", starts_at="soon"), "starts_at"),
        (source_record("weather", "1", "a1"), ""),
    ],
)
def test_a_record_that_cannot_be_used_is_a_reject_that_names_its_field(
    company: Company, record: Any, field: str
) -> None:
    taken = company.take(record, email("good"))
    assert [one.field for one in taken.rejected] == [field]
    assert taken.added == 1
    company.take(record)
    assert company.connection.scalar(text("SELECT count(*) FROM tenure_reject")) == 1


VALUES = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=2)
)
NAMES = re.findall(
    r"\w+",
    "kind direction from to cc subject text html message_id in_reply_to references auto_kind user_id"
    " consent transcript voicemail_text contact_id lead_id starts_at due_at amount channel email phone"
    " status headers attendees attachments value stage opportunity_id tracking_number mailbox",
)
FIELDS = st.dictionaries(
    st.sampled_from(NAMES),
    VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
    max_size=8,
)
STREAMS = st.sampled_from(["crm", "emails", "calls", "messages", "meetings", "forms", "usage"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(STREAMS, st.sampled_from([None, "a1", "a9"]), FIELDS), min_size=1, max_size=6))
def test_no_record_stops_the_others_and_each_is_accounted_for(
    made: list[tuple[str, Any, dict[str, Any]]],
) -> None:
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=list(TABLES))
    with engine.begin() as connection:
        company = Company(connection)
        records = [
            source_record(stream, str(number), account, **fields) if "stream" not in fields else email(str(number))
            for number, (stream, account, fields) in enumerate(made)
        ]
        taken = company.take(*records)
        stored = taken.added + taken.revised + taken.duplicated
        left_out = taken.internal + taken.never_logged + taken.unknown + len(taken.rejected)
        assert stored + left_out == len(records)
        again = company.take(*records)
        assert (again.added, again.revised) == (0, 0)


def texted(key: str, to: str) -> Any:
    fields = {"direction": "outbound", "channel": "sms", "from": "+4930901820", "to": to, "text": "It is done."}
    return source_record("messages", key, None, **fields)


def test_what_we_text_to_a_caller_nobody_knows_is_kept_and_other_private_texts_are_not(company: Company) -> None:
    company.take(call("1", direction="inbound", **{"from": "+49301234567", "to": "+4930901829"}))
    taken = company.take(texted("m1", "+49 30 1234567"), texted("m2", "+49 30 7654321"))
    assert (taken.added, taken.unknown) == (1, 1)
    fresh = Ingest(company.context)
    assert fresh.take(company.connection, [texted("m3", "+49 30 1234567")], NOW).added == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+15550100", "+15550100"), ("201", "201"), ("anonymous", None), ("030 / 901 822", "+4930901822")],
)
def test_a_caller_is_withheld_only_where_no_number_was_given(company: Company, written: str, kept: str | None) -> None:
    company.take(call("1", "a1", direction="inbound", **{"from": written}))
    (event,) = company.events("a1")
    assert event.data["from"] == kept


def test_a_desk_of_two_colleagues_is_nobodys_number(company: Company) -> None:
    company.directory.contacts.append(
        {"id": "c9", "account_id": "a1", "name": "Di", "phone": "030 901822", "custom": {}}
    )
    company.import_directory()
    company.ingest.refresh(company.connection)
    company.take(call("1", "a1", direction="inbound", **{"from": "+4930901822"}))
    assert company.events("a1")[0].contact_id is None


def test_what_we_say_on_their_voicemail_is_ours(company: Company) -> None:
    words = "I will send you the drawing by Friday. Could you check it?"
    company.take(call("1", "a1", direction="outbound", answered_by="voicemail", voicemail_text=words, to="+4930901822"))
    data = company.events("a1")[0].data
    assert data["promises"]
    assert not data["asks"]
