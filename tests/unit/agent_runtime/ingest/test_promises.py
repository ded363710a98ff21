"""Promises, holding replies and answers: of families that the model learnt from, and of others that it never saw."""

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.due import due_at
from agent_runtime.ingest.extract import Says, says
from agent_runtime.ingest.mentions import of_ours, of_theirs
from agent_runtime.ingest.promises import is_request, promises
from evals.replies.templates import families
from evals.replies.templates import sayings as filled
from tests.unit.agent_runtime.ingest import (
    sayings,
    sayings_eighth,
    sayings_fifth,
    sayings_fourth,
    sayings_ninth,
    sayings_second,
    sayings_seventh,
    sayings_sixth,
    sayings_tenth,
    sayings_third,
)

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FAMILIES = (sayings, sayings_second, sayings_third, sayings_fourth, sayings_seventh)
# Written to be hard; and what ordinary mails say, by hands that were never learnt from either.
UNSEEN = (sayings_fifth, sayings_sixth, sayings_eighth, sayings_ninth, sayings_tenth)
ORDINARY = families("unseen")


def day_of(text: str) -> str:
    """The first day that a text of ours promises, as ISO; empty where it promises none."""
    found = promises(text, TUESDAY, BERLIN)
    return datetime.fromisoformat(found[0]["due_at"]).astimezone(BERLIN).date().isoformat() if found else ""


@pytest.mark.parametrize("family", FAMILIES)
def test_of_a_hundred_promises_ninety_five_are_found_with_their_day(family: ModuleType) -> None:
    said = family.promised()
    assert sum(day_of(one.text) == one.day for one in said) >= 0.95 * len(said)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_only_names_a_day_promises_nothing(family: ModuleType) -> None:
    assert [one.text for one in family.not_promised() if day_of(one.text)] == []


@pytest.mark.parametrize("family", FAMILIES)
def test_a_holding_reply_never_closes_a_question(family: ModuleType) -> None:
    mails = sayings.mails(family.HOLDING)
    closing = [one for one in mails if says(one) is Says.ANSWER]
    assert len(closing) <= 0.01 * len(mails), closing


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_is_seldom_taken_for_a_holding_reply(family: ModuleType) -> None:
    mails = sayings.mails(family.ANSWERS)
    assert sum(says(one) is Says.LATER for one in mails) <= 0.03 * len(mails)


def said_in(family: Path, block: str) -> list[tuple[str, str]]:
    """Each text of a block of templates, without what was asked, with the day that it names."""
    return [(one.text.rpartition(" >> ")[2], one.day) for one in filled(family, 4) if one.block == block]


def test_of_a_hundred_promises_in_ordinary_mails_ninety_five_are_found_with_their_day() -> None:
    said = [one for family in ORDINARY for one in said_in(family, "promised")]
    assert sum(day_of(text) == day for text, day in said) >= 0.95 * len(said)


def test_what_only_names_a_day_in_ordinary_mails_seldom_promises() -> None:
    said = [text for family in ORDINARY for text, _ in said_in(family, "not_promised")]
    assert sum(bool(day_of(text)) for text in said) <= 0.05 * len(said)


def test_an_answer_in_ordinary_mails_seldom_leaves_the_question_open() -> None:
    said = [says(text) for family in ORDINARY for text, _ in said_in(family, "answers")]
    assert len(said) - said.count(Says.ANSWER) <= 0.2 * len(said)


def test_most_of_what_was_written_to_be_hard_is_read_as_it_is_meant() -> None:
    said = [one for family in UNSEEN for one in family.promised()]
    not_promised = [one for family in UNSEEN for one in family.not_promised()]
    assert sum(day_of(one.text) == one.day for one in said) >= 0.85 * len(said)
    assert sum(bool(day_of(one.text)) for one in not_promised) <= 0.07 * len(not_promised)


def test_of_a_hundred_holding_replies_never_seen_one_closes_at_most() -> None:
    held = [one for family in UNSEEN for one in family.HOLDING]
    assert sum(says(one) is Says.ANSWER for one in held) <= 0.01 * len(held)


def test_a_holding_reply_in_ordinary_mails_closes_no_question() -> None:
    held = [text for family in ORDINARY for text, _ in said_in(family, "holding")]
    assert sum(says(one) is Says.ANSWER for one in held) <= 0.005 * len(held)


def test_few_answers_never_seen_are_taken_for_holding_replies() -> None:
    answers = [one for family in UNSEEN for one in family.ANSWERS]
    assert sum(says(one) is Says.LATER for one in answers) <= 0.1 * len(answers)


def test_who_asks_something_back_has_passed_the_turn() -> None:
    assert says("What you describe is usually a job of two days. Shall we talk on Monday?") is Says.ANSWER
    assert says("I will look into it and come back to you. Is that all right?") is Says.LATER


def test_what_was_said_before_falls_due_no_more() -> None:
    assert day_of("As I said on the phone today: The leak check was done in July.") == ""
    assert day_of("Wie ich heute am Telefon sagte: Am Freitag schicke ich Ihnen den Plan.") == "2026-03-13"
    assert day_of("Gut, dass wir heute gesprochen haben.") == ""
    assert day_of("From Monday my colleague Rosa Feld looks after your sites.") == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I test it tomorrow and you have the result on Friday.", "2026-03-13"),
        ("I'll send you the draft tomorrow and mail you the final one on Friday.", "2026-03-11"),
        ("Kein Problem, am Donnerstag wechseln wir Ihnen die Reifen.", "2026-03-12"),
        ("Once you have paid, we'll send it on Friday.", ""),
        ("Please bring the papers on Friday.", ""),
        ("Your colleague wanted it by Friday.", ""),
    ],
)
def test_whose_promise_it_is_and_by_when(text: str, day: str) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize(
    ("text", "on_site"),
    [
        ("Our technician comes to Orford Street on Friday for the maintenance.", True),
        ("Am Freitag kommt unser Monteur.", True),
        ("Wir treffen uns am Freitag und gehen die Termine durch.", True),
        ("We will come back to you by Friday.", False),
        ("Ich komme am Freitag mit der Antwort auf Sie zurück.", False),
        ("I will have our technician send you the report by Friday.", False),
        ("Our engineer comes on Thursday, and I send you his report on Friday.", False),
        ("Ich schicke Ihnen bis Freitag das Angebot, der Techniker kommt danach.", False),
        ("Wir kommen Ihrem Wunsch nach und tauschen das Gerät bis Freitag.", False),
    ],
)
def test_who_is_promised_in_person_is_told_apart(text: str, on_site: bool) -> None:
    (promise,) = promises(text, TUESDAY, BERLIN)
    assert promise.get("on_site", False) is on_site


@pytest.mark.parametrize(
    "text", ["Our invoice is attached, due in 30 days.", "Anbei die Rechnung, zahlbar in 30 Tagen."]
)
def test_by_when_the_reader_pays_is_no_promise(text: str) -> None:
    assert day_of(text) == ""


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("by noon", "10 12:00"), ("by 8:00", "11 08:00"), ("in half an hour", "10 10:30"),
        ("within the hour", "10 11:00"),
        ("in 2-3 days", "13 18:00"), ("binnen zwei bis drei Werktagen", "13 18:00"), ("within 48 hrs", "12 10:00"),
        ("in a fortnight", "24 18:00"), ("three weeks from today", "31 18:00"), ("Wednesday next week", "18 18:00"),
        ("nächste Woche Mittwoch", "18 18:00"), ("on Friday week", "20 18:00"),
        ("am Freitag in einer Woche", "20 18:00"),
        ("by midweek", "11 18:00"), ("vor dem Wochenende", "13 18:00"), ("in den nächsten Tagen", "13 18:00"),
        ("by the end of Q1", "31 18:00"), ("bis KW 12", "20 18:00"), ("by 18/03", "18 18:00"), ("by 3/18", "18 18:00"),
        ("im Laufe des Tages", "10 18:00"), ("before the month is out", "31 18:00"), ("with 4/5 of it", ""),
        ("after the board meeting", ""),
    ],
)  # fmt: skip
def test_when_that_is(words: str, due: str) -> None:
    found = due_at(f"We will send it {words}.", TUESDAY, BERLIN)
    assert (f"{found.astimezone(BERLIN):%d %H:%M}" if found else "") == due


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("We also have a cheaper offer from another supplier.", ["competitor"]),
        ("We have no other offer.", []),
        ("Our competitors use the same hall.", []),
        ("Wir vergleichen noch mit einem anderen Anbieter.", ["competitor"]),
        ("I am worried about the noise.", ["concern"]),
        ("Your price is too high for us.", ["concern"]),
        ("We have no concerns about the date.", []),
        ("The problem with the door is solved.", []),
        ("Wir haben Bedenken wegen der Lieferzeit.", ["concern"]),
        ("Wir haben keine Bedenken.", []),
        ("We are opening a second plant in May.", ["buying"]),
        ("The budget has been approved.", ["buying"]),
        ("We do not want to add more users.", []),
        ("Das Budget ist freigegeben.", ["buying"]),
        ("Our contract with Rival runs until 30 June.", ["contract_end"]),
        ("Our contract with you runs until 30 June.", []),
        ("We will send the signed copy by Friday.", ["their_promise"]),
        ("Please send the drawing by Friday.", []),
        ("Thank you, that was all.", []),
    ],
)
def test_what_a_customer_gives_away(text: str, kinds: list[str]) -> None:
    assert [one["kind"] for one in of_theirs(text, TUESDAY, BERLIN)] == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("I'll call you back.", ["callback"]),
        ("I'll call you back on Friday.", []),
        ("We'll follow up with the details.", ["follow_up"]),
        ("Ich rufe Sie zurück.", ["callback"]),
        ("Wir melden uns bei Ihnen.", ["follow_up"]),
        ("If you like, I'll call you back.", []),
        ("The hall is four metres high.", []),
        ("I'll send you the contract after the board meeting.", ["follow_up"]),
        ("Once legal has signed off, we'll send it to you.", ["follow_up"]),
        ("Once you have signed, we'll send it to you.", []),
    ],
)
def test_what_we_promise_without_a_day(text: str, kinds: list[str]) -> None:
    assert [one["kind"] for one in of_ours(text, TUESDAY, BERLIN)] == kinds


@pytest.mark.parametrize(
    ("sentence", "wants"),
    [
        ("Send me the plan.", True),
        ("Let's meet next week.", True),
        ("You should talk to Paul.", True),
        ("Click here to unsubscribe, please.", False),
        ("The plan is ready.", False),
    ],
)
def test_orders_and_proposals_are_requests(sentence: str, wants: bool) -> None:
    assert is_request(sentence) is wants
