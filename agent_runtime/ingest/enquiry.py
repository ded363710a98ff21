"""What a first message of theirs already says of their wish, and whether it asks to meet: English and German."""

import re
import tomllib
from pathlib import Path
from typing import Final, TypedDict

from agent_runtime.ingest.extract import sentences

# What somebody needs to know before an offer can be made, in the order in which one would ask for it.
POINTS: Final = ("scope", "place", "when")
_PARTS: Final = {
    "{month}": r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|jun[ei]?|jul[yi]?|"
    r"aug(?:ust)?|sep(?:tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)",
    "{count}": r"(?:two|three|four|five|six|eight|ten|twelve|a (?:dozen|pair)|several|zwei|drei|vier|fünf|sechs|acht|"
    r"zehn|zwölf|mehrere)",
}
_LISTS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("enquiry.toml").read_text(encoding="utf-8"))


class Enquiry(TypedDict):
    """`misses`: which of POINTS it does not name; `meet`: whether it asks for a meeting, a visit or a demonstration."""

    misses: list[str]
    meet: bool


def enquiry(text: str) -> Enquiry:
    """What a first message leaves open, and whether it asks to meet; an empty one leaves everything open."""
    told = sentences(text)
    misses = [point for point in POINTS if not any(_PATTERNS[point].search(x) for x in told)]
    return Enquiry(misses=misses, meet=any(_PATTERNS["meet"].search(x) for x in told))


def _compiled(patterns: list[str]) -> re.Pattern[str]:
    whole = "|".join(patterns)
    for name, part in _PARTS.items():
        whole = whole.replace(name, part)
    return re.compile(whole, re.IGNORECASE)


_PATTERNS: Final = {name: _compiled(patterns) for name, patterns in _LISTS.items()}
