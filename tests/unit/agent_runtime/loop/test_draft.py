"""What is written for each signal and step: its kind, its reader, and what stands beside it."""

from dataclasses import replace

import pytest

from agent_runtime.loop.catalogue import catalogue
from agent_runtime.loop.draft import Draft, to_json, violations, write, write_card
from agent_runtime.loop.gates import Gate, GatePolicy, gate
from agent_runtime.loop.inside import task, why_now
from agent_runtime.loop.mail import opening_of
from agent_runtime.loop.situation import Debt, Record, Situation
from tests.unit.agent_runtime.loop.situations import (
    CALENDAR,
    CASES,
    ELIN,
    NOW,
    POLICY,
    RUTH,
    answer_owed,
    close_date_pushed,
    days_ago,
    lead_response,
    missed_call,
    promise_due,
    promised_file,
    proposal_response,
    situation,
    stage_age,
    thread,
    went_quiet,
)

REMIND = {
    "lead_response": "send_email",
    "answer_owed": "send_email",
    "proposal_response": "send_email",
    "stage_age": "send_email",
    "next_step": "send_email",
    "promise_due": "send_email",
    "promised_file": "send_email",
    "promised_call": "send_email",
    "missed_call": "send_email",
    "close_date_pushed": "task",
    "went_quiet": "call_card",
}
INSIDE = {"reassign": "reassign", "manager": "escalate", "ask_outcome": "task"}


def drafted(situation: Situation, answer: str = "") -> Draft:
    draft = write(situation, gate(situation, POLICY), answer)
    assert draft is not None
    return draft


def message(draft: Draft) -> str:
    return draft.body.split("\n\n", 1)[1]


@pytest.mark.parametrize(("name", "kind"), REMIND.items())
def test_each_signal_has_its_first_step(name: str, kind: str) -> None:
    assert drafted(replace(CASES[name](), step="remind")).kind == kind


@pytest.mark.parametrize("name", sorted(set(CASES) - {"close_date_pushed"}))
@pytest.mark.parametrize(("step", "kind"), INSIDE.items())
def test_each_signal_has_its_steps_inside(name: str, step: str, kind: str) -> None:
    situation = replace(CASES[name](), step=step, manager="u8", new_owner="u5", new_owner_name="Jo Lind")  # type: ignore[arg-type]
    draft = drafted(situation)
    assert (draft.kind, draft.channel) == (kind, "task")
    assert draft.to == ({"reassign": "u5", "manager": "u8"}.get(step, "u1"),)
    assert "Harlow Logistics" in draft.body
    assert "{" not in draft.body


@pytest.mark.parametrize("name", sorted(CASES))
def test_beside_each_draft_stands_what_a_person_needs_to_decide(name: str) -> None:
    draft = drafted(CASES[name]())
    assert draft.why_now.endswith(".")
    assert draft.what_i_know
    assert all(fact.activity_id for fact in draft.what_i_know)
    assert draft.cannot_see == ("mobile of Elin Vogt",)
    again = "It comes back to Elin Vogt, prepared for another channel or contact: Monday 23 November."
    assert draft.if_nothing == again
    assert len(draft.alternatives) == 2


@pytest.mark.parametrize("verdict", ["hold_until", "nothing"])
def test_hold_and_nothing_write_nothing(verdict: str) -> None:
    found = replace(gate(proposal_response(), POLICY), verdict=verdict)  # type: ignore[arg-type]
    assert write(proposal_response(), found) is None


def test_an_unverified_absence_is_a_task_for_the_owner_of_the_blind_source() -> None:
    draft = drafted(replace(answer_owed(), verified=False, blind_owner="u7"))
    assert (draft.kind, draft.to) == ("task", ("u7",))
    assert "As far as can be seen" in draft.body


@pytest.mark.parametrize(
    ("signal", "title"),
    [("renewal_ahead", "Renewal ahead: Ruth Almeida"), ("usage_decline", "Use falls: Ruth Almeida")],
)
def test_a_signal_of_the_whole_account_is_not_named_after_the_last_thread(signal: str, title: str) -> None:
    mail = Record("act_m", "email", days_ago(9), "inbound", what="door position", contact_id="c1")
    about = situation(signal, mail, opportunity=None, thread=thread("Re: Door position", mail))
    assert task(about, Gate(True, "task", "", 1), None, "").subject == title


def test_a_reply_stays_in_its_thread_with_the_subject_untouched() -> None:
    draft = drafted(proposal_response())
    assert draft.subject == "Re: Proposal for the depot in Harlow"
    assert draft.in_reply_to == "<m1@harlow.example>"
    assert draft.references == ("<m0@harlow.example>", "<m1@harlow.example>")
    first = drafted(replace(proposal_response(), thread=None))
    assert not first.subject.startswith("Re:")
    assert first.in_reply_to == ""


def test_each_promise_is_a_chip_with_its_day() -> None:
    draft = drafted(answer_owed())
    assert [chip.due_at for chip in draft.promises] == [answer_owed().reply_by]
    assert draft.promises[0].text in draft.body
    without = drafted(replace(answer_owed(), reply_by=None))
    assert without.promises == ()
    assert "will" not in without.body.replace("will suit", "")


def test_a_debt_comes_before_the_matter_of_the_item() -> None:
    debt = Debt("act_d", "price list for spare parts", days_ago(12), days_ago(3), "document", "prices.pdf")
    draft = drafted(replace(proposal_response(), debts=(debt,)))
    assert draft.attachments == ("prices.pdf",)
    assert "price list" in draft.body
    assert "depot" not in draft.body


def test_what_was_promised_and_is_not_due_yet_is_done_before_anything_is_written() -> None:
    debt = Debt("act_d", "price list", days_ago(3), days_ago(-4))
    draft = drafted(replace(proposal_response(), debts=(debt,)))
    assert draft.kind == "task"
    assert "price list" in draft.body


def test_the_senders_own_answer_goes_in_verbatim() -> None:
    answer = "We can deliver all units in the week of the order. A second lot follows on the same terms."
    assert answer in drafted(answer_owed(), answer).body
    assert answer in drafted(promise_due(), answer).body


def test_another_language_is_never_answered_in_english() -> None:
    french = replace(proposal_response(), thread=None, recipient=replace(RUTH, language="fr"))
    card = drafted(french)
    assert card.kind == "call_card"
    assert "Opening line" not in card.body
    assert drafted(replace(french, recipient=replace(RUTH, language="fr", phone=""))).kind == "task"


def test_a_german_thread_gets_a_german_mail_and_the_reader_inside_reads_english() -> None:
    german = replace(proposal_response(), thread=None, recipient=replace(RUTH, language="de"))
    draft = drafted(german)
    assert (draft.kind, draft.language) == ("send_email", "de")
    assert draft.body.startswith("Guten Tag Ruth Almeida,\n\n")
    assert "10. November" in draft.body
    assert "no answer has come since" in draft.why_now


def test_greeting_closing_and_signature_are_the_senders_own() -> None:
    situation = replace(
        proposal_response(),
        recipient=replace(RUTH, greeting="Good to write to you, Ruth,"),
        sender=replace(ELIN, closing="Best wishes", signature=("Elin Vogt", "", "Ourhouse, Berlin")),
    )
    lines = drafted(situation).body.splitlines()
    assert lines[0] == "Good to write to you, Ruth,"
    assert lines[-4:] == ["Best wishes", "Elin Vogt", "", "Ourhouse, Berlin"]


def test_our_own_task_is_no_promise_of_which_a_mail_could_speak() -> None:
    own = Debt("act_task", "Ask Jo for the meter readings", days_ago(6), days_ago(2), "document", told=False)
    draft = drafted(replace(promise_due(), debts=(own,)))
    assert draft.kind == "task"
    assert 'Our own task "Ask Jo for the meter readings"' in draft.body


def test_what_we_announced_comes_before_any_question_to_them() -> None:
    case = stage_age()
    said = Record("act_said", "email", days_ago(8), "outbound", "You will have our offer soon.", contact_id="c1")
    draft = drafted(replace(case, records=(*case.records, said)))
    assert draft.kind == "task"
    assert '"You will have our offer soon."' in draft.body


def test_a_lead_that_was_put_off_is_called_and_not_greeted_as_new() -> None:
    case = lead_response()
    woken = replace(case, since=NOW, records=(replace(case.records[0], at=days_ago(60)),))
    draft = drafted(woken)
    assert draft.kind == "call_card"
    assert "was put off and comes up again" in draft.body


@pytest.mark.parametrize(
    ("changes", "greeting"),
    [
        ({}, "Hello Ruth,"),
        ({"name": ""}, "Hello,"),
        ({"name": "contact@harlow.example"}, "Hello,"),
        ({"salutation": "Ms", "formal": True}, "Hello Ms Almeida,"),
        ({"formal": True}, "Hello Ruth,"),
    ],
)
def test_nobody_is_greeted_with_more_than_is_known(changes: dict[str, object], greeting: str) -> None:
    situation = replace(stage_age(), recipient=replace(RUTH, **changes))  # type: ignore[arg-type]
    assert drafted(situation).body.splitlines()[0] == greeting


def test_a_team_writes_we_and_so_does_who_did_not_act_in_person() -> None:
    team = drafted(replace(promise_due(), sender=replace(ELIN, team_mailbox=True)))
    assert " I " not in message(team)
    by_other = replace(promised_file(), debts=(replace(promised_file().debts[0], user_id="u2"),))
    assert not any(words in drafted(by_other).body for words in ("I promised", "I had promised", "my word"))


def test_no_two_mails_in_a_row_share_variant_or_first_words() -> None:
    for name in sorted(CASES):
        situation, used = CASES[name](), set()
        for _ in range(4):
            draft = drafted(situation)
            if draft.kind != "send_email":
                break
            used.add(draft.template_id)
            following = replace(situation, previous_variant=draft.template_id, previous_opening=draft.body)
            second = drafted(following)
            assert second.template_id != draft.template_id
            assert opening_of(second.body) != opening_of(draft.body)
            situation = replace(following, episode_key=situation.episode_key + "x")


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_form_of_mail_has_four_variants_with_different_beginnings(language: str) -> None:
    texts = catalogue(language)
    assert texts is not None
    for form, group in texts.mails.items():
        assert len(group) >= 4, form
        starts = [template.paragraphs[0][0] for template in group]
        assert len({str(start)[:14] for start in starts}) == len(group), form


def test_a_call_card_has_all_that_a_call_needs() -> None:
    card = drafted(went_quiet()).body
    assert "tel:+49305550123" in card
    assert "Their clock: Berlin time, 1 h ahead of yours" in card
    assert 'Last words: "Can you install in two phases?" (call, Thursday 5 November)' in card
    assert "Result: reached / voicemail / no answer / wrong number" in card


def test_a_missed_call_is_called_back_before_anybody_writes() -> None:
    fresh = replace(missed_call(), touches=(), step="remind")
    assert drafted(fresh).kind == "call_card"
    assert drafted(missed_call()).kind == "send_email"


def test_a_moved_close_date_is_confirmed_inside_with_a_call_as_alternative() -> None:
    draft = drafted(close_date_pushed())
    assert "moved from Monday 30 November to 18 January" in draft.body
    assert draft.alternatives[0].kind == "call_card"
    assert draft.subject == "Close date moved: Harlow depot, Ruth Almeida"


def test_what_does_not_pass_the_check_becomes_a_card() -> None:
    situation = proposal_response()
    verdict = gate(situation, POLICY)
    plain = to_json(drafted(situation))
    assert violations(situation, plain) == []
    plain["body"] = plain["body"].replace("the depot", "the depot of Contoso for 999 euros")
    found = violations(situation, plain)
    assert {line.partition(":")[0] for line in found} >= {"name", "number"}
    assert write_card(situation, verdict, found).kind == "call_card"


def test_the_loop_is_closed_without_asking_for_more_than_a_word() -> None:
    verdict = gate(went_quiet(), GatePolicy(CALENDAR, close_the_loop=True))
    draft = write(went_quiet(), verdict)
    assert draft is not None
    assert draft.template_id.startswith("close_loop.")


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (
            Record("act_m", "email", days_ago(3), "inbound", quote="Nordkälte would put it up in two weeks."),
            'In their words: "Nordkälte would put it up in two weeks."',
        ),
        (
            Record("act_f", "field.changed", days_ago(3), what="competitor: Nordkälte"),
            "The CRM says: competitor: Nordkälte.",
        ),
    ],
)
def test_a_task_about_what_was_mentioned_says_what(record: Record, told: str) -> None:
    named = situation("competitor_named", record)
    assert why_now(named, None).endswith(told)
    assert told not in why_now(replace(named, signal="check_in"), None)
