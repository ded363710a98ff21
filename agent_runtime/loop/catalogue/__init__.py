"""The texts of the deterministic writer: one TOML file a language; no file, no text in that language."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from agent_runtime.errors import BadInput

Sentence = str | tuple[str, ...]
LANGUAGE = re.compile(r"[a-z]{2}")
WORD = re.compile(r"[^\W\d_][\w'-]*")
SLOT = re.compile(r"\{[^}]*\}")
INSIDE_DEFAULT = "en"


class BadCatalogue(BadInput):
    """A text catalogue cannot be used; the writer does not start."""


@dataclass(frozen=True, slots=True)
class Template:
    """A mail: paragraphs of sentences; a tuple in place of a sentence holds alternatives, best first."""

    id: str
    form: str
    needs: frozenset[str]
    paragraphs: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All texts of one language: mails by form, words, opening lines of calls, texts for inside (may be none).

    `house_words`: every word of these texts, casefolded; `light`: words that say nothing by themselves, which a mail
    that is worded anew may hold too. `vocabulary`: both where nouns are written with a capital; else empty.
    """

    language: str
    mails: Mapping[str, tuple[Template, ...]]
    words: Mapping[str, Any]
    openings: Mapping[str, tuple[str, ...]]
    inside: Mapping[str, Any]
    house_words: frozenset[str] = frozenset()
    light: frozenset[str] = frozenset()
    vocabulary: frozenset[str] = frozenset()


@cache
def catalogue(language: str) -> Catalogue | None:
    """The texts of a two-letter language, or None where there are none; raises BadCatalogue."""
    path = files(__package__) / f"{language}.toml"
    if not LANGUAGE.fullmatch(language) or not path.is_file():
        return None
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
        return _read(language, plain)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadCatalogue(f"{language}.toml cannot be read: {error!r}.", fix="Compare it with en.toml.") from error


def _read(language: str, plain: Mapping[str, Any]) -> Catalogue:
    mails: dict[str, tuple[Template, ...]] = {}
    for row in plain["mail"]:
        template = Template(row["id"], row["form"], frozenset(row["needs"]), _paragraphs(row["paragraphs"]))
        mails[template.form] = (*mails.get(template.form, ()), template)
    openings = {name: tuple(lines) for name, lines in plain["openings"].items()}
    words = plain["words"]
    house_words = _house_words(mails, words)
    light = frozenset(plain["light"].casefold().split())
    vocabulary = house_words | light if words.get("nouns_are_capital") else frozenset()
    return Catalogue(language, mails, words, openings, plain.get("inside", {}), house_words, light, vocabulary)


def _house_words(mails: Mapping[str, tuple[Template, ...]], words: Mapping[str, Any]) -> frozenset[str]:
    sentences = (part for group in mails.values() for each in group for row in each.paragraphs for part in row)
    tables = (table.values() if isinstance(table, Mapping) else (table,) for table in words.values())
    texts = [text for part in sentences for text in ((part,) if isinstance(part, str) else part)]
    texts += [text for table in tables for text in table if isinstance(text, str)]
    return frozenset(word.casefold() for text in texts for word in WORD.findall(SLOT.sub(" ", text)))


def _paragraphs(rows: list[list[str | list[str]]]) -> tuple[tuple[Sentence, ...], ...]:
    return tuple(tuple(part if isinstance(part, str) else tuple(part) for part in row) for row in rows)


def inside_catalogue(language: str) -> Catalogue:
    """The texts for people of the house: in their language where there is a file, else in English."""
    own = catalogue(language[:2].lower())
    found = own if own and own.inside else catalogue(INSIDE_DEFAULT)
    if found is None:
        raise BadCatalogue("en.toml is missing.", fix="Install Tenure again.")
    return found
