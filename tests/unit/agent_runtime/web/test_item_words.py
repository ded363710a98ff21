"""How an item reads: no word of the machine in it, nothing said twice."""

import re
from typing import get_args

import pytest

from agent_runtime.inbox import muting, reading
from agent_runtime.inbox.verbs import DismissReason, OutcomeReason
from agent_runtime.playbook import RULES
from agent_runtime.web import inbox_words
from agent_runtime.web.account_memory import value_words
from agent_runtime.web.inbox_item import CardLine, card_lines

OURS = re.compile(r"_|expectation|interaction|breach|executed|episode")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("executed", "Carried out"), ("what was missing is there: met", "What was missing came"),
        ("what was missing is there: dropped", "It was no longer needed"),
        ("the interaction ended: converted", "What was wanted came"),
        ("the interaction ended: lost", "The matter ended"),
        ("nobody decided; the next recovery step has come", "Nobody decided, so the next step came"),
        ("bad_timing", ""), ("done elsewhere: we_called, reached", ""), ("outcome: lost", ""),
        ("reassigned to ben", ""),
        ("the account was merged", "The account was merged"),
    ],
)  # fmt: skip
def test_how_an_item_was_closed_is_said_as_people_say_it(reason: str, words: str) -> None:
    assert inbox_words.closed_words(reason) == words


def test_every_reason_has_words() -> None:
    for reason in (*get_args(DismissReason), *get_args(OutcomeReason)):
        assert not OURS.search(inbox_words.reason_words(reason))
    for signal in (*RULES, *(x for split in reading.SPLITS.values() for x in split)):
        assert not OURS.search(inbox_words.said(inbox_words.SIGNALS, signal)), signal
    assert set(RULES) >= muting.WAITED_FOR


def test_a_card_shows_its_lines_and_nothing_twice() -> None:
    body = (
        "Feinkost Ihde: this is now with Anna.\n\nWhat is wrong: nobody called.\nWhere to look: mail; phone\n"
        "Call: tel:+44113\nResult: reached / voicemail / no answer / wrong number\nA sentence. With more: after it."
    )
    assert card_lines(body, ("mail; phone",)) == [
        CardLine("Feinkost Ihde", "this is now with Anna."),
        CardLine("What is wrong", "nobody called."),
        CardLine("", "A sentence. With more: after it."),
    ]


@pytest.mark.parametrize(
    ("slot", "value", "words"),
    [
        ("account.arr", "1800", "1,800"), ("opportunity.d1.amount", "15500 EUR", "15,500 EUR"),
        ("account.renewal_date", "2026-12-28", "28 December 2026"), ("account.x", "2026-13-28", "2026-13-28"),
        ("person.c1.phone", "493023125396", "493023125396"), ("account.arr", "much", "much"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_write_it(slot: str, value: str, words: str) -> None:
    assert value_words(slot, value) == words
