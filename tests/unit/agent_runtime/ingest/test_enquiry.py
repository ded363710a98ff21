"""What a first message says of what is wanted, and whether it asks to meet."""

import pytest

from agent_runtime.ingest.enquiry import enquiry


@pytest.mark.parametrize(
    "text",
    [
        "Could somebody come and look at it?",
        "I would like to book a demo.",
        "Can we arrange a short meeting about this?",
        "When could someone visit our workshop?",
        "Ich hätte gern einen Termin bei Ihnen.",
        "Können wir eine Besichtigung vereinbaren?",
        "Wann könnten Sie bei uns vorbeikommen?",
    ],
)
def test_a_wish_to_meet_is_seen(text: str) -> None:
    assert enquiry(text)["meet"]


@pytest.mark.parametrize(
    "text",
    [
        "I met your colleague at the fair, and we talked about doors.",
        "What does it cost?",
        "Please send me the price list.",
        "Der Termin der Lieferung war gestern.",
        "Bitte ein Angebot.",
        "",
    ],
)
def test_what_only_speaks_of_meetings_asks_for_none(text: str) -> None:
    assert not enquiry(text)["meet"]


@pytest.mark.parametrize(
    ("text", "misses"),
    [
        ("", ["scope", "place", "when"]),
        ("Please call me.", ["scope", "place", "when"]),
        ("Bitte senden Sie mir Informationen.", ["scope", "place", "when"]),
        ("We need 40 charging points.", ["place", "when"]),
        ("We need 40 charging points at our depot in Harlow.", ["when"]),
        ("We need 40 charging points at our depot by March.", []),
        ("Wir brauchen zwei Kühlräume in Bremen bis Ende Mai.", []),
        ("Unsere Anlage in der Küche muss bis zum nächsten Sommer ersetzt werden.", ["scope"]),
        ("We open in 3 weeks.", ["scope", "place"]),
        ("Please answer at 10 am.", ["scope", "place", "when"]),
    ],
)
def test_what_it_does_not_name_is_missing(text: str, misses: list[str]) -> None:
    assert enquiry(text)["misses"] == misses
