"""Both languages have the same texts, and no words of others get out of their quotation marks."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.prepared.wording import LANGUAGES, LONGEST_QUOTE, plain, words_of
from tests.unit.agent_runtime.watchtower.story import BERLIN

ENGLISH, GERMAN = (words_of(language, BERLIN) for language in LANGUAGES)


def places(texts: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text by its path, with the places that it has to be filled in."""
    for name, text in texts.items():
        if isinstance(text, Mapping):
            yield from places(text, f"{path}{name}/")
        elif isinstance(text, str):
            yield f"{path}{name}", tuple(sorted(re.findall(r"\{(\w+)\}", text)))


def test_the_languages_have_the_same_texts_with_the_same_places() -> None:
    assert dict(places(ENGLISH.texts)) == dict(places(GERMAN.texts))


def test_who_reads_another_language_gets_english() -> None:
    assert words_of("fr", BERLIN).language == words_of(None, BERLIN).language == "en"
    assert words_of("de-AT", BERLIN).language == "de"


@given(st.text(max_size=600))
def test_a_quotation_ends_where_it_ends(said: str) -> None:
    for words in (ENGLISH, GERMAN):
        quoted = words.quoted(said)
        if quoted:
            inside = quoted[1:-1]
            assert not set('“”„"[]\n\r') & set(inside)
            assert len(inside) <= LONGEST_QUOTE + 2
    assert not set("[]\n") & set(plain(said))
