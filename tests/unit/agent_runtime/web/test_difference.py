"""What was changed in a draft."""

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.web.difference import difference

TEXT = st.lists(st.sampled_from(["a", "b", "will", "you", " ", "\n", "Friday."]), max_size=30).map("".join)


def test_a_changed_word_stands_between_what_stayed() -> None:
    found = [(x.kind, x.text) for x in difference("by Wednesday.\nLea", "by Friday.\nLea")]
    assert found == [("same", "by "), ("removed", "Wednesday."), ("added", "Friday."), ("same", "\nLea")]


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(x.text for x in pieces if x.kind != "added") == before
    assert "".join(x.text for x in pieces if x.kind != "removed") == after


def test_a_very_long_text_is_compared_by_lines() -> None:
    before = "\n".join(f"line {number} of many" for number in range(3_000))
    pieces = difference(before, before.replace("line 7 of", "line seven of"))
    assert [x.text for x in pieces if x.kind == "removed"] == ["line 7 of many\n"]
