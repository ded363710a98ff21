"""What a sentence does, by a small linear model: whether it tells something, puts off or says nothing, and promises.

The model is a table of weights for hashed words, word pairs and pieces of words (see evals/replies, where it is trained
on sentences of ours alone). It reads a sentence in about a twentieth of a millisecond, and always the same way.
"""

import hashlib
import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]

FILE = Path(__file__).with_name("sayings.npz")
BUCKETS = 1 << 16
# The columns of the table. The first three are one choice, the last stands for itself.
TELLS, HOLDS, EMPTY, PROMISES = range(4)
LONGEST_READ = 400
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TOKEN = re.compile(r"=day|[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!%€$£:;,]")
# When something is done does not tell what is done: all words for it are read as one, and so are months and figures.
_DAYS = frozenset((
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed",
    "thu", "thurs", "fri", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend",
    "sonntag", "today", "tomorrow", "tmrw", "tonight", "week", "weeks", "month", "quarter", "year", "weekend",
    "noon", "lunchtime", "morning", "afternoon", "evening", "day", "days", "hour", "hours", "minutes", "min", "mins",
    "hrs", "fortnight", "midweek", "eod", "cob", "minute",
    "heute", "morgen", "uebermorgen", "woche", "wochen", "monat", "monats",
    "monatsende", "quartalsende", "jahresende", "wochenende", "mittag", "vormittag", "nachmittag", "abend", "tag",
    "tage", "tagen", "werktagen", "stunde", "stunden", "minuten", "kw", "dienstschluss", "feierabend",
))  # fmt: skip
_WEEKDAY = re.compile(r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch")
_MONTHS = frozenset((
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november",
    "december", "januar", "februar", "maerz", "mai", "juni", "juli", "oktober", "dezember",
))  # fmt: skip
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS | {'may'}))})\b"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}}\b)?"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?"
    r"|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}\.\d{1,2}\.(?:\d{4}\b|\d\d\b)?|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
)


class Reading(NamedTuple):
    """Chances from 0 to 1: of `tells`, `holds` and `empty` exactly one is so; `promises` is a question of its own."""

    tells: float
    holds: float
    empty: float
    promises: float


def tokens(sentence: str) -> list[str]:
    """The words and marks of a sentence in lower case, with dates, months and figures each as one word."""
    plain = sentence[:LONGEST_READ].lower().translate(_LETTERS)
    return [_plain(word) for word in _TOKEN.findall(_DATE.sub("=day", plain))]


def _plain(word: str) -> str:
    if word.isdigit():
        return "0"
    if word in _DAYS or _WEEKDAY.match(word):
        return "=day"
    return "=month" if word in _MONTHS else word


@lru_cache(maxsize=20_000)
def pieces(word: str) -> tuple[int, ...]:
    """The buckets of a word and of its pieces of three to five letters, its ends marked."""
    marked = f"<{word}>"
    cut = [marked[at : at + size] for size in (3, 4, 5) for at in range(len(marked) - size + 1)]
    return tuple(_bucket(piece) for piece in (f"w {word}", *(cut if len(word) > 3 else ())))


def runs(words: list[str]) -> list[int]:
    """The buckets of neighbouring words: two, three, and two with one between them."""
    framed = ["^", *words, "$"]
    found = [_bucket(f"{a} {b}") for a, b in pairwise(framed)]
    found += [_bucket(f"{a} {b} {c}") for a, b, c in zip(framed, framed[1:], framed[2:], strict=False)]
    return found + [_bucket(f"{a} * {c}") for a, c in zip(framed, framed[2:], strict=False)]


def buckets(sentence: str) -> list[int]:
    """All buckets that a sentence touches, once for each time."""
    words = tokens(sentence)
    return [bucket for word in words for bucket in pieces(word)] + runs(words)


def _bucket(feature: str) -> int:
    return crc32(feature.encode()) & (BUCKETS - 1)


class Model:
    """The weights, `table` of (BUCKETS, 4) and `bias` of 4; a sentence's score is the sum over its buckets, divided by
    the square root of their number, so that a long sentence weighs no more than a short one."""

    def __init__(self, table: Weights, bias: Weights) -> None:
        self._table = table
        self._bias = bias

    def read(self, sentence: str) -> Reading:
        """Reads one sentence; of a very long one the beginning."""
        touched = buckets(sentence)
        scores = self._bias.copy()
        if touched:
            scores += self._table[touched].sum(axis=0) / np.sqrt(len(touched))
        choice = np.exp(scores[:PROMISES] - scores[:PROMISES].max())
        tells, holds, empty = (choice / choice.sum()).tolist()
        return Reading(tells, holds, empty, float(1 / (1 + np.exp(-scores[PROMISES]))))


def load(file: Path = FILE) -> Model:
    """The packaged model; ValueError where the file is not the one that was packaged."""
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != file.with_suffix(".sha256").read_text().strip():
        raise ValueError(f"{file.name} is not the file that was packaged")
    with np.load(file) as arrays:
        table = arrays["table"].astype(np.float64) * arrays["scale"]
        return Model(table, arrays["bias"].astype(np.float64))


_model = load()


@lru_cache(maxsize=256)
def read(sentence: str) -> Reading:
    """Reads a sentence with the packaged model."""
    return _model.read(sentence)
