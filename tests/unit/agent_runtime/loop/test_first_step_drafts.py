"""What goes to a new lead first: two times, what is missing, a call, or a reminder; in English and German."""

from dataclasses import replace

import pytest

from agent_runtime.loop.catalogue import catalogue
from agent_runtime.loop.draft import Draft, write
from agent_runtime.loop.gates import gate
from agent_runtime.loop.mail import Mail, write_mail
from agent_runtime.loop.situation import Record, Situation
from agent_runtime.watchtower.first_step import ASK, CALL, MEET, REMIND
from tests.unit.agent_runtime.loop.situations import (
    FREE,
    POLICY,
    RUTH,
    days_ago,
    lead_response,
    situation,
    thread,
    touch,
)

SLOTS = {"en": "Friday 20 November at 9:30", "de": "Freitag, 20. November um 9:30 Uhr"}
POINT = {"en": "by when you need it", "de": "bis wann Sie es brauchen"}


def lead(first: str, language: str, **more: object) -> Situation:
    base = lead_response()
    return replace(base, first=first, recipient=replace(RUTH, language=language), **{"free_slots": (), **more})  # type: ignore[arg-type]


def reminder(language: str) -> Situation:
    what = {"en": "Your enquiry", "de": "Ihre Anfrage"}[language]
    ours = Record("act_ours", "email", days_ago(8), "outbound", "", what, contact_id="c1", user_id="u1")
    return situation(
        "next_step", ours, touches=(touch(ours),), thread=thread(f"Re: {what}", ours, language=language),
        opportunity=None, recipient=replace(RUTH, language=language), first=REMIND,
    )  # fmt: skip


def drafted(situation: Situation) -> Draft:
    draft = write(situation, gate(situation, POLICY))
    assert draft is not None
    return draft


@pytest.mark.parametrize("language", ["en", "de"])
def test_who_asked_to_meet_gets_two_times_or_is_asked_for_one(language: str) -> None:
    offered = drafted(lead(MEET, language, free_slots=FREE))
    assert (offered.kind, offered.template_id.partition(".")[0]) == ("send_email", "lead_appointment")
    assert SLOTS[language] in offered.body
    asked = drafted(lead(MEET, language))
    assert SLOTS[language] not in asked.body
    assert asked.body.count("?") == offered.body.count("?") == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_thin_enquiry_is_asked_only_for_what_is_missing(language: str) -> None:
    draft = drafted(lead(ASK, language, missing=("place", "when")))
    assert draft.template_id.startswith("lead_qualify")
    assert POINT[language] in draft.body
    texts = catalogue(language)
    assert texts is not None
    assert texts.words["points"]["scope"] not in draft.body


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_lead_that_was_silent_is_reminded_in_its_thread(language: str) -> None:
    draft = drafted(reminder(language))
    assert draft.template_id.startswith("lead_reminder")
    assert draft.subject.startswith("Re: ")
    assert draft.why_now.startswith("We wrote to Ruth Almeida")


def test_who_left_a_number_is_called_and_the_card_says_why() -> None:
    situation = lead(CALL, "en")
    assert drafted(situation).kind == "call_card"
    without_number = replace(situation, recipient=replace(RUTH, phone=""), step="reassign", new_owner="u5")
    assert "a call is what they asked for" in drafted(without_number).body


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("first", [MEET, ASK, REMIND])
def test_every_template_passes_every_check(language: str, first: str) -> None:
    texts = catalogue(language)
    assert texts is not None
    base = reminder(language) if first == REMIND else lead(first, language, missing=("scope", "place", "when"))
    form = {MEET: "lead_appointment", ASK: "lead_qualify", REMIND: "lead_reminder"}[first]
    found = set()
    for number in range(40):
        mail = write_mail(replace(base, episode_key=f"e{number}"), gate(base, POLICY), None)
        assert isinstance(mail, Mail)
        found.add(mail.template_id)
    assert found == {template.id for template in texts.mails[form]}
    assert len(found) >= 4
