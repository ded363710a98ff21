"""Words as recall compares them: lower case, without accents, cut to a stem; the same for queries and texts."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
# Scripts written without spaces: each pair of neighbours stands for a word.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
MAX_WORD = 40


def words(text: str) -> list[str]:
    """The stems of the text's words in their order; a one-megabyte text takes about half a second."""
    if not _UNSPACED.search(text):
        return [stem(word[:MAX_WORD]) for word in _WORD.findall(text)]
    found: list[str] = []
    for word in _WORD.findall(text):
        if _UNSPACED.search(word):
            found += [word[at : at + 2] for at in range(max(1, len(word) - 1))]
        else:
            found.append(stem(word[:MAX_WORD]))
    return found


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without accents, possessive and the commonest endings of English and German."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(one))
    plain = re.sub(r"['\u2019](s|re|ve|ll|d|m|t)$", "", plain).replace("'", "").replace("\u2019", "")
    return _cut(plain) if plain.isalpha() and len(plain) > 3 else plain


def _cut(word: str) -> str:
    for ending, kept in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _even(word[: -len(ending)] + kept)
    return word.removesuffix("e") if len(word) > 3 else word


def _even(word: str) -> str:
    """running and run, hoping and hope: one of a doubled end, no silent e."""
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_ENDINGS = (
    ("iness", "y"), ("ies", "i"), ("ied", "i"), ("ying", "i"), ("sses", "ss"), ("ings", ""), ("ing", ""), ("edly", ""),
    ("ed", ""), ("ss", "ss"), ("us", "us"), ("is", "is"), ("es", ""), ("ly", ""), ("s", ""), ("y", "i"),
)  # fmt: skip
