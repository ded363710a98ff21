"""Words and passages: nothing is lost, and the same thing is the same word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.passages import LENGTH, passages
from memory.words import words


@pytest.mark.parametrize(
    "forms",
    ["running run runs", "painted painting paintings", "hope hoped hoping", "Überprüfung uberprufung", "Anna Anna's"],
)
def test_forms_of_a_word_are_one(forms: str) -> None:
    assert len(set(words(forms))) == 1


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert words("日本語") == ["日本", "本語"]


@settings(deadline=None)
@given(st.text(max_size=4_000))
def test_any_text_has_words(text: str) -> None:
    assert all(words(text))


@settings(deadline=None)
@given(st.text("ab \n.", max_size=6_000))
def test_passages_leave_out_only_blanks(text: str) -> None:
    cut = passages(text)
    assert [one.number for one in cut] == list(range(len(cut)))
    assert all(0 < one.end - one.start <= LENGTH for one in cut)
    assert "".join("".join(text[one.start : one.end].split()) for one in cut) == "".join(text.split())


def test_a_paragraph_is_not_torn() -> None:
    first, second = "one two three. " * 40, "four five six. " * 40
    assert passages(f"{first}\n\n{second}")[0].end == len(first) + 2
