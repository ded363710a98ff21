"""What a text states of people and of the account, in both languages, and what it does not state."""

import pytest

from agent_runtime.ingest.knowledge import Telling, asked_topics, told
from agent_runtime.ingest.naming import People

PEOPLE = People.of([("c1", "Dana Cole"), ("c2", "Dr. Max Berg"), ("c3", "Nina Berg")])


def found(text: str, note: bool = False) -> set[tuple[str, str]]:
    telling = Telling(text, 0, "user" if note else "external", None if note else "c9", note)
    return {(one.slot, one.value) for one in told(telling, PEOPLE, "c1")}


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("I am the decision maker here.", "role.decides", "c9"),
        ("In the end Max decides.", "role.decides", "c2"),
        ("The final decision lies with Dana Cole.", "role.decides", "c1"),
        ("Frau Cole entscheidet das.", "role.decides", "c1"),
        ("Dana signs the contracts.", "role.signs", "c1"),
        ("Der Vertrag wird von Max unterschrieben.", "role.signs", "c2"),
        ("Olga Petrova holds the budget.", "role.economic_buyer", "name:Olga Petrova"),
        ("Dana is our champion.", "person.c1.champion", "yes"),
        ("Max is against the project.", "person.c2.blocker", "yes"),
        ("Dana Cole has left the company.", "person.c1.presence", "left"),
        ("My last day is Friday.", "person.c9.presence", "left"),
        ("Our new CFO is Petra Lang.", "person.name:Petra Lang.presence", "there"),
        ("Max reports to Dana.", "person.c2.reports_to", "c1"),
        ("Dana and Max decide.", "person.c1.decides_with", "c2"),
        ("Our budget is €50k.", "answer.budget", "50000 EUR"),
        ("Unser Budget liegt bei 50.000 Euro.", "answer.budget", "50000 EUR"),
        ("We need 1,200 seats.", "answer.seats", "1200"),
        ("We want to go live in March 2027.", "answer.start", "2027-03"),
        ("Wir nutzen derzeit Salesmate.", "answer.current_tool", "Salesmate"),
        ("Please call me not before noon.", "person.c9.preference.hours", "not before 12:00"),
        ("Bitte nicht vor 14 Uhr anrufen.", "person.c9.preference.hours", "not before 14:00"),
        ("I prefer a phone call.", "person.c9.preference.channel", "phone"),
        ("We are worried about the price.", "concern.price", "open"),
        ("Der Datenschutz ist geklärt.", "concern.data_protection", "settled"),
        ("We are not worried about the price.", "concern.price", "settled"),
    ],
)
def test_what_is_stated_is_found(text: str, slot: str, value: str) -> None:
    assert (slot, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Does Dana decide?",
        "If Dana signs the contract, we begin.",
        "Dana does not decide.",
        "Berg decides.",  # two of them are named so
        "Legal decides.",
        "She decides.",
        "Everything went well.",
        "The seats in the hall were full.",
        "Perhaps our budget is 50,000 EUR.",
    ],
)
def test_what_is_asked_denied_supposed_or_nobodys_states_nothing(text: str) -> None:
    assert found(text) == set()


def test_a_note_keeps_what_ours_judge_in_their_own_words() -> None:
    ((slot, value),) = found("She signs, he decides.", note=True)
    assert (slot.partition(".")[0], value) == ("judgement", "She signs, he decides.")
    assert found("She signs, he decides.") == set()
    assert found("Dana signs the contracts.", note=True) == {("role.signs", "c1")}


def test_a_question_of_ours_names_what_may_be_answered_already() -> None:
    assert asked_topics("What is your budget? And who decides about it?") == {"budget", "decides"}
    assert asked_topics("Wie viele Lizenzen brauchen Sie?") == {"seats"}
    assert asked_topics("Your budget was named.") == set()
