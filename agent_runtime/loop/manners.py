"""How the sender greets this person and closes, taken from the sender's own last mails."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_GREETING = re.compile(
    r"(?:hello|dear|hi|good (?:morning|afternoon|day)|guten (?:tag|morgen)|hallo|sehr geehrte[rn]?|liebe[rn]?)"
    r"\b.{0,60},",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:kind|best|warm|many)?\s*(?:regards|wishes)|best|yours sincerely|mit (?:freundlichen|besten) grüßen"
    r"|(?:viele|beste|freundliche|liebe|herzliche|schöne) grüße|freundliche grüsse),?",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(r"^good (?:morning|afternoon)\b", re.IGNORECASE)
_HONOUR = re.compile(r"\b(?P<title>Herrn?|Frau|Mr|Ms|Mrs|Dr)\.? (?:Dr\. )?(?P<last>[^\W\d_][\w'-]+)")
LONGEST_SIGNATURE = 6
_NO_ENDING: tuple[str, tuple[str, ...]] = ("", ())


@dataclass(frozen=True, slots=True)
class Manners:
    """`greeting`: the whole line with its comma, empty where none is known; `signature` without the closing."""

    greeting: str = ""
    closing: str = ""
    signature: tuple[str, ...] = ()


def manners(own: Sequence[str], to_person: Sequence[str], name: str) -> Manners:
    """From the sender's mails to this account (`own`) and to this person (`to_person`), the newest first.

    A greeting counts only when it names the person; the time of day is not mirrored.
    """
    greeting = next((found for text in to_person if (found := _greeting_in(text, name))), "")
    closing, signature = next((end for text in own if (end := _ending_of(text))), _NO_ENDING)
    return Manners(greeting or _with_honour(to_person, name), closing, signature)


def _greeting_in(text: str, name: str) -> str:
    first = text.strip().partition("\n")[0].strip()
    named = [part for part in name.split() if len(part) > 1 and re.search(rf"\b{re.escape(part)}\b", first)]
    if not _GREETING.fullmatch(first) or not named:
        return ""
    return _TIME_OF_DAY.sub("Hello", first)


def _with_honour(texts: Sequence[str], name: str) -> str:
    """Where a mail of the house names the person with Herr or Frau, that is how to greet in German."""
    last = name.split()[-1] if name.split() else ""
    for text in texts:
        for match in _HONOUR.finditer(text):
            if match["last"] == last and match["title"] in ("Herr", "Herrn", "Frau"):
                return f"Guten Tag {match['title'].removesuffix('n')} {last},"
    return ""


def _ending_of(text: str) -> tuple[str, tuple[str, ...]] | None:
    lines = text.strip().splitlines()
    for place in range(len(lines) - 1, -1, -1):
        if _CLOSING.fullmatch(lines[place].strip()):
            below = [line.strip() for line in lines[place + 1 :]]
            if any(below) and len([line for line in below if line]) <= LONGEST_SIGNATURE:
                return lines[place].strip().rstrip(","), tuple(below)
    return None
