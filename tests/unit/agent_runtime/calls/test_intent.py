"""What callers wanted, read from the words around the call."""

from typing import Any

import pytest

from agent_runtime.calls.intent import classify
from agent_runtime.calls.legs import join_legs
from agent_runtime.calls.models import TranscriptLine
from tests.unit.agent_runtime.calls.phone import miss


def about(**fields: Any) -> tuple[str, str | None]:
    (call,) = join_legs([miss("a", 0, **fields)])
    intent, topic = classify(call)
    return intent, topic


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("We would like a quote for twenty more seats.", "commercial", "buy_or_upgrade"),
        ("Wir hätten gern ein Angebot über zwanzig Lizenzen.", "commercial", "buy_or_upgrade"),
        ("I want to cancel our contract, we are unhappy. Cancel our contract.", "service", "cancel_risk"),
        ("Ich möchte unseren Vertrag kündigen.", "service", "cancel_risk"),
        ("You charged us twice on the last invoice.", "service", "billing"),
        ("Die letzte Rechnung stimmt nicht.", "service", "billing"),
        ("The pump is broken and shows an error.", "service", "technical"),
        ("Die Anlage funktioniert nicht, eine Störung.", "service", "technical"),
        ("I think our password was stolen.", "service", "security"),
        ("Mein Zugang ist gesperrt, Betrugsverdacht.", "service", "security"),
        ("Can we reschedule our appointment?", "service", "scheduling"),
        ("Wir müssen den Termin verschieben.", "service", "scheduling"),
        ("Does anyone at your place happen to know who painted the mural outside?", "informational", "other"),
        ("I am still waiting, where is the parcel that you promised us for last Friday?", "service", "other"),
        ("Hello, this is Anna, please call me back on 030 1234567. Thank you!", "informational", "unknown"),
        ("Hallo, hier ist Anna, bitte rufen Sie mich zurück. Danke.", "informational", "unknown"),
        ("We are calling about your car warranty.", "noise", "other"),
        ("Entschuldigung, ich habe mich verwählt.", "noise", "other"),
    ],
)
def test_a_voicemail_tells_intent_and_topic(text: str, intent: str, topic: str) -> None:
    assert about(voicemail_text=text) == (intent, topic)


@pytest.mark.parametrize(
    ("signs", "intent", "topic"),
    [
        ({}, "informational", None),
        ({"ivr": "2 billing"}, "service", "billing"),
        ({"queue": "sales_emea"}, "commercial", "buy_or_upgrade"),
        ({"queue": "reception"}, "informational", "unknown"),
        ({"queue": "customer service"}, "service", "unknown"),
        ({"tracking_number": "+49800123123"}, "commercial", "unknown"),
        ({"purpose": "Terminvereinbarung"}, "service", "scheduling"),
    ],
)
def test_without_words_menu_queue_and_source_tell(signs: dict[str, str], intent: str, topic: str | None) -> None:
    assert about(**signs) == (intent, topic)


def test_what_is_said_outweighs_the_queue() -> None:
    assert about(queue="sales", voicemail_text="The invoice is wrong.") == ("service", "billing")


def test_a_transcript_is_read_only_where_consent_was_not_refused() -> None:
    said = (TranscriptLine("caller", 2, "I have a question on my invoice."),)
    assert about(transcript=said, consent="all_party") == ("service", "billing")
    assert about(transcript=said, consent="none") == ("informational", None)


def test_a_word_inside_another_word_is_no_sign() -> None:
    assert about(queue="reorderly pinball") == ("informational", "unknown")


def test_only_the_beginning_of_a_long_talk_counts() -> None:
    long_talk = "we came to say where we stand. " * 100 + "invoice"
    assert about(voicemail_text=long_talk) == ("informational", "other")


def test_of_a_transcript_what_the_customer_says_counts() -> None:
    said = (
        TranscriptLine("agent", 0, "Sales, would you like an offer?"),
        TranscriptLine("kim", 4, "The pump is broken."),
    )
    assert about(transcript=said, consent="one_party") == ("service", "technical")


def test_a_campaign_makes_a_date_commercial_but_no_invoice() -> None:
    assert about(tracking_number="+49800123123", voicemail_text="I need an appointment.")[0] == "commercial"
    assert about(tracking_number="+49800123123", voicemail_text="The invoice is wrong.")[0] == "service"


def test_a_vendor_who_calls_back_is_noise() -> None:
    assert about(purpose="vendor_callback")[0] == "noise"
