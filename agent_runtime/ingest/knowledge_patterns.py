"""The catalogue of what a sentence tells of people and of the account, as compiled patterns."""

import re
import tomllib
from pathlib import Path
from typing import Any

from agent_runtime.ingest.due import MONTHS

_WORD = r"[A-ZÄÖÜ][\w'-]*\w"
_NAME = rf"(?-i:(?:(?:Mr|Mrs|Ms|Dr|Herrn?|Frau)\.? )?{_WORD}(?: {_WORD}){{0,2}})"
_PARTS = {
    "{who}": rf"\b(?P<who>{_NAME}|I|ich)",
    "{whom}": rf"\b(?P<whom>{_NAME})",
    "{amount}": r"(?:€|\$|£|eur|usd|chf)?\s?\d[\d.,]*\d?\s?(?:k|tsd\.?|thousand|tausend|million|mio\.?)?\b"
    r"\s?(?:€|\$|£|euros?|eur|usd|dollars?|gbp|pounds?|chf)?",
    "{count}": r"\d[\d.,]*",
    "{clock}": r"(?:noon|midday|mittags?|zwölf|\d{1,2}(?:[:.]\d\d)?(?: ?(?:am|pm|uhr|o'clock))?)",
    "{month}": rf"(?:(?:{'|'.join(MONTHS)})\b(?: \d{{4}})?|q[1-4](?: \d{{4}})?)",
    "{thing}": rf"(?-i:{_WORD}(?: {_WORD}){{0,2}})",
}
_CATALOGUE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("knowledge.toml").read_text(encoding="utf-8"))


def _filled(pattern: str) -> str:
    for name, part in _PARTS.items():
        pattern = pattern.replace(name, part)
    return pattern


def _compiled(patterns: list[str]) -> list[re.Pattern[str]]:
    return [re.compile(_filled(one), re.IGNORECASE) for one in patterns]


def section(name: str) -> dict[str, list[re.Pattern[str]]]:
    """The lists of one section of the catalogue, by meaning."""
    return {meaning: _compiled(patterns) for meaning, patterns in _CATALOGUE[name].items()}


def anyone(name: str) -> re.Pattern[str]:
    """A list that stands outside of a section, as one pattern."""
    return re.compile("|".join(f"(?:{one})" for one in _CATALOGUE[name]), re.IGNORECASE)


def gates() -> dict[str, tuple[str, ...]]:
    """For each part of the catalogue the pieces of words, in small letters, without which nothing of it is found."""
    return {part: tuple(pieces) for part, pieces in _CATALOGUE["gate"].items()}


def first(patterns: list[re.Pattern[str]], sentence: str) -> re.Match[str] | None:
    """The first of the patterns that is found."""
    return next((found for one in patterns if (found := one.search(sentence))), None)
