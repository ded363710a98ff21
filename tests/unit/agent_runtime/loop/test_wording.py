"""Records become words without becoming wrong: what cannot be turned for certain stays out."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.loop.catalogue import inside_catalogue
from agent_runtime.loop.wording import (
    day_words,
    document_phrase,
    first_name,
    last_name,
    reported,
    subject_words,
    with_article,
    zone_words,
)

WORDS = inside_catalogue("en").words
NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("quote", "clause"),
    [
        ("Can you install in two phases?", "whether we can install in two phases"),
        ("Do you offer training?", "whether we offer training"),
        ("Does it run on our servers?", "whether it runs on your servers"),
        ("Does it have a cover?", "whether it has a cover"),
        ("Are you open in August?", "whether we are open in August"),
        ("Could I pay in parts?", "whether you could pay in parts"),
        ("When can you deliver the units?", "when we can deliver the units"),
        ("How much does it cost?", "how much it costs"),
        ("What is the lead time for 40 units?", "what the lead time for 40 units is"),
        ("What are your terms?", "what our terms are"),
        ("Will the crane fit?", ""),
        ("Can you come, or shall we?", ""),
        ("We need it by March.", ""),
        ("Don't you have it?", ""),
        ("Can you tell us whether all that we ever asked before has an answer now?", ""),
        ("", ""),
    ],
)
def test_direct_questions_become_indirect_or_stay_out(quote: str, clause: str) -> None:
    assert reported(quote) == clause


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("proposal for Harbour Street", "the proposal for Harbour Street"),
        ("SSO checklist", "the SSO checklist"),
        ("40 charging points", "40 charging points"),
        ("our framework contract", "our framework contract"),
        ("The offer", "the offer"),
        ("installing the pumps", "installing the pumps"),
        ("Harlow Depot", "Harlow Depot"),
    ],
)
def test_articles(words: str, phrase: str) -> None:
    assert with_article(words) == phrase


def test_what_is_not_called_a_document_becomes_the_proposal_for_it() -> None:
    assert document_phrase("quote for two cranes", WORDS) == "the quote for two cranes"
    assert document_phrase("Harlow Depot", WORDS) == "the proposal for Harlow Depot"


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("lead time for 40 units", "Lead time for 40 units"),
        ("pumps", "About the pumps"),
        ("delivery of the seven large pumps for Harbour Street", "Delivery of the seven large pumps"),
        ("one two three four five six seven", ""),
    ],
)
def test_subjects_have_three_to_six_words(words: str, subject: str) -> None:
    assert subject_words(words) == subject


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ruth Almeida", "Ruth", "Almeida"),
        ("Okafor, Chidi", "Chidi", "Okafor"),
        ("Jean-Luc O'Neill", "Jean-Luc", "O'Neill"),
        ("contact@harlow.example", "", ""),
        ("Reception 2", "", ""),
        ("Zoë", "Zoë", ""),
        ("", "", ""),
    ],
)
def test_names_are_used_only_when_they_are_names(name: str, first: str, last: str) -> None:
    assert (first_name(name), last_name(name)) == (first, last)


def test_days_carry_weekday_when_near_and_year_when_far() -> None:
    assert day_words(datetime(2026, 11, 10, tzinfo=UTC), NOW, BERLIN, WORDS) == "Tuesday 10 November"
    assert day_words(datetime(2026, 10, 2, 23, 30, tzinfo=UTC), NOW, BERLIN, WORDS) == "3 October"
    assert day_words(datetime(2026, 1, 5, tzinfo=UTC), NOW, BERLIN, WORDS) == "5 January 2026"
    assert zone_words(ZoneInfo("America/Sao_Paulo"), WORDS) == "Sao Paulo time"
    assert zone_words(ZoneInfo("UTC"), WORDS) == "UTC"
