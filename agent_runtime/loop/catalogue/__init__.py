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
    """All texts of one language: mails by form, words, opening lines of calls, texts for inside."""

    language: str
    mails: Mapping[str, tuple[Template, ...]]
    words: Mapping[str, Any]
    openings: Mapping[str, tuple[str, ...]]
    inside: Mapping[str, Any]


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
    return Catalogue(language, mails, plain["words"], openings, plain["inside"])


def _paragraphs(rows: list[list[str | list[str]]]) -> tuple[tuple[Sentence, ...], ...]:
    return tuple(tuple(part if isinstance(part, str) else tuple(part) for part in row) for row in rows)


def inside_catalogue(language: str) -> Catalogue:
    """The texts for people of the house: in their language where there is a file, else in English."""
    found = catalogue(language[:2].lower()) or catalogue(INSIDE_DEFAULT)
    if found is None:
        raise BadCatalogue("en.toml is missing.", fix="Install Tenure again.")
    return found
