"""What a person may say has one shape, and nothing that could not be stored, sent or waited for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from agent_runtime.inbox.verbs import Changes, Dismiss
from tests.unit.agent_runtime.inbox.office import command
from tests.unit.agent_runtime.watchtower.story import at

SEEN = {"draft_version": 1, "hash": "0" * 64}


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("send", {}),
        ("approve", {}),
        ("approve", {"draft_version": 1, "hash": "x"}),
        ("approve", SEEN | {"to": "x"}),
        ("approve", SEEN | {"execute_at": "2026-03-10T16:00:00"}),
        ("edit", SEEN),
        ("edit", SEEN | {"draft": {"account_id": "other"}}),
        ("edit", SEEN | {"draft": {"message_id": "<x@y>"}}),
        ("done", {"how": "dreamt", "at": at("mon 09:00")}),
        ("done", {"how": "met"}),
        ("dismiss", {}),
        ("dismiss", {"reason": "I do not like it"}),
        ("snooze", {"until": "2026-03-10"}),
        ("snooze", {"until": at("mon 09:00"), "event": "rain"}),
        ("reassign", {"to": ""}),
        ("claim", {"for": "bela"}),
    ],
)
def test_what_is_no_decision_is_refused_at_the_door(verb: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        command(verb, **fields)


@given(st.text(st.characters(categories=["Cc"], exclude_characters="\t\n\r"), min_size=1, max_size=3), st.text())
def test_control_characters_are_refused_wherever_words_are_given(control: str, words: str) -> None:
    if not control.translate({x: None for x in range(0x80, 0xA0)}):
        return  # the upper ones are stored and sent like any other
    for name in ("subject", "body"):
        with pytest.raises(ValidationError):
            Changes.model_validate({name: f"{words}{control}"})
    with pytest.raises(ValidationError):
        Changes(to=(f"kim{control}@acme.example",))
    with pytest.raises(ValidationError):
        Dismiss(verb="dismiss", reason="other", note=control)


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\nBcc: all@acme.example", "\t"])
def test_subjects_and_addresses_are_one_line(ending: str) -> None:
    for changes in (
        {"subject": f"Door{ending}"},
        {"to": [f"kim@acme.example{ending}"]},
        {"cc": [f"k@a.example{ending}"]},
    ):
        with pytest.raises(ValidationError):
            Changes.model_validate(changes)


def test_a_text_keeps_its_lines() -> None:
    assert Changes(body="Hello,\n\n\tyes.\r\n").body == "Hello,\n\n\tyes.\r\n"
