"""Texts as recall searches them: cut into passages, each word as the number of its stem; kept for a while once made."""

from collections import OrderedDict
from functools import lru_cache
from threading import Lock
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from memory.passages import Passage, passages
from memory.words import words

Codes = NDArray[np.uint32]
# Some 60 MB of words; what was not asked about for longest goes first.
MOST_KEPT = 12_000_000
# What a text takes beside its words, counted in words.
BESIDE = 100


class Prepared(NamedTuple):
    """A text's passages, and for each the numbers of its words in their order."""

    passages: tuple[Passage, ...]
    codes: tuple[Codes, ...]


class PreparedTexts:
    """The texts that were prepared last, by the hash of what they say: so nothing in it can ever be out of date.

    It holds numbers of words, no text, and is safe for several threads. `most`: how many words it keeps.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, text_hash: str, text: str) -> Prepared:
        """The prepared text; made where it is not there."""
        with self._lock:
            if found := self._kept.get(text_hash):
                self._kept.move_to_end(text_hash)
                return found
        made = prepare(text)
        with self._lock:
            if text_hash not in self._kept:
                self._kept[text_hash] = made
                self._size += _size(made)
            while self._size > self._most:
                self._size -= _size(self._kept.popitem(last=False)[1])
        return made


def prepare(text: str) -> Prepared:
    """Cuts a text and looks up its words; a one-megabyte text takes about half a second."""
    cut = tuple(passages(text))
    return Prepared(cut, tuple(codes(text[one.start : one.end]) for one in cut))


def codes(text: str) -> Codes:
    """The numbers of the text's words in their order."""
    return np.array([code(word) for word in words(text)], dtype=np.uint32)


@lru_cache(maxsize=50_000)
def code(stem: str) -> int:
    """The number of a stem; two stems share one about once in four billion pairs."""
    return crc32(stem.encode())


@lru_cache(maxsize=10_000)
def line_begin(speaker: str, day: str) -> Codes:
    """The words of who spoke and of the day, with which each passage begins."""
    return codes(f"{speaker} ({day})")


def _size(one: Prepared) -> int:
    return BESIDE + sum(len(each) for each in one.codes)
