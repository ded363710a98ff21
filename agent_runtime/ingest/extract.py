"""What a text wants of its reader: a question, a holding answer, mere thanks; and which language it is in."""

import re
from collections.abc import Sequence
from functools import lru_cache

from agent_runtime.ingest.phrases import PHRASES

# What stands below is not read: a question after so much text is one that nobody sees.
LONGEST_READ = 20_000
LONGEST_SENTENCE = 1_000
APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u00b4": "'"})
SENTENCE_END = re.compile(
    r"(?<=[.!?])[\"')\]]*\s+(?![a-zäöü])|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)|(?<=[:;,])\s*\n(?=\s*[A-ZÄÖÜ])"
)
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
MARKED = re.compile(r"\w[\"')]*\s?\?[\"')]*$")
# "am 12. März" and "z. B." do not end a sentence.
NO_END = re.compile(r"(?:\b\d{1,2}|\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|Hr|Fr|Nr|ca|bzw|etc|St))\.$")


@lru_cache(maxsize=64)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in order, each on one line; list items and paragraphs end one too.

    Several questions are put to the same text in turn, so the latest texts are remembered.
    """
    found: list[str] = []
    joins = False
    for part in SENTENCE_END.split(text[:LONGEST_READ].translate(APOSTROPHES)):
        flat = " ".join(part.split())
        if not flat:
            continue
        if joins:
            found[-1] += f" {flat}"
        else:
            found.append(flat)
        joins = NO_END.search(flat) is not None
    return tuple(found)


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


def _asks(sentence: str) -> bool:
    if len(sentence) > LONGEST_SENTENCE or PHRASES["courtesy"].search(sentence):
        return False
    if PHRASES["request"].search(PHRASES["instruction"].sub("", sentence)):
        return True
    # A question mark after one or two words ("Paul?") is no question yet.
    return bool(MARKED.search(sentence) and len(WORD.findall(sentence)) >= 3 and PHRASES["question"].search(sentence))


def holding(text: str) -> bool:
    """True for an answer that only says that the answer will come."""
    content = _content(text)
    if not 1 <= len(content) <= 4 or _words(content) > 60:
        return False
    holds = [_holds(one) for one in content]
    return any(holds) and all(held or _fills(one) for held, one in zip(holds, content, strict=True))


def _fills(sentence: str) -> bool:
    """Thanks, or a word or two that say nothing: "Good point." """
    if _asks(sentence) or PHRASES["tells"].search(sentence):
        return False
    return bool(PHRASES["thanks"].search(sentence)) or len(WORD.findall(sentence)) <= 3


def _holds(sentence: str) -> bool:
    """It puts the reader off, or says that something will follow, and answers nothing beside it."""
    if PHRASES["tells"].search(sentence) or MARKED.search(sentence):
        return False
    if PHRASES["holding"].search(sentence):
        return True
    follows = PHRASES["follow_up"].search(sentence) or PHRASES["callback"].search(sentence)
    return bool(follows and PHRASES["promise"].search(sentence) and not PHRASES["no_promise"].search(sentence))


def thanks_only(text: str) -> bool:
    """True where nothing is said but thanks or an acknowledgement."""
    said = [one for one in sentences(text) if not PHRASES["greeting"].match(one)]
    if not said or _words(said) > 25 or asks(text) or PHRASES["promise"].search(text):
        return False
    # Besides the thanks only a closing or a name may stand.
    return any(PHRASES["thanks"].search(one) for one in said) and all(
        PHRASES["thanks"].search(one) or PHRASES["closing"].match(one) or len(WORD.findall(one)) <= 3 for one in said
    )


def _words(said: Sequence[str]) -> int:
    return sum(len(WORD.findall(one)) for one in said)


def _content(text: str) -> list[str]:
    """The sentences between greeting and closing."""
    said = [one for one in sentences(text) if not PHRASES["greeting"].match(one)]
    for place, one in enumerate(said):
        if place and PHRASES["closing"].match(one):
            return said[:place]
    return said
