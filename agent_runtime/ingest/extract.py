"""What a text wants of its reader: a question, a holding answer, mere thanks; and which language it is in."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from math import prod
from typing import NamedTuple

from agent_runtime.ingest.phrases import PHRASES
from agent_runtime.ingest.saying import Reading, read

# What stands below is not read: a question after so much text is one that nobody sees.
LONGEST_READ = 20_000
LONGEST_SENTENCE = 1_000
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u00b4": "'"})
PARAGRAPH = re.compile(r"\n\s*\n")
SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?![a-zäöü])|\n(?=\s*(?:[-*•]|\d+[.)])\s)|(?<=[:;,])\s*\n(?=\s*[A-ZÄÖÜ])"
)
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
MARKED = re.compile(r"\w[\"')]*\s?\?[\"')]*$")
# "am 12. März" and "z. B." do not end a sentence.
NO_END = re.compile(r"(?:\b\d{1,2}|\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Hr|Fr|Nr|ca|bzw|etc|St))\.$")

# A text that only puts off is short. What is longer carries something.
MOST_OF_A_HOLDING, LONGEST_HOLDING, SIGNATURE = 6, 80, 4
# From which chance on a sentence promises.
PROMISES = 0.5


class Chances(NamedTuple):
    """From which chance on a sentence puts off; from which on one is the answer where none puts off, and beside one
    that does; from which on it may be. `python -m evals.replies.thresholds` shows what they cost: of a hundred holding
    replies of families that were not learnt from, no more than one is to close a question."""

    puts_off: float = 0.7
    answers: float = 0.93
    beside: float = 0.98
    may_answer: float = 0.7


CHANCES = Chances()
EVEN = 0.5


class Says(StrEnum):
    """What a text gives one who waits for an answer: the answer, perhaps the answer, only that one will come, or
    nothing (thanks, a receipt)."""

    ANSWER = "answer"
    PERHAPS = "perhaps"
    LATER = "later"
    NOTHING = "nothing"


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in order, each on one line; list items and paragraphs end one too.

    Several questions are put to the same text in turn, so the latest texts are remembered.
    """
    paragraphs = PARAGRAPH.split(text[:LONGEST_READ].translate(APOSTROPHES))
    return tuple(sentence for paragraph in paragraphs for sentence in _of_paragraph(paragraph))


def _of_paragraph(text: str) -> list[str]:
    found: list[str] = []
    joins = False
    for part in SENTENCE_END.split(text):
        flat = " ".join(part.split())
        if not flat:
            continue
        if joins:
            found[-1] += f" {flat}"
        else:
            found.append(flat)
        joins = NO_END.search(flat) is not None
    return found


def language(text: str) -> str | None:
    """`en` or `de` by their commonest words; None where neither is clear."""
    head = text[:2_000]
    english, german = len(PHRASES["en"].findall(head)), len(PHRASES["de"].findall(head))
    if max(english, german) < 2 or 2 * min(english, german) >= max(english, german):
        return None
    return "en" if english > german else "de"


def asks(text: str) -> bool:
    """True where a sentence puts a question or a request that wants an answer; courtesies do not count."""
    return any(_asks(sentence) for sentence in sentences(text))


@lru_cache(maxsize=256)
def _asks(sentence: str) -> bool:
    if len(sentence) > LONGEST_SENTENCE or PHRASES["courtesy"].search(sentence):
        return False
    if PHRASES["request"].search(PHRASES["instruction"].sub("", sentence)):
        return True
    # A question mark after one or two words ("Paul?") is no question yet.
    return bool(MARKED.search(sentence) and len(WORD.findall(sentence)) >= 3 and PHRASES["question"].search(sentence))


def says(text: str) -> Says:
    """What a text of one side gives the other that waits for an answer; see Says."""
    content = content_of(text)
    if carries(content):
        return Says.ANSWER
    found = judged(readings(content, read), settles(content))
    asks_back = any(one.endswith("?") and _asks(one) for one in content)
    # Who asks something back, and puts nothing off, has passed the turn.
    return Says.ANSWER if asks_back and found in (Says.PERHAPS, Says.NOTHING) else found


def readings(content: Sequence[str], read: Callable[[str], Reading]) -> list[Reading]:
    """What each sentence is read as; one that says itself that it belongs to an answer puts nothing off, nor does one
    that only offers to be asked."""
    return [_reading(one, read) for one in content]


def _reading(sentence: str, read: Callable[[str], Reading]) -> Reading:
    if PHRASES["aside"].search(sentence):
        return Reading(tells=0.0, holds=0.0, empty=1.0, promises=0.0)
    found = read(sentence)
    return found._replace(holds=0.0) if settles([sentence]) else found


def carries(content: Sequence[str]) -> bool:
    """Whether a text is more than one that only puts off: by its length, or by what comes with it."""
    if len(content) > MOST_OF_A_HOLDING or _words(content) > LONGEST_HOLDING:
        return True
    return any(PHRASES["encloses"].search(one) for one in content)


def settles(content: Sequence[str]) -> bool:
    """Whether a sentence says itself that it is the answer: "Short answer to your point: …"."""
    return any(PHRASES["settles"].search(one) for one in content)


def judged(read_as: Sequence[Reading], settles: bool = False, at: Chances = CHANCES) -> Says:
    """What the sentences of a short text, each read, give together: only what clearly tells is the answer.

    Several sentences that tell bear each other out. `settles`: one says itself that it answers. A wrong doubt costs a
    click, a wrong answer loses the customer's question.
    """
    if all(one.empty > max(one.tells, one.holds) for one in read_as):
        return Says.NOTHING
    tells = 1 - prod(1 - one.tells for one in read_as if one.tells > EVEN)
    # Beside a sentence that puts off, another is more often its excuse than an answer.
    puts_off = any(one.holds >= at.puts_off for one in read_as)
    if tells >= (at.beside if puts_off else EVEN if settles else at.answers):
        return Says.ANSWER
    return Says.LATER if puts_off and tells < at.may_answer else Says.PERHAPS


@lru_cache(maxsize=256)
def is_promise(sentence: str) -> bool:
    """Whether a sentence says what its writer will do, with or without a day; a refusal, a question and what waits for
    the reader promise nothing."""
    if len(sentence) > LONGEST_SENTENCE or sentence.endswith("?") or PHRASES["no_promise"].search(sentence):
        return False
    return read(sentence).promises >= PROMISES


def thanks_only(text: str) -> bool:
    """True where nothing is said but thanks or an acknowledgement."""
    said = [one for one in sentences(text) if not PHRASES["greeting"].match(one)]
    if not said or _words(said) > 25 or asks(text) or any(map(is_promise, said)):
        return False
    # Besides the thanks only a closing or a name may stand.
    return any(PHRASES["thanks"].search(one) for one in said) and all(
        PHRASES["thanks"].search(one) or PHRASES["closing"].match(one) or len(WORD.findall(one)) <= 3 for one in said
    )


def _words(said: Sequence[str]) -> int:
    return sum(len(WORD.findall(one)) for one in said)


def content_of(text: str) -> list[str]:
    """The sentences between greeting and closing, without a name below them."""
    said = [one for one in sentences(text) if not PHRASES["greeting"].match(one)]
    for place, one in enumerate(said):
        if place and PHRASES["closing"].match(one):
            return said[:place]
    return said[:-1] if len(said) > 1 and _is_a_name(said[-1]) else said


def _is_a_name(sentence: str) -> bool:
    """A line or two of who writes: few words, and no sentence's end."""
    return sentence[-1] not in ".!?:" and len(WORD.findall(sentence)) <= SIGNATURE
