"""Promises, holding replies and answers: of four families that the model learnt from, and two it never saw."""

from datetime import UTC, datetime
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from agent_runtime.ingest.extract import Says, says
from agent_runtime.ingest.mentions import of_ours, of_theirs
from agent_runtime.ingest.promises import is_request, promises
from tests.unit.agent_runtime.ingest import (
    sayings,
    sayings_fifth,
    sayings_fourth,
    sayings_second,
    sayings_sixth,
    sayings_third,
)

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
FAMILIES = (sayings, sayings_second, sayings_third, sayings_fourth)
UNSEEN = (sayings_fifth, sayings_sixth)


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


@pytest.mark.parametrize("family", UNSEEN)
def test_most_of_what_was_never_seen_is_read_as_it_is_meant(family: ModuleType) -> None:
    said = family.promised()
    assert sum(day_of(one.text) == one.day for one in said) >= 0.75 * len(said)
    assert sum(bool(day_of(one.text)) for one in family.not_promised()) <= 0.05 * len(family.not_promised())
    assert sum(says(one) is Says.ANSWER for one in family.HOLDING) <= 0.2 * len(family.HOLDING)
    assert sum(says(one) is not Says.ANSWER for one in family.ANSWERS) <= 0.05 * len(family.ANSWERS)


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
