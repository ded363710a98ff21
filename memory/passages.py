"""Cutting a text into passages that an embedding model can hold and that a person can read as a quote."""

import re
from typing import NamedTuple

# About 200 tokens of the default model, which holds 256.
LENGTH = 900
_ENDS = tuple(re.compile(end) for end in (r"\n\s*\n", r"\n", r"[.!?\u3002]\s", r"\s"))


class Passage(NamedTuple):
    """The characters `start` to `end` of an episode's text."""

    number: int
    start: int
    end: int


def passages(text: str) -> list[Passage]:
    """The text in passages of at most LENGTH characters that leave nothing out; a blank text has none.

    Each ends after a paragraph where there is one in its second half, else a line, a sentence, a word.
    """
    found: list[Passage] = []
    start = 0
    while start < len(text):
        end = _end(text, start)
        if text[start:end].strip():
            found.append(Passage(len(found), start, end))
        start = end
    return found


def _end(text: str, start: int) -> int:
    limit = start + LENGTH
    if len(text) <= limit:
        return len(text)
    for pattern in _ENDS:
        if ends := [match.end() for match in pattern.finditer(text, start + LENGTH // 2, limit)]:
            return ends[-1]
    return limit
