"""What a text wants, promises and acknowledges, in English and German."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.extract import Says, asks, language, says, sentences, thanks_only
from agent_runtime.ingest.promises import promises

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Could you send the plan?",
        "Hello,\n\nwhat would the price be for 40 units?\n\nRegards",
        "Please confirm the date.",
        "I\u2019d like to know more about the second phase.",
        "Thank you, received. When can you start?",
        "Wann können wir liefern?",
        "Bitte senden Sie uns das Angebot.",
        "Wir benötigen noch die Maße.",
        "Rufen Sie mich bitte zurück.",
    ],
)
def test_questions_and_requests_are_seen(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you!",
        "How are you?",
        "Please find attached the offer.",
        "Please do not hesitate to contact me.",
        "Let me know if you have any questions.",
        "Bei Rückfragen melden Sie sich bitte.",
        "If you no longer want this newsletter, please click here to unsubscribe.",
        "See https://shop.example/?id=4?",
        "The plan is ready and will be delivered.",
    ],
)
def test_courtesies_are_no_questions(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Thanks, I'll get back to you.", True),
        ("Guten Tag,\n\nwir prüfen das und melden uns.\n\nViele Grüße\nAnna", True),
        ("I'll get back to you by Friday.", True),
        ("The price is 400 EUR. I'll get back to you on the rest.", False),
        ("I'll get back to you. Which size do you need?", True),
        ("", False),
    ],
)
def test_a_holding_answer_says_only_that_the_answer_will_come(text: str, held: bool) -> None:
    assert (says(text) is Says.LATER) is held


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Thanks!\n\nPaul Smith", True),
        ("Vielen Dank, ist angekommen.", True),
        ("OK", True),
        ("Thanks, but the second page is missing from the document you sent.", False),
        ("Thank you. The second page is missing from the document.", False),
        ("Thanks. What about the price?", False),
        ("Thanks, I'll send the list.", False),
        ("", False),
    ],
)
def test_thanks_alone_are_told_from_thanks_and_more(text: str, only: bool) -> None:
    assert thanks_only(text) is only


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("I'll send you the offer by Friday.", "2026-03-13T17:00"),
        ("I will send it tomorrow at 3 pm.", "2026-03-11T14:00"),
        ("We\u2019ll get back to you by March 12th.", "2026-03-12T17:00"),
        ("We will deliver the parts on 5 April 2026.", "2026-04-05T16:00"),
        ("I'll call you next Friday.", "2026-03-20T17:00"),
        ("I will answer within 2 business days.", "2026-03-12T17:00"),
        ("We will ship it by 2026-03-31.", "2026-03-31T16:00"),
        ("I'll do it by the end of the week.", "2026-03-13T17:00"),
        ("Ich schicke Ihnen das Angebot bis Donnerstag.", "2026-03-12T17:00"),
        ("Bis 12. März schicken wir Ihnen die Unterlagen.", "2026-03-12T17:00"),
        ("Ich melde mich am 12.03. bei Ihnen.", "2026-03-12T17:00"),
        ("Morgen rufe ich Sie an.", "2026-03-11T17:00"),
        ("Wir werden Ihnen den Plan bis Ende der Woche senden.", "2026-03-13T17:00"),
    ],
)
def test_a_dated_promise_has_its_due_time(text: str, due: str) -> None:
    (promise,) = promises(f"Hello,\n\n{text} Kind regards", TUESDAY, BERLIN)
    assert promise["due_at"] == f"{due}:00+00:00"
    assert promise["quote"].startswith(text[:10].replace("\u2019", "'"))


@pytest.mark.parametrize(
    "text",
    [
        "I will send it soon.",
        "I will not send it by Friday.",
        "We will be out of office until Friday.",
        "If you agree, I will send it by Friday.",
        "Will I get it by Friday?",
        "We will ship on 9 March.",
        "You will get it soon.",
        "Guten Morgen, ich melde mich.",
        "Ich werde das bis Freitag nicht schaffen.",
    ],
)
def test_what_has_no_date_or_no_intent_is_no_promise(text: str) -> None:
    assert promises(text, TUESDAY, BERLIN) == []


def test_a_due_day_follows_the_zone_over_the_change_of_clocks() -> None:
    (promise,) = promises("I will send it by 30 March.", TUESDAY, BERLIN)
    assert promise["due_at"] == "2026-03-30T16:00:00+00:00"


def test_a_numbered_day_does_not_end_a_sentence() -> None:
    assert sentences("Wir liefern am 12. März. Danach nicht mehr.") == (
        "Wir liefern am 12. März.",
        "Danach nicht mehr.",
    )


def test_a_single_question_tells_its_language() -> None:
    assert language("We need a cold room of 4 by 6 metres. When could somebody look at it?") == "en"
    assert language("Wann kann jemand kommen?") == "de"
    assert language("Danke, passt.") is None


def test_the_language_is_told_by_its_common_words() -> None:
    assert language("Thank you for the offer, we will read it") == "en"
    assert language("Vielen Dank für das Angebot, wir werden es lesen und uns melden") == "de"
    assert language("4711") is None


@pytest.mark.parametrize(
    "text",
    [
        "Friday is fine. Please ring at the side door.",
        "Running late, please start with the roof.",
        "Please write to my colleague Anna Berg.",
        "Freitag passt. Bitte melden Sie sich am Tor.",
        "Bitte am Nebeneingang klingeln.",
    ],
)
def test_what_to_do_on_site_is_no_request_for_an_answer(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please ring at the side door and let me know who comes.",
        "Please write to me.",
        "I expect a call from you today.",
        "Our electrician asks for the connected load.",
        "Noch eine Frage von uns: Unser Protokoll fehlt.",
        "Ich erwarte heute Ihren Anruf.",
        "Bitte melden Sie sich bei mir.",
        "Eine kurze Antwort genügt.",
    ],
)
def test_requests_in_other_words_are_seen(text: str) -> None:
    assert asks(text)
