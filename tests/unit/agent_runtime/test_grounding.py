"""The check finds each kind of thing that a mail may not say, and lets a good mail pass."""

from dataclasses import replace
from datetime import date

import pytest

from agent_runtime.grounding import Facts, check, facts_from, message_of, reply_subject

TODAY = date(2026, 11, 19)
SIGNATURE = ("Kind regards", "Elin Vogt")
GOOD = """Hello Ruth,

On Tuesday 10 November I sent you the proposal for Harbour Street. \
You had asked whether we can deliver 40 units by 14:00. It is valid until 11 December. \
What is still open is whether it fits as it stands.

Is it right for you in this form, or should I change something before you decide?

One line is enough. If it has moved, name the month.

Kind regards
Elin Vogt"""
FACTS = replace(
    facts_from(
        ["Ruth Almeida", "Elin Vogt", "proposal for Harbour Street", "40 units until 14:00, 1,200.50 in all"],
        today=TODAY,
        dates=[date(2026, 11, 10), date(2026, 12, 11)],
    ),
    signature=SIGNATURE,
)


def rules(body: str, facts: Facts = FACTS, subject: str = "Proposal for Harbour Street") -> set[str]:
    return {violation.rule for violation in check(body, subject, facts)}


def added(sentence: str) -> str:
    return GOOD.replace("One line is enough.", sentence)


def test_a_good_mail_passes() -> None:
    assert check(GOOD, "Proposal for Harbour Street", FACTS) == []


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("It costs 1,300 in all.", "number"),
        ("It takes seven people.", "number"),
        ("We meet on 12 November.", "date"),
        ("We meet on November 12th, 2026.", "date"),
        ("We meet on 2026-11-12.", "date"),
        ("We wrote on Monday 10 November.", "date"),
        ("It begins in January.", "date"),
        ("We meet at 15:30.", "time"),
        ("We meet at 3 pm.", "time"),
        ("Contoso has it too.", "name"),
        ("It is known to Jonas as well.", "name"),
        ("Write to boss@evil.example.", "address"),
        ("See https://evil.example/x for it.", "link"),
        ("See evil.example for it.", "link"),
        ("It is attached.", "attachment"),
        ("I will send it soon.", "promise_chip"),
        ("You will have it soon.", "promise_chip"),
        ("We\u2019ll send it soon.", "promise_chip"),
        ("I am just checking whether it came.", "banned"),
        ("I wanted to touch base.", "banned"),
        ("Any news would help.", "banned"),
        ("There is a risk in waiting.", "banned"),
        ("We spoke last week.", "date_form"),
        ("We spoke three days ago.", "date_form"),
        ("We speak on Friday.", "date_form"),
        ("It is due today.", "date_form"),
        ("Good!", "exclamation"),
        ("Dear [NAME], it is here.", "placeholder"),
        ("It is for {first}.", "placeholder"),
        ("See ![x](y) here.", "markup"),
        ("It is <b>here</b>.", "markup"),
        ("It is he\u200bre.", "hidden_character"),
        ("It costs \uff19\uff19\uff19.", "number"),
        ("Is it fine?", "one_ask"),
    ],
)
def test_each_rule_finds_its_sentence(sentence: str, rule: str) -> None:
    assert rule in rules(added(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs 1200.50 in all.",
        "It is forty units in number.",
        "Ruth's units come first.",
        "We meet at 2 pm.",
        "It was on 10 November 2026.",
        "It was on 2026-11-10.",
        "It stands until December.",
        "It is for Harbour Street.",
        "It is today, Thursday 19 November.",
        "Most of it is open, and the door is closed.",
    ],
)
def test_what_stands_on_record_may_be_said(sentence: str) -> None:
    assert rules(added(sentence)) == set()


def test_chips_attachments_and_links_free_what_they_cover() -> None:
    promise = "I will send it by 11 December."
    assert "promise_chip" not in rules(added(promise), replace(FACTS, promises=(promise,)))
    assert rules(added("It is attached as plan.pdf."), replace(FACTS, attachments=("plan.pdf",))) == set()
    linked = replace(FACTS, links=frozenset({"https://ours.example/book"}))
    assert rules(added("Book at https://ours.example/book."), linked) == set()


def test_a_mail_that_pays_a_debt_needs_no_question() -> None:
    statement = GOOD.replace("you decide?", "you decide.")
    assert rules(statement) == {"one_ask"}
    assert rules(statement, replace(FACTS, pays_debt=True)) == set()


def test_length_is_bounded_both_ways() -> None:
    assert rules("Hello Ruth,\n\nIs it fine?\n\nKind regards\nElin Vogt") == {"length"}
    assert "length" in rules(added(" ".join(["It is so."] * 8)))
    assert "length" in rules(added("it is so and " * 40 + "so."))


def test_a_banned_word_is_free_inside_the_name_of_the_object() -> None:
    risky = replace(FACTS, phrases=(*FACTS.phrases, "risk assessment module"))
    assert rules(added("It is the risk assessment module."), risky) == set()
    assert rules(added("It is a risk for you."), risky) == {"banned"}


def test_subjects() -> None:
    in_thread = replace(FACTS, thread_subject="Offer!! for Contoso")
    assert rules(GOOD, in_thread, "Re: Offer!! for Contoso") == set()
    assert "subject" in rules(GOOD, FACTS, "Re: Proposal for Harbour Street")
    assert "subject" in rules(GOOD, FACTS, "Proposal")
    assert "subject" in rules(GOOD, FACTS, "")
    assert reply_subject("AW: Angebot") == "AW: Angebot"


def test_the_message_stands_between_greeting_and_signature() -> None:
    kept = message_of(GOOD, SIGNATURE)
    assert kept.startswith("On Tuesday")
    assert kept.endswith("name the month.")
