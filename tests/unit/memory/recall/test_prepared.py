"""Prepared texts: the same words as ever, kept by what they say, and never more than there is room for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from memory.recall.index import Index
from memory.recall.prepared import PreparedTexts, code, codes, line_begin, prepare
from memory.telling import prefixed
from memory.words import words
from tests.unit.memory.recall.house import START


@settings(deadline=None)
@given(st.text(max_size=300))
def test_the_parts_of_a_line_have_the_words_of_the_whole(text: str) -> None:
    whole = [code(word) for word in words(prefixed("Nora Berg", START, text))]
    assert [*line_begin("Nora Berg", "05 January 2026").tolist(), *codes(text).tolist()] == whole


def test_what_was_prepared_is_kept_until_there_is_no_room() -> None:
    kept = PreparedTexts(most=250)
    first = kept.of("1", "one two three")
    assert kept.of("1", "not looked at") is first
    kept.of("2", "four five")
    kept.of("3", "six seven")
    assert kept.of("1", "one two three") is not first


def test_a_text_too_large_to_keep_is_prepared_all_the_same() -> None:
    kept = PreparedTexts(most=10)
    assert [one.tolist() for one in kept.of("1", "one two").codes] == [codes("one two").tolist()]


def test_every_passage_of_a_text_is_there() -> None:
    made = prepare("A line of words. " * 400)
    assert len(made.passages) == len(made.codes) > 5
    assert sum(map(len, made.codes)) == 4 * 400


def test_an_index_counts_words_and_weighs_the_rare_ones() -> None:
    index = Index([(codes("the press broke"), codes("the press")), (codes("the offer"),), (codes(""),)])
    assert index.having("press").tolist() == [0]
    assert index.rarity("press") > index.rarity("the")
    assert not index.knows("plant")
    assert index.codes_of(1) == codes("the offer").tolist()
    scores = index.bm25({"press", "broke"})
    assert scores[0] > 0
    assert scores[1:].tolist() == [0, 0]
    assert Index([]).bm25({"press"}).tolist() == []
